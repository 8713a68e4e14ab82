import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { type RunResult, runInProcess } from './cli.ts';
import { createTestHome } from './temp.ts';

export interface OddRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** What is answered; `cut` breaks the connection off without an answer. */
export type OddAnswer =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | 'cut';

export interface OddVendor {
  readonly requests: OddRequest[];
  run(args: readonly string[], more?: { readonly stdin?: string }): Promise<RunResult>;
}

const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  errova: { KEYTURN_ORG: 'acme' },
  devo: { KEYTURN_REGION: 'us', KEYTURN_DOMAIN: 'acme' },
};
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const JWT = `${part({ alg: 'HS256' })}.${part({ sub: 'x|ann' })}.c2lnbmF0dXJlc2lnbmF0dXJl`;
const MANAGERS: Readonly<Record<string, string>> = {
  errova: 'ert_manager_manager_manager',
  devo: 'fedcba9876543210fedcba9876543210',
};

/** A provider that answers as the test says, on a loopback port, and the command with the environment for it. */
export async function startOddVendor(
  provider: string,
  answer: (request: OddRequest) => OddAnswer,
): Promise<OddVendor> {
  const requests: OddRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://vendor.example');
      const text = Buffer.concat(chunks).toString();
      const body = text === '' ? null : (JSON.parse(text) as OddRequest['body']);
      const seen = { method: request.method ?? '', path: url.pathname, query: url.searchParams, body };
      requests.push(seen);
      const answered = answer(seen);
      if (answered === 'cut') {
        response.socket?.destroy();
        return;
      }
      response.writeHead(answered.status ?? 200, { 'content-type': 'application/json', ...answered.headers });
      response.end(answered.body === undefined ? '' : JSON.stringify(answered.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the vendor has no port');
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const env = {
    ...home.env,
    KEYTURN_STORE: 'file',
    KEYTURN_PROVIDER: provider,
    KEYTURN_TOKEN: MANAGERS[provider] ?? JWT,
    KEYTURN_URL: `http://127.0.0.1:${address.port}`,
    ...SETTINGS[provider],
  };
  return { requests, run: (args, more = {}) => runInProcess(args, { home: home.path, ...more, env }) };
}
