import { createConnection, type Socket } from 'node:net';
import { decodeMessage, encodeCall, type Message, type MethodCall } from './dbus-wire.ts';

/** A session bus that was spoken to. Every promise rejects when the connection ends; none has a time limit of its own. */
export interface BusConnection {
  /** The reply or the error. Where the destination is a connection's unique name, only that connection and the bus can answer. */
  call(call: MethodCall): Promise<Message>;
  /** The first signal that `matches`. What the bus sends has to be asked for with `AddMatch`. */
  waitForSignal(matches: (signal: Message) => boolean): Promise<Message>;
  close(): void;
}

/**
 * Connects and authenticates by the socket's own credentials. Rejects when there is nothing behind the socket, or what
 * is there ends the conversation. `signal` ends it at any point.
 */
export async function connectBus(socketPath: string, signal: AbortSignal): Promise<BusConnection> {
  const stream = await openSocket(socketPath, signal);
  const expected = createExpected();
  let buffer: Buffer = Buffer.alloc(0);
  let greeted: Pending<void> | null = null;
  let serial = 0;

  const end = () => {
    stream.destroy();
    greeted?.reject(ended());
    expected.end();
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
        expected.receive(next.message);
      }
      if (buffer.length > MAX_BUFFERED) end();
    } catch {
      end();
    }
  });

  const call = (method: MethodCall) => {
    serial += 1;
    const answer = expected.answer(serial, method.destination);
    if (!stream.destroyed) stream.write(encodeCall(method, serial));
    return answer;
  };
  await new Promise<void>((resolve, reject) => {
    greeted = { resolve, reject };
    // No user id: the bus takes the one that the kernel tells, which is right in user namespaces too.
    stream.write('\0AUTH EXTERNAL\r\nDATA\r\n');
    if (stream.destroyed) reject(ended());
  });
  // Both in one packet.
  stream.cork();
  stream.write('BEGIN\r\n');
  const hello = call({ ...BUS, member: 'Hello', signature: '' });
  stream.uncork();
  await hello;
  return { call, waitForSignal: expected.signal, close: end };
}

/** What is waited for, and what comes. */
function createExpected() {
  const answers = new Map<number, Pending & { readonly destination: string }>();
  const signals = new Set<Pending & { readonly matches: (signal: Message) => boolean }>();
  let isOver = false;
  return {
    answer: (serial: number, destination: string) =>
      new Promise<Message>((resolve, reject) => {
        if (isOver) reject(ended());
        else answers.set(serial, { resolve, reject, destination });
      }),
    signal(matches: (signal: Message) => boolean) {
      const signal = new Promise<Message>((resolve, reject) => {
        if (isOver) reject(ended());
        else signals.add({ resolve, reject, matches });
      });
      // The call that makes the signal come may fail first; then nobody waits for it.
      signal.catch(() => {});
      return signal;
    },
    receive(message: Message) {
      for (const one of message.kind === 'signal' ? signals : []) {
        if (!one.matches(message)) continue;
        signals.delete(one);
        one.resolve(message);
      }
      const call = answers.get(message.replyTo);
      if (!call || !isAnswer(message, call.destination)) return;
      answers.delete(message.replyTo);
      call.resolve(message);
    },
    end() {
      isOver = true;
      for (const one of [...answers.values(), ...signals]) one.reject(ended());
      answers.clear();
      signals.clear();
    },
  };
}

function ended(): Error {
  return new Error('the bus ended the connection');
}

/** Where the bus itself is addressed. */
export const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

const MAX_BUFFERED = 2 * 1024 * 1024;

interface Pending<T = Message> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** Whether the answer comes from where the call went. The owner of a well-known name may be any connection. */
function isAnswer({ kind, sender }: Message, destination: string): boolean {
  if (kind !== 'reply' && kind !== 'error') return false;
  if (sender === BUS.destination) return kind === 'error' || destination === BUS.destination;
  return sender === destination || !(destination.startsWith(':') || destination === BUS.destination);
}

/** Takes whole lines until `OK`; what follows is left. */
function readGreeting(data: Buffer, greeted: Pending<void>, done: () => void): Buffer {
  let rest = data;
  for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
    const line = rest.toString('latin1', 0, end);
    rest = rest.subarray(end + 2);
    if (line.startsWith('OK')) {
      done();
      greeted.resolve();
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
