// A process that sends one request through the transport and prints its status: argv is the origin and the client. A test
// bundles it, because Node 20 reads no TypeScript.
import { createHttpTransport } from '../../src/adapters/http/transport.ts';
import { parseOrigin } from '../../src/domain/origin.ts';
import { Secret } from '../../src/domain/secret.ts';

const [, , origin = '', client] = process.argv;
const transport = createHttpTransport({
  env: {},
  userAgent: 'x',
  chooseClient: () => (client === 'undici' ? 'undici' : 'node'),
  timeoutMs: 60_000,
  clock: { now: Date.now, sleep: async () => undefined },
  random: { bytes: (count) => new Uint8Array(count) },
});
const auth = { id: 'bearer' as const, headers: (secret: Secret) => ({ authorization: secret.reveal() }) };
transport
  .call({ origin: parseOrigin(origin), secret: Secret.of('canary'), auth }, { method: 'GET', path: '/' })
  .then(
    ({ status }) => console.log(status),
    (error: Error) => console.log(error.message),
  );
