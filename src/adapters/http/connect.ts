import { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { lasting, toFailure } from './failures.ts';
import type { ProxyServer } from './proxy.ts';
import { skipContinue } from './skip-continue.ts';
import { openTunnel } from './tunnel.ts';
import type { Undici } from './undici.ts';

export interface ConnectorOptions {
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

export interface Connector {
  readonly connect: buildConnector.connector;
  /** Gives up connections that are not there yet; undici alone would wait for them. */
  cancel(): void;
}

/**
 * Opens connections for undici, directly or through a proxy's CONNECT. The tunnel is opened here and not by undici's
 * `ProxyAgent`, which tells a proxy's refusal only in the text of an error.
 */
export function makeConnector(undici: Undici, options: ConnectorOptions): Connector {
  const tls = {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(options.trust === undefined ? {} : { ca: [...options.trust] }),
  };
  const direct = undici.buildConnector({ ...tls, timeout: options.timeoutMs });
  const opening = new Set<{ destroy(): unknown }>();
  let used = false;

  const open: buildConnector.connector = (target, callback) => {
    const socket: unknown = direct(target, (...result) => {
      if (socket instanceof Socket) {
        opening.delete(socket);
        skipContinue(socket);
      }
      callback(...result);
    });
    if (socket instanceof Socket) opening.add(socket);
  };

  return {
    connect: (target, callback) => {
      if (options.once && used) {
        callback(lasting(`the connection to "${options.host}" was lost`).error, null);
        return;
      }
      used = true;
      if (options.proxy === null) {
        open(target, callback);
        return;
      }
      openTunnel({ ...options, proxy: options.proxy, tls, opening })
        .then((socket) => open({ ...target, httpSocket: socket }, callback))
        .catch((error: unknown) => callback(toFailure(error, options.host).error, null));
    },
    cancel: () => {
      for (const item of opening) item.destroy();
      opening.clear();
    },
  };
}
