import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe } from 'vitest';
import { CLIENTS, type ClientName } from '../../../../src/adapters/http/choose-client.ts';
import { createHttpTransport, type HttpTransportOptions } from '../../../../src/adapters/http/transport.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { HttpRequest } from '../../../../src/ports/request.ts';
import type { Capture, Endpoint, Transport } from '../../../../src/ports/transport.ts';

export const CANARY = 'canary-7Qx9secretZ';
export const GET: HttpRequest = { method: 'GET', path: '/v1/tokens', query: { page: 'querycanary' } };
export const POST: HttpRequest = { method: 'POST', path: '/v1/tokens', body: { name: 'ci' } };

export function endpointAt(origin: string, secret = CANARY): Endpoint {
  return {
    origin,
    secret: Secret.of(secret),
    auth: { id: 'bearer', headers: (value) => ({ authorization: `Bearer ${value.reveal()}` }) },
  };
}

/** A server that speaks bytes: `behave` gets each request's text once its headers and body are complete. */
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

/** Closes a server or a transport when the test ends, the newest first. */
export function keep<T extends HostileServer | Transport>(item: T): T {
  open.push(item);
  return item;
}

export interface HostileServer {
  readonly origin: string;
  readonly port: number;
  readonly requests: string[];
  connections: number;
  close(): Promise<void>;
}

type Behave = (socket: Socket, request: string, count: number) => void;

export interface ServerOptions {
  readonly tls?: Certificate;
  readonly host?: string;
  accept?(socket: Socket): void;
}

export async function hostile(behave: Behave, options: ServerOptions = {}): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end < 0 || text.length < end + 4 + length) return;
      facts.requests.push(text);
      const request = text;
      text = '';
      behave(socket, request, facts.requests.length);
    });
  };
  const count = (socket: Socket) => {
    facts.connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    options.accept?.(socket);
  };
  const server: Server = options.tls
    ? createTlsServer({ key: options.tls.key, cert: options.tls.cert }, serve).on(
        'tlsClientError',
        () => undefined,
      )
    : createServer(serve);
  server.on('connection', count);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const facts: HostileServer = {
    origin: `${options.tls ? 'https' : 'http'}://${options.host ?? '127.0.0.1'}:${port}`,
    port,
    requests: [],
    connections: 0,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return facts;
}

export function answer(status: number, body: string, headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status} X`, `content-length: ${Buffer.byteLength(body)}`, ...headers, '', body].join(
    '\r\n',
  );
}

/** A clock whose sleeps pass at once and are remembered. */
export class FakeClock {
  time = Date.UTC(2026, 10, 22, 12, 0, 0);
  readonly sleeps: number[] = [];
  now(): number {
    return this.time;
  }
  async sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.time += ms;
  }
}

/** A capture that remembers, with the order of what it was told. */
export class MemoryCapture implements Capture {
  readonly events: string[] = [];
  readonly bytes: number[] = [];
  failAt: 'head' | 'chunk' | null = null;
  slowMs = 0;
  #busy = false;

  get text(): string {
    return Buffer.from(this.bytes).toString('latin1');
  }

  async head(status: number, requestId: string | null): Promise<void> {
    await this.#one(`head ${status} ${requestId}`);
    if (this.failAt === 'head') throw new AppError({ code: 'unavailable', message: 'the disk is full' });
  }

  async chunk(bytes: Uint8Array): Promise<void> {
    await this.#one(`chunk ${bytes.length}`);
    if (this.failAt === 'chunk') throw new AppError({ code: 'unavailable', message: 'the disk is full' });
    for (const byte of bytes) this.bytes.push(byte);
  }

  async #one(event: string): Promise<void> {
    if (this.#busy) throw new Error('captured two parts at once');
    this.#busy = true;
    this.events.push(event);
    await new Promise((resolve) => setTimeout(resolve, this.slowMs));
    this.#busy = false;
  }
}

export type TransportWith = (options?: TransportOptions) => Transport;
export type TransportOptions = Partial<HttpTransportOptions> & { readonly clock?: FakeClock };

/** The same tests through each client. */
export function overBoth(suite: (transportWith: TransportWith, client: ClientName) => void): void {
  describe.each(CLIENTS)('through %s', (client) => {
    suite((options) => transportWith({ chooseClient: () => client, ...options }), client);
  });
}

export function transportWith(options: TransportOptions = {}): Transport {
  return createHttpTransport({
    env: {},
    clock: new FakeClock(),
    random: { bytes: (count) => new Uint8Array(count) },
    userAgent: 'keyturn/0.0.0',
    timeoutMs: 2_000,
    ...options,
  });
}

export async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A self-signed certificate; `days` may be negative for one that has expired. */
export function certificate(host: string, days = 2): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-tls-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  try {
    const names = /^[\d.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`;
    openssl(
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...[
        '-keyout',
        at('key'),
        '-out',
        at('req'),
        '-subj',
        `/CN=${host}`,
        '-addext',
        `subjectAltName=${names}`,
      ],
    );
    openssl(
      ...['x509', '-req', '-in', at('req'), '-signkey', at('key'), '-days', String(days)],
      ...['-copy_extensions', 'copy', '-out', at('cert')],
    );
    return { key: readFileSync(at('key'), 'utf8'), cert: readFileSync(at('cert'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
