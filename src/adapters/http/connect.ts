import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { AppError } from '../../domain/errors.ts';
import { lasting, secondsText, toFailure, transient } from './failures.ts';
import type { ProxyServer } from './proxy.ts';
import { skipContinue } from './skip-continue.ts';
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
      openTunnel(options.proxy, options, tls, opening)
        .then((socket) => open({ ...target, httpSocket: socket }, callback))
        .catch((error: unknown) => callback(toFailure(error, options.host).error, null));
    },
    cancel: () => {
      for (const item of opening) item.destroy();
      opening.clear();
    },
  };
}

/** Rejects with `AppError` (unavailable) naming the proxy without its credentials. */
function openTunnel(
  proxy: ProxyServer,
  { host, timeoutMs }: ConnectorOptions,
  tls: { readonly rejectUnauthorized: boolean },
  opening: Set<{ destroy(): unknown }>,
): Promise<Socket> {
  const send = proxy.url.protocol === 'https:' ? httpsRequest : httpRequest;
  const name = `proxy ${proxy.host}`;
  return new Promise((resolve, reject) => {
    const hostname = proxy.url.hostname.replace(/^\[|\]$/g, '');
    const request = send({
      ...tls,
      host: hostname,
      // Node would take the name from the `host` header, and check the proxy's certificate against the provider's name.
      servername: isIP(hostname) === 0 ? hostname : '',
      port: proxy.url.port === '' ? (proxy.url.protocol === 'https:' ? 443 : 80) : Number(proxy.url.port),
      method: 'CONNECT',
      path: host,
      headers: {
        host,
        ...(proxy.authorization === null ? {} : { 'proxy-authorization': proxy.authorization }),
      },
      agent: false,
      maxHeaderSize: 16_384,
    });
    opening.add(request);
    const timer = setTimeout(() => {
      request.destroy();
      settle(() => reject(transient(`"${name}" gave no answer within ${secondsText(timeoutMs)}`).error));
    }, timeoutMs);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      opening.delete(request);
      finish();
    };
    request.once('connect', (answer, socket, early) => {
      const status = answer.statusCode ?? 0;
      // A server speaks only after the TLS client: early bytes are not the server's.
      if (status >= 200 && status < 300 && early.length === 0 && socket instanceof Socket) {
        settle(() => resolve(socket));
        return;
      }
      socket.on('error', () => undefined).destroy();
      settle(() => reject(refusal(name, host, status)));
    });
    request.once('response', (answer) => {
      answer.destroy();
      settle(() => reject(refusal(name, host, answer.statusCode ?? 0)));
    });
    request.on('error', (error) => settle(() => reject(toFailure(error, name).error)));
    request.once('close', () => settle(() => reject(lasting(`"${name}" closed the connection`).error)));
    request.end();
  });
}

function refusal(name: string, host: string, status: number): AppError {
  return status === 407
    ? lasting(`"${name}" wants a user name and password`, 'set HTTPS_PROXY=http://USER:PASSWORD@host:port')
        .error
    : lasting(
        `"${name}" answered ${status} when asked for "${host}"`,
        'check HTTPS_PROXY, or name the host in NO_PROXY',
      ).error;
}
