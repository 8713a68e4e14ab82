import { once } from 'node:events';
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';

/** What becomes of a connection on its way to the provider. */
export type Trouble =
  | 'none'
  /** Reset as soon as it is accepted. */
  | 'reset-at-accept'
  /** Accepted, and nothing more. */
  | 'hold'
  /** Half of the first bytes go on, the rest never. */
  | 'half-request'
  /** The request arrives, then the connection ends without an answer. */
  | 'fin';

export interface Relay {
  readonly port: number;
  /** Befalls the nth connection from now on. */
  set(trouble: Trouble, nth: number): void;
  /** Whether that connection has come. */
  hit(): boolean;
  close(): Promise<void>;
}

/** A loopback relay that breaks connections below HTTP. */
export async function startRelay(to: number): Promise<Relay> {
  let trouble: Trouble = 'none';
  let left = 0;
  const sockets = new Set<Socket>();
  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    track(socket);
    left -= 1;
    const how = left === 0 ? trouble : 'none';
    if (how === 'none') return pipeOn(socket, to, track);
    if (how === 'reset-at-accept') socket.resetAndDestroy();
    else if (how === 'half-request') halve(socket, to, track);
    else if (how === 'fin') socket.once('data', () => socket.end());
    else socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no address');
  return {
    port: address.port,
    set(next, nth) {
      trouble = next;
      left = nth;
    },
    hit: () => left <= 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface Rewriter {
  readonly port: number;
  /** How the text of every answer is changed from now on. */
  set(change: (text: string) => string): void;
  close(): Promise<void>;
}

/** A loopback proxy for a provider that shows something else than it was given. */
export async function startRewriter(to: number): Promise<Rewriter> {
  let change = (text: string): string => text;
  const server = createHttpServer((asked, answer) => {
    void (async () => {
      const { method = 'GET', url = '/', headers } = asked;
      const onward = httpRequest({ host: '127.0.0.1', port: to, method, path: url, headers, agent: false });
      onward.on('error', () => asked.socket.destroy());
      onward.on('response', (reply) => {
        void (async () => {
          const text = await read(reply);
          if (text === null) return asked.socket.destroy();
          const body = Buffer.from(change(text));
          const { 'transfer-encoding': _, ...kept } = reply.headers;
          answer.writeHead(reply.statusCode ?? 502, { ...kept, 'content-length': body.length });
          answer.end(body);
        })();
      });
      onward.end(await read(asked));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the rewriter has no address');
  return {
    port: address.port,
    set(next) {
      change = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Null when it was cut off. */
async function read(message: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return null;
  }
}

function pipeOn(socket: Socket, to: number, track: (socket: Socket) => void): void {
  const onward = connect(to, '127.0.0.1');
  track(onward);
  socket.pipe(onward);
  onward.pipe(socket);
}

function halve(socket: Socket, to: number, track: (socket: Socket) => void): void {
  const onward = connect(to, '127.0.0.1');
  track(onward);
  socket.once('data', (chunk: Buffer) => onward.write(chunk.subarray(0, chunk.length >> 1)));
}
