import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { lasting } from './failures.ts';
import type { ProxyServer } from './proxy.ts';
import { openTunnel } from './tunnel.ts';

export interface ConnectorOptions {
  readonly origin: string;
  /** Host and port that the connection is for. */
  readonly host: string;
  readonly proxy: ProxyServer | null;
  /** For each of: the connection (or the tunnel), and the TLS handshake. */
  readonly timeoutMs: number;
  /** Certificates of authorities in PEM, instead of the machine's. */
  readonly trust: readonly string[] | undefined;
  /** Refuse a second connection, so that a request can never leave twice. */
  readonly once: boolean;
}

/** Opens connections to one origin, directly or through a proxy's CONNECT, for either client. */
export interface Connector {
  /** Resolves once HTTP can be spoken: after the TLS handshake. Rejects with an `AppError`, or with an error of Node for `toFailure`. */
  connect(): Promise<Socket>;
  /** Gives up connections that are not there yet. */
  cancel(): void;
}

const KEEP_ALIVE_PROBE_MS = 60_000;
const READ_AHEAD = { highWaterMark: 65_536 };

export function makeConnector(options: ConnectorOptions): Connector {
  const { origin, host, proxy, timeoutMs, trust } = options;
  const url = new URL(origin);
  const isTls = url.protocol === 'https:';
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const place = { host: name, port: Number(url.port || (isTls ? 443 : 80)) };
  const tls = {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(trust === undefined ? {} : { ca: [...trust] }),
  };
  const opening = new Set<{ destroy(): unknown }>();
  let used = false;
  let session: Buffer | undefined;

  const openTls = (tunnel: Socket | undefined): Socket =>
    connectTls({
      ...tls,
      ...place,
      ...READ_AHEAD,
      servername: isIP(name) === 0 ? name : '',
      ALPNProtocols: ['http/1.1'],
      ...(session === undefined ? {} : { session }),
      ...(tunnel === undefined ? {} : { socket: tunnel }),
    }).on('session', (ticket: Buffer) => {
      session = ticket;
    });

  return {
    connect: async () => {
      if (options.once && used) throw lasting(`the connection to "${host}" was lost`).error;
      used = true;
      const tunnel = proxy === null ? undefined : await openTunnel({ proxy, host, timeoutMs, tls, opening });
      const socket = isTls ? openTls(tunnel) : connect({ ...place, ...READ_AHEAD });
      return opened(socket, { ready: isTls ? 'secureConnect' : 'connect', timeoutMs, opening });
    },
    cancel: () => {
      for (const item of opening) item.destroy();
      opening.clear();
    },
  };
}

interface Opening {
  readonly ready: 'connect' | 'secureConnect';
  readonly timeoutMs: number;
  readonly opening: Set<{ destroy(): unknown }>;
}

function opened(socket: Socket, { ready, timeoutMs, opening }: Opening): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      opening.delete(socket);
      socket.off('close', onClose);
    };
    const fail = (error: Error) => {
      settle();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(errorOf('ETIMEDOUT')), timeoutMs);
    const onClose = () => fail(errorOf('ECONNRESET'));
    opening.add(socket);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    // Stays on the socket: an error without a listener would end keyturn.
    socket.on('error', fail).on('close', onClose);
    socket.once(ready, () => {
      settle();
      resolve(socket);
    });
  });
}

/** An error as Node makes it, where Node gives none. */
function errorOf(code: string): Error {
  return Object.assign(new Error('no connection'), { code });
}
