import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMessage, type Message, Reader, Writer } from '../../src/adapters/keychain/dbus-wire.ts';
import { type SessionCipher, startKeyAgreement } from '../../src/adapters/keychain/key-agreement.ts';

/** What a row of a test makes of one call: bytes to send, in place of the right answer. */
export type Misbehaviour = (call: FakeCall) => void;

export interface FakeCall {
  readonly bus: FakeBus;
  readonly socket: Socket;
  readonly serial: number;
  readonly message: Message;
  /** What a Secret Service answers. */
  behave(): void;
  reply(signature: string, write?: (body: Writer) => void, more?: Partial<Header>): void;
  refuse(error: string, sender?: string): void;
}

interface Header {
  readonly type: number;
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly error: string;
}

/** A session bus and the Secret Service on it in one, with one item. */
export interface FakeBus {
  readonly env: Record<string, string>;
  readonly socketPath: string;
  /** The members that were called, of all connections in their order. */
  readonly calls: string[];
  readonly open: ReadonlySet<Socket>;
  isLocked: boolean;
  items: string[];
  lockedItems: string[];
  value: Buffer;
  /** By the member of the call. */
  readonly misbehave: Map<string, Misbehaviour>;
  stop(): void;
}

export const OWNER = ':1.7';
const DRIVER = 'org.freedesktop.DBus';

export async function startFakeBus(): Promise<FakeBus> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-fake-bus-'));
  const socketPath = join(folder, 'bus');
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    serve(bus, socket);
  });
  const bus: FakeBus = {
    env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${socketPath}` },
    socketPath,
    calls: [],
    open,
    isLocked: false,
    items: ['/item/1'],
    lockedItems: [],
    value: Buffer.from('the value'),
    misbehave: new Map(),
    stop() {
      for (const socket of open) socket.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return bus;
}

/** What a connection has agreed on; throws before that. */
interface Session {
  cipher(): SessionCipher;
}

function serve(bus: FakeBus, socket: Socket): void {
  let data: Buffer = Buffer.alloc(0);
  let isGreeted = false;
  const session: Session = {
    cipher() {
      throw new Error('no session was opened');
    },
  };
  socket.on('data', (part: Buffer) => {
    data = Buffer.concat([data, part]);
    if (!isGreeted) {
      if (!data.includes('BEGIN\r\n')) {
        if (data.includes('DATA\r\n')) socket.write('DATA\r\nOK 0123\r\n');
        return;
      }
      isGreeted = true;
      data = data.subarray(data.indexOf('BEGIN\r\n') + 'BEGIN\r\n'.length);
    }
    for (let next = decodeMessage(data); next; next = decodeMessage(data)) {
      const serial = data.readUInt32LE(8);
      data = data.subarray(next.size);
      receive(bus, socket, session, serial, next.message);
    }
  });
}

function receive(bus: FakeBus, socket: Socket, session: Session, serial: number, message: Message): void {
  bus.calls.push(message.member);
  const send = (signature: string, write?: (body: Writer) => void, more: Partial<Header> = {}) =>
    void (socket.destroyed || socket.write(encodeAnswer(serial, signature, write, more)));
  const call: FakeCall = {
    bus,
    socket,
    serial,
    message,
    reply: send,
    refuse: (error, sender = OWNER) => send('', undefined, { type: 3, error, sender }),
    behave: () => behave(call, session),
  };
  const misbehaviour = bus.misbehave.get(message.member);
  if (misbehaviour) misbehaviour(call);
  else call.behave();
}

function behave({ bus, message, reply }: FakeCall, session: Session): void {
  const body = new Reader(message.body, message.little);
  const answers: Readonly<Record<string, () => void>> = {
    Hello: () => reply('s', (out) => out.text(':1.99'), { sender: DRIVER }),
    AddMatch: () => reply('', undefined, { sender: DRIVER }),
    ReadAlias: () => reply('o', (out) => out.text('/collection')),
    Get: () =>
      reply('v', (out) => {
        out.signature('b');
        out.number(bus.isLocked ? 1 : 0);
      }),
    SearchItems: () =>
      reply('aoao', (out) => {
        writePaths(out, bus.items);
        writePaths(out, bus.lockedItems);
      }),
    OpenSession() {
      body.text();
      body.signature();
      const agreement = startKeyAgreement();
      const cipher = agreement.agree(body.blob());
      session.cipher = () => cipher;
      reply('vo', (out) => {
        out.signature('ay');
        out.blob(agreement.publicKey);
        out.text('/session');
      });
    },
    GetSecret: () => reply('(oayays)', (out) => writeSecret(out, session, bus.value)),
    SetSecret() {
      bus.value = readSecret(body, session);
      reply('');
    },
    Unlock: () =>
      reply('aoo', (out) => {
        writePaths(out, []);
        out.text('/prompt');
      }),
    Prompt() {
      reply('');
      complete(reply, false);
      bus.isLocked = false;
      bus.items = [...bus.items, ...bus.lockedItems];
      bus.lockedItems = [];
    },
    Delete: () => reply('o', (out) => out.text('/')),
  };
  answers[message.member]?.();
}

/** The signal that a prompt has ended with. */
export function complete(send: FakeCall['reply'], wasDismissed: boolean, more: Partial<Header> = {}): void {
  const header = {
    type: 4,
    path: '/prompt',
    interface: 'org.freedesktop.Secret.Prompt',
    member: 'Completed',
    ...more,
  };
  const write = (out: Writer) => {
    out.number(wasDismissed ? 1 : 0);
    out.signature('b');
    out.number(0);
  };
  send('bv', write, header);
}

function writeSecret(out: Writer, { cipher }: Session, value: Buffer): void {
  const { iv, encrypted } = cipher().encrypt(value);
  out.pad(8);
  out.text('/session');
  out.blob(iv);
  out.blob(encrypted);
  out.text('text/plain');
}

function readSecret(body: Reader, { cipher }: Session): Buffer {
  body.align(8);
  body.path();
  return cipher().decrypt(body.blob(), body.blob());
}

export function writePaths(out: Writer, paths: readonly string[]): void {
  out.array(4, () => {
    for (const path of paths) out.text(path);
  });
}

function encodeAnswer(
  replyTo: number,
  signature: string,
  write: ((body: Writer) => void) | undefined,
  more: Partial<Header>,
): Buffer {
  const { type = 2, sender = OWNER } = more;
  const body = new Writer();
  write?.(body);
  const fields = new Writer();
  if (more.path) fields.field(1, 'o', more.path);
  if (more.interface) fields.field(2, 's', more.interface);
  if (more.member) fields.field(3, 's', more.member);
  if (more.error) fields.field(4, 's', more.error);
  if (type !== 4) {
    fields.pad(8);
    fields.bytes([5]);
    fields.signature('u');
    fields.number(replyTo);
  }
  fields.field(7, 's', sender);
  if (signature !== '') fields.field(8, 'g', signature);
  const head = new Writer();
  head.bytes([0x6c, type, 1, 1]);
  head.number(body.length);
  head.number(1);
  head.number(fields.length);
  head.bytes(fields.done());
  head.pad(8);
  return Buffer.concat([head.done(), body.done()]);
}
