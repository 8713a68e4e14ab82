import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server answers every GET, none of which Errova documents. */
export type GetAnswer =
  | { readonly status: number; readonly body?: string; readonly type?: string }
  | 'dropped'
  | 'all dropped';

/** Errova as its document has it: seven operations, no GET. Remembers what it made and what it was asked. */
export interface DocumentedErrova {
  readonly origin: string;
  /** Live tokens: id to secret. */
  readonly tokens: Map<string, string>;
  readonly keys: Map<string, { secret: string; expiresAt: string | null }>;
  readonly asked: string[];
  /** The bodies of the requests that create a token. */
  readonly bodies: string[];
  gets: GetAnswer;
  /** Answers the next request whose line begins so with this status. */
  refuse: { readonly line: string; readonly status: number } | null;
  /** Acts on the next request whose line begins so, and drops the connection. */
  loseNext: string | null;
  /** Whether an answer to a change of a key says nothing of the key. */
  isSilent: boolean;
  /** Makes what is sent of the answer to a request that makes a secret. */
  reshape: ((answer: Readonly<Record<string, unknown>>) => unknown) | null;
  addToken(): { readonly id: string; readonly secret: string };
  addKey(): { readonly id: string; readonly secret: string };
  close(): Promise<void>;
}

export const COOKIE = 'cookie-0123456789abcdefghijklmnop';
const ORG = '/api/organizations/acme-inc';

export async function startDocumentedErrova(gets: GetAnswer): Promise<DocumentedErrova> {
  const server = createServer((request, response) => {
    void answer(errova, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  let count = 0;
  const secret = () => {
    count += 1;
    return `ert_${String(count).padStart(6, '0')}abcdefghijklmnopqrstuvwxyzABCDEF`;
  };
  const errova: DocumentedErrova = {
    origin: `http://127.0.0.1:${address.port}`,
    tokens: new Map(),
    keys: new Map(),
    asked: [],
    bodies: [],
    gets,
    refuse: null,
    loseNext: null,
    isSilent: false,
    reshape: null,
    addToken() {
      const made = { id: `mt_${errova.tokens.size + 1 + errova.asked.length}`, secret: secret() };
      errova.tokens.set(made.id, made.secret);
      return made;
    },
    addKey() {
      const made = { id: `key_${errova.keys.size + 1}`, secret: secret() };
      errova.keys.set(made.id, { secret: made.secret, expiresAt: null });
      return made;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return errova;
}

async function answer(
  errova: DocumentedErrova,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  const line = `${request.method} ${request.url}`;
  errova.asked.push(line);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    return response.end(status === 204 ? undefined : JSON.stringify(body));
  };
  const { gets, refuse } = errova;
  if (gets === 'all dropped' || (request.method === 'GET' && gets === 'dropped'))
    return request.socket.destroy();
  if (refuse && line.startsWith(refuse.line)) {
    errova.refuse = null;
    return send(refuse.status, { error: { code: 'refused', message: 'refused' } });
  }
  if (request.method === 'GET' && typeof gets === 'object') {
    response.writeHead(gets.status, { 'content-type': gets.type ?? 'application/json' });
    return response.end(gets.body ?? '');
  }
  const bearer = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const isSession = request.headers.cookie === `errova_session=${COOKIE}`;
  if (!isSession && ![...errova.tokens.values()].includes(bearer))
    return send(401, { error: { code: 'unauthorized', message: 'no such token' } });
  const isLost = errova.loseNext !== null && line.startsWith(errova.loseNext);
  if (isLost) errova.loseNext = null;
  const { reshape } = errova;
  const shaped = (status: number, body: unknown) =>
    send(status, reshape && request.method === 'POST' && isRecord(body) ? reshape(body) : body);
  const reply = isLost ? () => request.socket.destroy() : shaped;
  return route(errova, { line: line.replace(ORG, ''), body: Buffer.concat(chunks).toString() }, reply);
}

function isRecord(body: unknown): body is Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && 'id' in body;
}

function route(
  errova: DocumentedErrova,
  { line, body }: { line: string; body: string },
  send: (status: number, body: unknown) => unknown,
): unknown {
  const [, tokenId] = /^(?:POST|DELETE) \/machine-tokens\/([^/]+)/.exec(line) ?? [];
  const [, keyId] = /^(?:POST|PATCH) \/projects\/web-app\/keys\/([^/]+)/.exec(line) ?? [];
  if (line === 'POST /machine-tokens') {
    errova.bodies.push(body);
    const { id, secret } = errova.addToken();
    return send(201, { id, label: JSON.parse(body).label, tokenSecret: secret });
  }
  if (line === 'POST /projects') return send(201, { id: 'p1', slug: 'web-app', ...JSON.parse(body) });
  if (line === 'POST /projects/web-app/keys') {
    const { id, secret } = errova.addKey();
    return send(201, {
      id,
      label: JSON.parse(body).label,
      keyType: 'server_signed',
      publicKey: 'pk',
      secret,
    });
  }
  if (tokenId !== undefined && errova.tokens.has(tokenId)) {
    if (line.startsWith('DELETE')) {
      errova.tokens.delete(tokenId);
      return send(204, null);
    }
    const secret = `${errova.tokens.get(tokenId)}R`;
    errova.tokens.set(tokenId, secret);
    return send(200, { id: tokenId, tokenSecret: secret });
  }
  const key = keyId === undefined ? undefined : errova.keys.get(keyId);
  if (key && line.startsWith('PATCH')) {
    key.expiresAt = JSON.parse(body).expiresAt;
    return send(200, errova.isSilent ? {} : { id: keyId, expiresAt: key.expiresAt });
  }
  if (key) {
    key.secret = `${key.secret}R`;
    return send(200, { id: keyId, secret: key.secret });
  }
  return send(404, { error: { code: 'not_found', message: 'no such thing' } });
}
