import { createConnection, type Socket } from 'node:net';
import { decodeMessage, encodeCall, type Message, type MethodCall } from './dbus-wire.ts';

/** A session bus that was spoken to. Every promise rejects when the connection ends; none has a time limit of its own. */
export interface BusConnection {
  call(call: MethodCall): Promise<Message>;
  close(): void;
}

/**
 * Connects and authenticates by the socket's own credentials. Rejects when there is nothing behind the socket, or what
 * is there ends the conversation. `signal` ends it at any point.
 */
export async function connectBus(socketPath: string, signal: AbortSignal): Promise<BusConnection> {
  const stream = await openSocket(socketPath, signal);
  const waiting = new Map<number, Pending>();
  let buffer: Buffer = Buffer.alloc(0);
  let greeted: Pending | null = null;
  let serial = 0;
  let ended = false;

  const end = () => {
    ended = true;
    stream.destroy();
    for (const one of waiting.values()) one.reject(new Error('the bus ended the connection'));
    greeted?.reject(new Error('the bus ended the connection'));
    waiting.clear();
    signal.removeEventListener('abort', end);
  };
  signal.addEventListener('abort', end);
  stream.on('close', end);
  stream.on('data', (part: Buffer) => {
    buffer = Buffer.concat([buffer, part]);
    try {
      if (greeted) buffer = readGreeting(buffer, greeted, () => (greeted = null));
      while (!greeted) {
        const next = decodeMessage(buffer);
        if (!next) break;
        buffer = buffer.subarray(next.size);
        waiting.get(next.message.replyTo)?.resolve(next.message);
        waiting.delete(next.message.replyTo);
      }
      if (buffer.length > MAX_BUFFERED) end();
    } catch {
      end();
    }
  });

  const call = (method: MethodCall) =>
    new Promise<Message>((resolve, reject) => {
      if (ended) return reject(new Error('the bus ended the connection'));
      serial += 1;
      waiting.set(serial, { resolve, reject });
      stream.write(encodeCall(method, serial));
    });
  await new Promise<void>((resolve, reject) => {
    greeted = { resolve: () => resolve(), reject };
    // No user id: the bus takes the one that the kernel tells, which is right in user namespaces too.
    stream.write('\0AUTH EXTERNAL\r\nDATA\r\n');
    if (ended) reject(new Error('the bus ended the connection'));
  });
  stream.write('BEGIN\r\n');
  await call({ ...BUS, member: 'Hello', args: [] });
  return { call, close: end };
}

/** Where the bus itself is addressed. */
const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

const MAX_BUFFERED = 2 * 1024 * 1024;

interface Pending {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

const NOTHING: Message = {
  kind: 'other',
  replyTo: 0,
  error: null,
  signature: '',
  body: Buffer.alloc(0),
  little: true,
};

/** Takes whole lines until `OK`; what follows is left. */
function readGreeting(data: Buffer, greeted: Pending, done: () => void): Buffer {
  let rest = data;
  for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
    const line = rest.toString('latin1', 0, end);
    rest = rest.subarray(end + 2);
    if (line.startsWith('OK')) {
      done();
      greeted.resolve(NOTHING);
      return rest;
    }
    if (!line.startsWith('DATA')) throw new RangeError('refused');
  }
  return rest;
}

function openSocket(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    const abort = () => socket.destroy(new Error('too late'));
    signal.addEventListener('abort', abort);
    socket.once('error', reject);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', reject);
      // Later errors come with 'close', which ends everything that waits.
      socket.on('error', () => {});
      resolve(socket);
    });
    if (signal.aborted) abort();
  });
}
