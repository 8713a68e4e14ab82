/**
 * As much of the D-Bus wire format as the Secret Service needs.
 * Source: https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol
 */
export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** The types of the arguments; empty for none. */
  readonly signature: string;
  /** Writes the arguments in the order of the signature. */
  readonly write?: (body: Writer) => void;
}

export interface Message {
  readonly kind: 'reply' | 'error' | 'signal' | 'other';
  readonly replyTo: number;
  /** The unique name of the connection that sent it, as the bus says; `org.freedesktop.DBus` for the bus itself. */
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** The error's name, else null. */
  readonly error: string | null;
  readonly signature: string;
  readonly body: Buffer;
  readonly little: boolean;
}

/** A message that is longer answers nothing that keyturn asks. In bytes. */
const MAX_MESSAGE = 1024 * 1024;

export function encodeCall(call: MethodCall, serial: number): Buffer {
  const body = new Writer();
  call.write?.(body);
  const fields = new Writer();
  fields.field(1, 'o', call.path);
  fields.field(2, 's', call.interface);
  fields.field(3, 's', call.member);
  fields.field(6, 's', call.destination);
  if (call.signature !== '') fields.field(8, 'g', call.signature);
  const head = new Writer();
  // Little-endian, method call, no flags, protocol 1.
  head.bytes([0x6c, 1, 0, 1]);
  head.number(body.length);
  head.number(serial);
  head.number(fields.length);
  head.bytes([...fields.done()]);
  head.pad(8);
  return Buffer.concat([head.done(), body.done()]);
}

/** The first whole message and how many bytes it took; null while more is needed. Throws RangeError for nonsense. */
export function decodeMessage(data: Buffer): { message: Message; size: number } | null {
  if (data.length < 16) return null;
  const little = data[0] === 0x6c;
  if (!little && data[0] !== 0x42) throw new RangeError('not a D-Bus message');
  const reader = new Reader(data, little);
  reader.at = 4;
  const bodyLength = reader.number();
  reader.at = 12;
  const fieldsLength = reader.number();
  const fieldsEnd = 16 + fieldsLength;
  const bodyStart = Math.ceil(fieldsEnd / 8) * 8;
  const size = bodyStart + bodyLength;
  if (size > MAX_MESSAGE) throw new RangeError('too long');
  if (data.length < size) return null;
  let replyTo = 0;
  /** By the code of the header field. */
  const texts = new Map<number, string>();
  while (reader.at < fieldsEnd) {
    reader.align(8);
    const code = reader.byte();
    const type = reader.signature();
    if (type === 'u') {
      const value = reader.number();
      if (code === 5) replyTo = value;
    } else {
      texts.set(code, type === 'g' ? reader.signature() : reader.text());
    }
  }
  const message = {
    kind: KINDS.get(data[1]) ?? 'other',
    replyTo,
    sender: texts.get(7) ?? '',
    path: texts.get(1) ?? '',
    interface: texts.get(2) ?? '',
    member: texts.get(3) ?? '',
    error: texts.get(4) ?? null,
    signature: texts.get(8) ?? '',
    body: data.subarray(bodyStart, size),
    little,
  };
  return { message, size };
}

const KINDS: ReadonlyMap<number | undefined, Message['kind']> = new Map([
  [2, 'reply'],
  [3, 'error'],
  [4, 'signal'],
]);

/** Reads a body of exactly these types. Throws RangeError for any other body. */
export function readBody<T>(message: Message, signature: string, read: (reader: Reader) => T): T {
  if (message.signature !== signature) throw new RangeError('a body of other types');
  return read(new Reader(message.body, message.little));
}

export class Writer {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  done(): Buffer {
    return Buffer.from(this.#bytes);
  }

  bytes(bytes: Iterable<number>): void {
    this.#bytes.push(...bytes);
  }

  pad(to: number): void {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0);
  }

  number(value: number): void {
    this.pad(4);
    this.bytes([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);
  }

  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.number(bytes.length);
    this.bytes([...bytes, 0]);
  }

  /** An array of bytes. */
  blob(bytes: Uint8Array): void {
    this.array(1, () => this.bytes(bytes));
  }

  /** `alignment` is that of the elements, which `write` writes. */
  array(alignment: number, write: () => void): void {
    this.number(0);
    const lengthAt = this.#bytes.length - 4;
    // The padding before the first element does not count.
    this.pad(alignment);
    const start = this.#bytes.length;
    write();
    const length = new Writer();
    length.number(this.#bytes.length - start);
    this.#bytes.splice(lengthAt, 4, ...length.done());
  }

  signature(value: string): void {
    this.bytes([value.length, ...Buffer.from(value, 'latin1'), 0]);
  }

  field(code: number, type: string, value: string): void {
    this.pad(8);
    this.bytes([code]);
    this.signature(type);
    if (type === 'g') this.signature(value);
    else this.text(value);
  }
}

export class Reader {
  readonly #data: Buffer;
  readonly #little: boolean;
  at = 0;

  constructor(data: Buffer, little: boolean) {
    this.#data = data;
    this.#little = little;
  }

  align(to: number): void {
    this.at = Math.ceil(this.at / to) * to;
  }

  byte(): number {
    this.at += 1;
    return this.#data.readUInt8(this.at - 1);
  }

  number(): number {
    this.align(4);
    this.at += 4;
    return this.#little ? this.#data.readUInt32LE(this.at - 4) : this.#data.readUInt32BE(this.at - 4);
  }

  text(): string {
    return this.#take(this.number());
  }

  signature(): string {
    return this.#take(this.byte());
  }

  boolean(): boolean {
    return this.number() === 1;
  }

  path(): string {
    const path = this.text();
    // The bus ends the connection of whoever sends it a path that is none.
    if (!/^\/(?:\w+(?:\/\w+)*)?$/.test(path)) throw new RangeError('not an object path');
    return path;
  }

  paths(): readonly string[] {
    const end = this.number() + this.at;
    const paths: string[] = [];
    while (this.at < end) paths.push(this.path());
    return paths;
  }

  /** An array of bytes, still in the memory of the message. */
  blob(): Buffer {
    const length = this.number();
    const end = this.at + length;
    if (end > this.#data.length) throw new RangeError('cut short');
    this.at = end;
    return this.#data.subarray(end - length, end);
  }

  #take(length: number): string {
    const end = this.at + length;
    if (end >= this.#data.length) throw new RangeError('cut short');
    const text = this.#data.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }
}
