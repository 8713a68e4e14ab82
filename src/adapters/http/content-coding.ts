import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  type InputType,
  inflateRawSync,
  inflateSync,
} from 'node:zlib';
import type { HeaderReader } from './headers.ts';

export type Coding = 'gzip' | 'deflate' | 'br';

/** What a decoder made of the bytes that are there. `cut`: the end is missing. */
export interface Decoded {
  readonly bytes: Uint8Array;
  readonly end: 'whole' | 'cut' | 'damaged' | 'too-large';
}

const NAMES: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['x-deflate', 'deflate'],
  ['br', 'br'],
]);
/** Words that mean no coding, or that do not belong there. */
const PLAIN: ReadonlySet<string> = new Set(['', 'identity', 'none', 'binary', 'utf-8', 'utf8', '8bit']);
/** More than a vendor and two proxies would apply. */
const MOST_CODINGS = 4;

/** How an answer is coded, outermost last; or the coding that keyturn cannot read. */
export function codingsOf(header: HeaderReader): readonly Coding[] | { readonly unknown: string } {
  const names = (header('content-encoding') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const coded = names.filter((name) => !PLAIN.has(name));
  const codings: Coding[] = [];
  for (const name of coded) {
    const coding = NAMES.get(name);
    if (coding === undefined || coded.length > MOST_CODINGS) {
      return { unknown: /^[\w-]{1,20}$/.test(name) ? name : 'something' };
    }
    codings.push(coding);
  }
  return codings;
}

/**
 * Decodes at most `limit` bytes, never more than that in memory. `isPartWanted`: also what comes before the place where
 * the bytes end or are damaged; without it a fault leaves nothing.
 */
export function decodeBody(
  codings: readonly Coding[],
  coded: Uint8Array,
  { limit, isPartWanted }: { readonly limit: number; readonly isPartWanted: boolean },
): Decoded {
  let result: Decoded = { bytes: coded, end: 'whole' };
  for (const coding of [...codings].reverse()) {
    const { bytes, end } = decodeOne(coding, result.bytes, limit, isPartWanted);
    result = { bytes, end: end === 'whole' ? result.end : end };
  }
  return result;
}

function decodeOne(coding: Coding, coded: Uint8Array, limit: number, isPartWanted: boolean): Decoded {
  if (coded.length === 0 || isNotCoded(coding, coded)) return { bytes: coded, end: 'whole' };
  let end: Decoded['end'];
  try {
    return { bytes: run(coding, coded, limit, 'all'), end: 'whole' };
  } catch (error) {
    end = endOf(error);
  }
  if (end === 'damaged' && coding === 'br' && isJson(coded)) return { bytes: coded, end: 'whole' };
  return { bytes: isPartWanted ? decodePart(coding, coded, limit) : new Uint8Array(), end };
}

/** The most that a beginning of the bytes decodes to; a longer one fails where a shorter one does. */
function decodePart(coding: Coding, coded: Uint8Array, limit: number): Uint8Array {
  let best: Uint8Array = new Uint8Array();
  let [low, high] = [0, coded.length];
  for (let size = high; low <= high; size = (low + high) >> 1) {
    try {
      best = run(coding, coded.subarray(0, size), limit, 'part');
      low = size + 1;
    } catch {
      high = size - 1;
    }
  }
  return best;
}

function run(coding: Coding, coded: Uint8Array, limit: number, what: 'all' | 'part'): Uint8Array {
  const options = { maxOutputLength: limit };
  if (coding === 'br') {
    const finishFlush = what === 'all' ? {} : { finishFlush: constants.BROTLI_OPERATION_FLUSH };
    return brotliDecompressSync(coded, { ...options, ...finishFlush });
  }
  const finishFlush = what === 'all' ? {} : { finishFlush: constants.Z_SYNC_FLUSH };
  return inflaterOf(coding, coded)(coded, { ...options, ...finishFlush });
}

/** `deflate` is zlib's format; some servers send it without the wrapper, as browsers accept. */
function inflaterOf(coding: Coding, coded: Uint8Array): (bytes: InputType, options: object) => Uint8Array {
  if (coding === 'gzip') return gunzipSync;
  const [first = 0, second = 0] = coded;
  const isWrapped = (first & 0x0f) === 8 && (coded.length < 2 || (first * 256 + second) % 31 === 0);
  return isWrapped ? inflateSync : inflateRawSync;
}

/** A proxy that decodes and leaves the header as it was. */
function isNotCoded(coding: Coding, bytes: Uint8Array): boolean {
  if (coding === 'gzip') return bytes[0] !== 0x1f;
  return coding === 'deflate' && isJson(bytes);
}

function isJson([first]: Uint8Array): boolean {
  return first === 0x7b || first === 0x5b;
}

function endOf(error: unknown): Decoded['end'] {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
  return code === 'Z_BUF_ERROR' ? 'cut' : 'damaged';
}
