import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { CLIENTS, type ClientName } from '../../src/adapters/http/choose-client.ts';
import { createCanary } from '../support/canary.ts';
import { BUILT, keyturn, ROOT } from '../support/cli-process.ts';
import { createTestHome } from '../support/temp.ts';
import { certificate } from '../unit/adapters/http/support.ts';

// A proxy of the test's own, with a password, while Node was told to print whatever it does.
const PASSWORD = 'Vq7pKx2vLm9sRt4wYb6nCd8f';
const DEBUG = 'http,https,net,tls,undici,stream,*';
const TOKEN = 'Zc3dRw8uJk5yHg2tFb6nMx9s';
const LOGIN = ['login', 'devo', '--region', 'us', '--domain', 'acme', '--with-token', '--store', 'file'];
/** The built command, and the same one with NODE_DEBUG hidden from its refusal. */
const UNREFUSED = join(ROOT, 'test', 'support', 'client-entry.mjs');

interface Proxy {
  readonly port: number;
  readonly requests: string[];
}

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanUp.splice(0)) clean();
});

type Answer = (socket: Socket) => void;
type Listen = (serve: Answer) => Server;

/** Anything that reads a request's headers: the proxy, and the vendor behind it. */
async function startServer(answer: Answer, listen: Listen = createServer): Promise<Proxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = listen((socket) => {
    sockets.add(socket);
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      socket.off('data', read);
      requests.push(text);
      answer(socket);
    };
    socket.on('error', () => undefined).on('data', read);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

interface Login {
  readonly program: string;
  readonly timeout?: string;
  readonly scheme?: 'http' | 'https';
  /** Certificates that Node trusts besides the machine's. */
  readonly trust?: readonly string[];
  readonly client?: ClientName;
}

function login(port: number, { program, timeout = '5s', scheme = 'http', trust = [], client }: Login) {
  const home = createTestHome();
  cleanUp.push(() => home.remove());
  const authorities = join(home.path, 'authorities.pem');
  writeFileSync(authorities, trust.join('\n'));
  const env = {
    ...home.env,
    NODE_DEBUG: DEBUG,
    TEST_CLIENT: client,
    HTTPS_PROXY: `${scheme}://user:${PASSWORD}@127.0.0.1:${port}`,
    ...(trust.length > 0 && { NODE_EXTRA_CA_CERTS: authorities }),
  };
  const options = { program, env, cwd: home.path, stdin: TOKEN };
  return keyturn([...LOGIN, '--timeout', timeout], options);
}

const pair = Buffer.from(`user:${PASSWORD}`).toString('base64');
const canary = createCanary([PASSWORD, pair, TOKEN]);

describe("A25 NODE_DEBUG and a proxy's password", () => {
  test('the built command refuses NODE_DEBUG, and connects to nothing', async () => {
    const proxy = await startServer((socket) => socket.end());
    const { code, stdout, stderr } = await login(proxy.port, { program: BUILT });
    expect([code, stdout, proxy.requests]).toEqual([2, '', []]);
    expect(stderr).toContain('"NODE_DEBUG" makes Node print what it sends');
    expect(canary.find(stderr)).toBeNull();
  });

  describe.each(CLIENTS)('through %s', (client) => {
    test.each<[string, (socket: Socket) => void, RegExp]>([
      ['407', (socket) => socket.write('HTTP/1.1 407 No\r\n\r\n'), /wants a user name and password/],
      ['502', (socket) => socket.write('HTTP/1.1 502 No\r\n\r\n'), /answered 502 when asked/],
      [
        '200, and then nothing',
        (socket) => socket.write('HTTP/1.1 200 Yes\r\n\r\n'),
        /no connection to|took no/,
      ],
      ['200, and then its end', (socket) => socket.end('HTTP/1.1 200 Yes\r\n\r\n'), /closed the connection/],
      ['200, and then no TLS', noTls, /secure connection/],
      ['the end', (socket) => socket.end(), /closed the connection/],
      ['nothing', () => undefined, /(?:gave no answer|no connection to .*) within 1 s/],
    ])('Node prints no password where a proxy answers %s', async (_, answer, told) => {
      const proxy = await startServer(answer);
      const { code, stdout, stderr } = await login(proxy.port, { program: UNREFUSED, client, timeout: '1s' });
      expect([code, stdout]).toEqual([7, '']);
      expect(stderr).toMatch(told);
      expectNoPassword(stderr, proxy);
    });

    test.each(['http', 'https'] as const)('nor where the tunnel of an %s proxy works', async (scheme) => {
      const [atVendor, atProxy] = [certificate('api-us.devo.com'), certificate('127.0.0.1')];
      const body = '{"message":"no such token"}';
      const answer = `HTTP/1.1 401 No\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      const vendor = await startServer(
        (socket) => socket.end(answer),
        (serve) => createTlsServer(atVendor, serve),
      );
      const lead = (socket: Socket) => {
        const upstream = connect(vendor.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Yes\r\nX-Proxy: test\r\n\r\n');
          socket.pipe(upstream).pipe(socket);
        });
        upstream.on('error', () => socket.destroy());
      };
      const listen: Listen = scheme === 'http' ? createServer : (serve) => createTlsServer(atProxy, serve);
      const proxy = await startServer(lead, listen);
      const trust = [atVendor.cert, atProxy.cert];
      const { code, stderr } = await login(proxy.port, { program: UNREFUSED, client, scheme, trust });
      expect(code).toBe(4);
      expect(vendor.requests[0]).toContain(TOKEN);
      expectNoPassword(stderr, proxy);
    });
  });
});

function expectNoPassword(stderr: string, proxy: Proxy): void {
  // Node did print, and the proxy did get the password.
  expect(stderr).toMatch(/^NET \d+: /m);
  expect(proxy.requests[0]).toContain(`\r\nProxy-Authorization: Basic ${pair}\r\n`);
  expect(canary.find(stderr)).toBeNull();
}

function noTls(socket: Socket): void {
  socket.write('HTTP/1.1 200 Yes\r\n\r\n');
  socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
}
