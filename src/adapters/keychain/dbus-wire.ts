/**
 * As much of the D-Bus wire format as the probe needs: method calls with strings and one number, replies with a
 * string, an object path or a variant of a boolean.
 * Source: https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol
 */
export interface MethodCall {
  readonly destination: string;
  readonly path: string;
  readonly member: string;
  readonly interface: string;
  readonly args: readonly (string | number)[];
}

export interface Message {
  readonly kind: 'reply' | 'error' | 'other';
  readonly replyTo: number;
  /** The error's name, else null. */
  readonly error: string | null;
  readonly signature: string;
  readonly body: Buffer;
  readonly little: boolean;
}

/** A message that is longer is not an answer to anything the probe asks. In bytes. */
const MAX_MESSAGE = 1024 * 1024;

export function encodeCall(call: MethodCall, serial: number): Buffer {
  const signature = call.args.map((arg) => (typeof arg === 'string' ? 's' : 'u')).join('');
  const body = new Writer();
  for (const arg of call.args) typeof arg === 'string' ? body.text(arg) : body.number(arg);
  const fields = new Writer();
  fields.field(1, 'o', call.path);
  fields.field(2, 's', call.interface);
  fields.field(3, 's', call.member);
  fields.field(6, 's', call.destination);
  if (signature !== '') fields.field(8, 'g', signature);
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
  let error: string | null = null;
  let signature = '';
  while (reader.at < fieldsEnd) {
    reader.align(8);
    const code = reader.byte();
    const type = reader.signature();
    if (type === 'u') {
      const value = reader.number();
      if (code === 5) replyTo = value;
    } else {
      const value = type === 'g' ? reader.signature() : reader.text();
      if (code === 4) error = value;
      if (code === 8) signature = value;
    }
  }
  const kind = data[1] === 2 ? 'reply' : data[1] === 3 ? 'error' : 'other';
  return { message: { kind, replyTo, error, signature, body: data.subarray(bodyStart, size), little }, size };
}

/** A body of one string or object path; null for any other. */
export function readText({ signature, body, little }: Message): string | null {
  return signature === 's' || signature === 'o' ? new Reader(body, little).text() : null;
}

/** A body of one variant that holds a boolean; null for any other. */
export function readVariantBoolean({ signature, body, little }: Message): boolean | null {
  if (signature !== 'v') return null;
  const reader = new Reader(body, little);
  return reader.signature() === 'b' ? reader.number() === 1 : null;
}

class Writer {
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

class Reader {
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

  #take(length: number): string {
    const end = this.at + length;
    if (end >= this.#data.length) throw new RangeError('cut short');
    const text = this.#data.toString('utf8', this.at, end);
    this.at = end + 1;
    return text;
  }
}
