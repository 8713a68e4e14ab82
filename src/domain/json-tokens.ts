import type { JsonBudget } from './json-budget.ts';
import { readEscapes, readPlain, readText } from './json-text.ts';
import { notJson } from './not-json.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
/** How compressed bytes begin, for a message that says more than that they are not text. */
const COMPRESSED: readonly (readonly [string, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['compress', [0x1f, 0x9d]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58]],
];
/** As much as it takes to know a byte-order mark or a compression. */
const HEAD = 4;
const NOTHING = Buffer.alloc(0);

const BETWEEN = 0;
const SPACE = 1;
const MARK = 2;
const STRING = 3;
const PLAIN = 4;
const KINDS: Uint8Array = kindsOfBytes();

/** Receives the parts of a document in order. */
export interface JsonParts {
  /** One of `{ } [ ] , :` as its code. */
  mark(code: number): void;
  /** `size`: what the text took in the document. */
  string(text: string, size: number): void;
  plain(value: number | string | boolean | null): void;
}

/** Cuts a document into its parts as its bytes arrive; keeps no more than the part that is not whole yet. */
export class JsonTokens {
  readonly #parts: JsonParts;
  readonly #budget: JsonBudget;
  #head: Uint8Array | null = new Uint8Array();
  #state = BETWEEN;
  #isAscii = true;
  #hasEscapes = false;
  #isEscaped = false;
  /** What came of the part that is not whole yet. */
  #begun = NOTHING;
  #size = 0;

  constructor(parts: JsonParts, budget: JsonBudget) {
    this.#parts = parts;
    this.#budget = budget;
  }

  push(bytes: Uint8Array): void {
    if (this.#head === null) {
      this.#read(bytes, 0);
    } else {
      this.#head = joined(this.#head, bytes);
      if (this.#head.length >= HEAD) this.#readHead(this.#head);
    }
  }

  end(): void {
    if (this.#head !== null) this.#readHead(this.#head);
    if (this.#state === STRING) throw notJson();
    if (this.#state === PLAIN) this.#parts.plain(readPlain(this.#text(NOTHING, 0, 0)));
    this.#state = BETWEEN;
  }

  #readHead(head: Uint8Array): void {
    this.#head = null;
    const coding = COMPRESSED.find(([, start]) => start.every((byte, at) => head[at] === byte))?.[0];
    if (coding !== undefined) throw notJson(`: it is compressed with ${coding}`);
    this.#read(head, BYTE_ORDER_MARK.every((byte, at) => head[at] === byte) ? BYTE_ORDER_MARK.length : 0);
  }

  #read(bytes: Uint8Array, start: number): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = start;
    while (at < chunk.length) {
      if (this.#state === STRING) at = this.#readString(chunk, at);
      else if (this.#state === PLAIN) at = this.#readPlain(chunk, at);
      else at = this.#readBetween(chunk, at);
    }
  }

  #readBetween(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const code = chunk[at] ?? 0;
      const kind = KINDS[code];
      if (kind === SPACE) continue;
      if (kind === MARK) {
        this.#parts.mark(code);
        continue;
      }
      if (kind !== STRING && kind !== PLAIN) throw notJson();
      this.#state = kind;
      this.#isAscii = true;
      this.#hasEscapes = false;
      return kind === STRING ? at + 1 : at;
    }
    return chunk.length;
  }

  #readString(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const code = chunk[at] ?? 0;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === QUOTE) {
        this.#state = BETWEEN;
        const size = this.#size + at - start;
        const text = this.#text(chunk, start, at);
        this.#parts.string(this.#hasEscapes ? readEscapes(text) : text, size);
        return at + 1;
      } else if (code === BACKSLASH) {
        this.#isEscaped = true;
        this.#hasEscapes = true;
      } else if (code < 0x20) throw notJson();
      if (code >= 0x80) this.#isAscii = false;
    }
    this.#keep(chunk.subarray(start));
    return chunk.length;
  }

  #readPlain(chunk: Buffer, start: number): number {
    for (let at = start; at < chunk.length; at += 1) {
      const code = chunk[at] ?? 0;
      if (code >= 0x80) throw notJson();
      const kind = KINDS[code];
      if (kind === PLAIN || kind === BETWEEN) continue;
      this.#state = BETWEEN;
      this.#parts.plain(readPlain(this.#text(chunk, start, at)));
      return at;
    }
    this.#keep(chunk.subarray(start));
    return chunk.length;
  }

  /** The text of a part that ends here. */
  #text(chunk: Buffer, start: number, end: number): string {
    if (this.#size === 0) return readText(chunk, start, end, this.#isAscii);
    this.#keep(chunk.subarray(start, end));
    const [whole, size] = [this.#begun, this.#size];
    this.#begun = NOTHING;
    this.#size = 0;
    return readText(whole, 0, size, this.#isAscii);
  }

  /** Into one growing buffer: a part may arrive byte by byte. */
  #keep(bytes: Uint8Array): void {
    const needed = this.#size + bytes.length;
    // The bytes, and the text that they become.
    this.#budget.check(3 * needed);
    if (needed > this.#begun.length) {
      const larger = Buffer.alloc(Math.max(needed, 2 * this.#begun.length));
      larger.set(this.#begun.subarray(0, this.#size));
      this.#begun = larger;
    }
    this.#begun.set(bytes, this.#size);
    this.#size = needed;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0 && second.length >= HEAD) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** What a byte may be outside of a string. Numbers and words may go on with more than they begin with. */
function kindsOfBytes(): Uint8Array {
  const kinds = new Uint8Array(256);
  const set = (characters: string, kind: number) => {
    for (const character of characters) kinds[character.charCodeAt(0)] = kind;
  };
  set(' \t\r\n', SPACE);
  set('{}[],:', MARK);
  set('"', STRING);
  set('-0123456789tfn', PLAIN);
  return kinds;
}
