import { AppError } from './errors.ts';

/** Deeper than any vendor nests, far shallower than the stack. */
const DEEPEST = 100;
/** How compressed bytes begin, for a message that says more than that they are not text. */
const COMPRESSED: readonly (readonly [string, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['compress', [0x1f, 0x9d]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58]],
];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Strict JSON from outside. `JSON.parse` is not used because its errors quote the text, which may hold a secret.
 * Objects have no prototype; integers beyond 2^53 arrive as strings, so that ids survive; a leading byte-order mark
 * is tolerated. Throws `AppError` (failure), which never holds content, for everything else: nesting beyond 100,
 * numbers beyond a double, a field that is given twice with different values.
 */
export function parseJson(text: string): unknown {
  return new Reader(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).readDocument();
}

/** As {@link parseJson}, for a body. Null for an empty one (or nothing but white space); only UTF-8 is read. */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const coding = COMPRESSED.find(([, start]) => start.every((byte, at) => bytes[at] === byte))?.[0];
    throw notJson(coding === undefined ? '' : `: it is compressed with ${coding}`);
  }
  return /^[ \t\r\n]*$/.test(text) ? null : parseJson(text);
}

function notJson(why = ''): AppError {
  return new AppError({
    code: 'failure',
    message: `the answer is not JSON${why}`,
    hint: 'something between keyturn and the provider may have answered: see `keyturn doctor`',
  });
}

class Reader {
  readonly #text: string;
  readonly #number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): unknown {
    const value = this.#readValue(0);
    if (this.#next() !== '') throw notJson();
    return value;
  }

  #readValue(depth: number): unknown {
    if (depth > DEEPEST) throw notJson(' that keyturn reads: it is nested too deeply');
    switch (this.#next()) {
      case '{':
        return this.#readObject(depth + 1);
      case '[':
        return this.#readArray(depth + 1);
      case '"':
        return this.#readString();
      case 't':
        return this.#readWord('true', true);
      case 'f':
        return this.#readWord('false', false);
      case 'n':
        return this.#readWord('null', null);
      default:
        return this.#readNumber();
    }
  }

  #readObject(depth: number): unknown {
    const object: Record<string, unknown> = Object.create(null);
    this.#at += 1;
    if (this.#next() === '}') {
      this.#at += 1;
      return object;
    }
    for (;;) {
      if (this.#next() !== '"') throw notJson();
      const name = this.#readString();
      if (this.#next() !== ':') throw notJson();
      this.#at += 1;
      const value = this.#readValue(depth);
      // Two values for one field: whoever reads the first and whoever reads the last would disagree.
      if (name in object && !isSame(object[name], value)) {
        throw notJson(' that keyturn reads: a field is given twice with different values');
      }
      object[name] = value;
      if (this.#endsWith('}')) return object;
    }
  }

  #readArray(depth: number): unknown {
    const array: unknown[] = [];
    this.#at += 1;
    if (this.#next() === ']') {
      this.#at += 1;
      return array;
    }
    for (;;) {
      array.push(this.#readValue(depth));
      if (this.#endsWith(']')) return array;
    }
  }

  #readString(): string {
    const text = this.#text;
    let result = '';
    let start = this.#at + 1;
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return result + text.slice(start, at);
      }
      if (code < 0x20) throw notJson();
      if (code !== BACKSLASH) continue;
      result += text.slice(start, at);
      at += 1;
      const letter = text.charAt(at);
      if (letter === 'u') {
        const digits = text.slice(at + 1, at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw notJson();
        result += String.fromCharCode(Number.parseInt(digits, 16));
        at += 4;
      } else {
        const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
        if (character === undefined) throw notJson();
        result += character;
      }
      start = at + 1;
    }
    throw notJson();
  }

  #readNumber(): number | string {
    this.#number.lastIndex = this.#at;
    const match = this.#number.exec(this.#text);
    if (!match) throw notJson();
    this.#at += match[0].length;
    const value = Number(match[0]);
    const isInteger = match[1] === undefined && match[2] === undefined;
    if (isInteger && !Number.isSafeInteger(value)) return match[0];
    if (!Number.isFinite(value)) throw notJson();
    return value;
  }

  #readWord<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw notJson();
    this.#at += word.length;
    return value;
  }

  /** After a member: true at the closing bracket, false after a comma. */
  #endsWith(close: string): boolean {
    const next = this.#next();
    if (next !== close && next !== ',') throw notJson();
    this.#at += 1;
    return next === close;
  }

  /** The next character that is not white space, without consuming it; empty at the end. */
  #next(): string {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09)
        return this.#text.charAt(this.#at);
      this.#at += 1;
    }
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const other = new Map(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === other.size && entries.every(([name, value]) => isSame(value, other.get(name)));
}
