import { once } from 'node:events';
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
