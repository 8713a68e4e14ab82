import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a vendor that means harm changes in the answers of the sandbox. */
export interface Hostility {
  /** Instead of the names of the tokens, in the order of the list. */
  names?: readonly string[];
  /** Every change is refused with these words. */
  refusal?: string;
  requestId?: string;
}

export interface HostileVendor {
  readonly origin: string;
  /** What it does from now on. */
  set(hostility: Hostility): void;
  /** Requests that change something. */
  readonly changes: readonly string[];
  close(): Promise<void>;
}

/** A vendor that stands before the sandbox, and writes what no sandbox would take. */
export async function startHostileVendor(sandbox: string): Promise<HostileVendor> {
  let hostility: Hostility = {};
  const changes: string[] = [];
  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (method !== 'GET') changes.push(`${method} ${url}`);
    const headers = { 'content-type': 'application/json', 'x-devo-cid': hostility.requestId ?? 'cid-1' };
    if (method !== 'GET' && hostility.refusal !== undefined) {
      response.writeHead(400, headers).end(JSON.stringify({ message: hostility.refusal }));
      return;
    }
    const answer = await fetch(sandbox + url, {
      method,
      headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    const names = [...(hostility.names ?? [])];
    const body = JSON.stringify(await answer.json(), (key, value) =>
      key === 'name' && names.length > 0 ? names.shift() : value,
    );
    response.writeHead(answer.status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: string | AddressInfo | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    set: (next) => {
      hostility = next;
    },
    changes,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
