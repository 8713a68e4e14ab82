import { notJson } from './not-json.ts';

const BACKSLASH = 0x5c;
/** As many arguments as a call takes without trouble. */
const PIECE = 4_096;
const SMALL_INTEGER = /^(?:0|[1-9]\d{0,14})$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
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

/** A number, `true`, `false` or `null`. Integers beyond 2^53 arrive as strings. */
export function readPlain(text: string): number | string | boolean | null {
  if (SMALL_INTEGER.test(text)) return Number(text);
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (text === 'null') return null;
  const match = NUMBER.exec(text);
  if (!match) throw notJson();
  const value = Number(text);
  const isInteger = match[1] === undefined && match[2] === undefined;
  if (isInteger && !Number.isSafeInteger(value)) return text;
  if (!Number.isFinite(value)) throw notJson();
  return value;
}

/** A copy: a part of a longer string would keep the whole of it in memory. */
export function readText(bytes: Buffer, start: number, end: number, isAscii: boolean): string {
  if (isAscii) return bytes.toString('latin1', start, end);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(start, end));
  } catch {
    throw notJson();
  }
}

export function readEscapes(text: string): string {
  const codes = new Uint16Array(Math.min(PIECE, text.length));
  let used = 0;
  let result = '';
  for (let at = 0; at < text.length; at += 1) {
    let code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      at += 1;
      code = codeOf(text, at);
      if (text.charAt(at) === 'u') at += 4;
    }
    codes[used] = code;
    used += 1;
    if (used < codes.length) continue;
    result += ofCodes(codes);
    used = 0;
  }
  return result + ofCodes(codes.subarray(0, used));
}

/** What the escape stands for whose letter is at `at`. */
function codeOf(text: string, at: number): number {
  const letter = text.charAt(at);
  if (letter === 'u') {
    const digits = text.slice(at + 1, at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw notJson();
    return Number.parseInt(digits, 16);
  }
  const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (character === undefined) throw notJson();
  return character.charCodeAt(0);
}

function ofCodes(codes: ArrayLike<number>): string {
  return Reflect.apply(String.fromCharCode, null, codes);
}
