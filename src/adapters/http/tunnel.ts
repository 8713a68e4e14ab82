import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContextOptions } from 'node:tls';
import { type Failure, lasting, secondsText, toFailure, transient } from './failures.ts';
import type { ProxyServer } from './proxy.ts';
import { readTunnelAnswer, type TunnelAnswer } from './tunnel-answer.ts';

export interface TunnelOptions {
  readonly proxy: ProxyServer;
  /** Host and port that the tunnel leads to. */
  readonly host: string;
  /** For everything: the connection to the proxy, and its whole answer. */
  readonly timeoutMs: number;
  readonly tls: SecureContextOptions & { readonly rejectUnauthorized: boolean };
  /** Holds the socket for as long as the tunnel is not open yet; whoever destroys it gives the tunnel up. */
  readonly opening: Set<{ destroy(): unknown }>;
}

/**
 * Opens a tunnel through a proxy's CONNECT. The request is written to a plain socket: `node:http` prints the headers that
 * it sends, the proxy's password included, where NODE_DEBUG asks for it (A25). Rejects with `AppError` (unavailable)
 * naming the proxy without its credentials.
 */
export function openTunnel(options: TunnelOptions): Promise<Socket> {
  const { proxy, host, timeoutMs, opening } = options;
  const name = `proxy ${proxy.host}`;
  return new Promise((resolve, reject) => {
    const socket = connectTo(options);
    const read = readTunnelAnswer();
    const timer = setTimeout(
      () => fail(transient(`"${name}" gave no answer within ${secondsText(timeoutMs)}`)),
      timeoutMs,
    );
    const settle = () => {
      clearTimeout(timer);
      opening.delete(socket);
      socket.off('data', onData).off('close', onClose);
    };
    const fail = ({ error }: Failure) => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onClose = () => fail(lasting(`"${name}" closed the connection`));
    const onData = (chunk: Buffer) => {
      const answer = read(chunk);
      if (answer === null) return;
      const failure = failureOf(answer, options);
      if (failure !== null) return fail(failure);
      settle();
      socket.pause();
      resolve(socket);
    };
    opening.add(socket);
    // Stays on the socket: an error without a listener would end keyturn. The TLS connection inside hears of the end.
    socket.on('error', (error) => fail(toFailure(error, name)));
    socket.on('data', onData).on('close', onClose);
    socket.once(proxy.url.protocol === 'https:' ? 'secureConnect' : 'connect', () =>
      socket.write(requestText(host, proxy.authorization), 'latin1'),
    );
  });
}

function connectTo({ proxy: { url }, tls }: TunnelOptions): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:') return connect({ host, port: Number(url.port || 80) });
  const servername = isIP(host) === 0 ? host : '';
  return connectTls({ ...tls, host, port: Number(url.port || 443), servername });
}

/** Both values are made by keyturn of a checked address and of base64: neither can hold a line break. */
function requestText(host: string, authorization: string | null): string {
  const lines = [`CONNECT ${host} HTTP/1.1`, `Host: ${host}`];
  if (authorization !== null) lines.push(`Proxy-Authorization: ${authorization}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Null where the tunnel is open. */
function failureOf(answer: TunnelAnswer, { proxy, host }: TunnelOptions): Failure | null {
  const name = `proxy ${proxy.host}`;
  if (answer.kind !== 'answered') {
    return lasting(
      answer.kind === 'too-large'
        ? `the headers of the answer of "${name}" are too large`
        : `"${name}" gave an answer that is not valid HTTP`,
    );
  }
  const { status, hasMore } = answer;
  if (status === 407) {
    return lasting(
      proxy.authorization === null
        ? `"${name}" wants a user name and password`
        : `"${name}" wants a user name and password, and did not accept those that it got`,
      'set HTTPS_PROXY=http://USER:PASSWORD@host:port',
    );
  }
  if (status < 200 || status > 299) {
    return lasting(
      `"${name}" answered ${status} when asked for "${host}"`,
      'check HTTPS_PROXY, or name the host in NO_PROXY',
    );
  }
  // A server speaks only after the TLS client: what follows the answer is not the server's.
  return hasMore ? lasting(`"${name}" sent data before the connection through it began`) : null;
}
