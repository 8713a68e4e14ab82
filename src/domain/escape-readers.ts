import { hexAt, isLetterOrDigit, octalAt, UNDECIDED } from './digits.ts';
import type { ViewBuilder } from './plain-view-builder.ts';

/** Adds to the view what is written at `at`, and returns where the next character begins, or UNDECIDED. */
export type Reader = (view: ViewBuilder, bytes: Uint8Array, at: number) => number;

const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const PERCENT = 0x25;
const REPLACEMENT = 0xfffd;
/** A longer run of backslashes escapes nothing. */
const MOST_BACKSLASHES = 16;
/** `%252541`: text that was encoded more often is read up to here. */
const MOST_ROUNDS = 8;

/** `%41`, also where the percent sign was encoded again: `%2541`. */
export const readPercent: Reader = (view, bytes, at) => {
  let end = at + 1;
  let value = PERCENT;
  for (let round = 0; value === PERCENT && round < MOST_ROUNDS; round += 1) {
    const next = hexAt(bytes, end, 2);
    if (next === UNDECIDED) return UNDECIDED;
    if (next === null) break;
    value = next;
    end += 2;
  }
  view.add(value, at, end);
  return end;
};

/**
 * Escapes of JSON, C, shells and Python, after any number of backslashes. Escaped line breaks and tabs are left out of the view, as
 * real ones are; a backslash before anything else is left out itself.
 */
export const readBackslash: Reader = (view, bytes, at) => {
  let end = at;
  while (bytes[end] === BACKSLASH && end - at < MOST_BACKSLASHES) end += 1;
  const kind = bytes[end];
  if (kind === undefined) return UNDECIDED;
  switch (kind === BACKSLASH ? '' : String.fromCharCode(kind)) {
    case 'n':
    case 'r':
    case 't':
    case 'b':
    case 'f':
    case 'v':
    case 'a':
    case 'e':
      return end + 1;
    case 'u':
      return bytes[end + 1] === OPENING_BRACE
        ? readBraces(view, bytes, at, end)
        : readUnit(view, bytes, at, end);
    case 'U':
      return addPoint(view, hexAt(bytes, end + 1, 8), { at, end, length: 9 });
    case 'x':
      return addByte(view, hexAt(bytes, end + 1, 2), { at, end, length: 3 });
    case '0':
    case '1':
    case '2':
    case '3':
      return addByte(view, octalAt(bytes, end), { at, end, length: 3 });
    default:
      return end;
  }
};

/** `0x` before two hex digits that stand alone, as in the source of a byte array, is left out. */
export const readHexPrefix: Reader = (view, bytes, at) => {
  const isPrefix = isLetterOrDigit(bytes[at - 1]) ? false : standsAlone(bytes, at);
  if (isPrefix === null) return UNDECIDED;
  if (isPrefix) return at + 2;
  view.add(0x30, at, at + 1);
  return at + 1;
};

/** Soft hyphen, no-break space, spaces and joiners without a width, byte order mark: their UTF-8 bytes as one number. */
const INVISIBLE: ReadonlySet<number> = new Set([
  0xc2a0, 0xc2ad, 0xe2808b, 0xe2808c, 0xe2808d, 0xe2808e, 0xe2808f, 0xe281a0, 0xefbbbf,
]);

export const readInvisible: Reader = (view, bytes, at) => {
  const first = bytes[at] ?? 0;
  const length = first === 0xc2 ? 2 : 3;
  if (at + length > bytes.length) return UNDECIDED;
  const two = first * 256 + (bytes[at + 1] ?? 0);
  if (INVISIBLE.has(length === 2 ? two : two * 256 + (bytes[at + 2] ?? 0))) return at + length;
  view.add(first, at, at + 1);
  return at + 1;
};

/** The `=` at the end of a line that quoted-printable goes on in the next one. */
export const readSoftBreak: Reader = (view, bytes, at) => {
  const next = bytes[at + 1];
  if (next === LF) return at + 2;
  if (next === undefined) return UNDECIDED;
  if (next === CR && at + 2 === bytes.length) return UNDECIDED;
  if (next === CR && bytes[at + 2] === LF) return at + 3;
  view.add(EQUALS, at, at + 1);
  return at + 1;
};

/** Where an escape begins, where its letter stands, and how long it is from there. */
interface Place {
  readonly at: number;
  readonly end: number;
  readonly length: number;
}

/** `\u0041`, and the two halves of a code point beyond U+FFFF. */
function readUnit(view: ViewBuilder, bytes: Uint8Array, at: number, end: number): number {
  const unit = hexAt(bytes, end + 1, 4);
  const isFirstHalf = unit !== null && unit >= 0xd800 && unit <= 0xdbff;
  if (!isFirstHalf) return addPoint(view, unit, { at, end, length: 5 });
  let second = end + 5;
  while (bytes[second] === BACKSLASH && second - end < MOST_BACKSLASHES) second += 1;
  if (second >= bytes.length) return UNDECIDED;
  const low = bytes[second] === 0x75 ? hexAt(bytes, second + 1, 4) : null;
  if (low === UNDECIDED) return UNDECIDED;
  const isPair = low !== null && low >= 0xdc00 && low <= 0xdfff;
  if (!isPair) return addPoint(view, REPLACEMENT, { at, end, length: 5 });
  view.addPoint(0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00), at, second + 5);
  return second + 5;
}

/** `\u{41}` of JavaScript, PHP and Rust. */
function readBraces(view: ViewBuilder, bytes: Uint8Array, at: number, end: number): number {
  for (let count = 1; count <= 6; count += 1) {
    const close = end + 2 + count;
    if (close >= bytes.length) return UNDECIDED;
    if (bytes[close] === CLOSING_BRACE)
      return addPoint(view, hexAt(bytes, end + 2, count), { at, end, length: 3 + count });
  }
  return end;
}

function addPoint(view: ViewBuilder, value: number | null, { at, end, length }: Place): number {
  if (value === UNDECIDED) return UNDECIDED;
  if (value === null || value > 0x10ffff) return end;
  view.addPoint(value >= 0xd800 && value <= 0xdfff ? REPLACEMENT : value, at, end + length);
  return end + length;
}

function addByte(view: ViewBuilder, value: number | null, { at, end, length }: Place): number {
  if (value === UNDECIDED) return UNDECIDED;
  if (value === null) return end;
  view.add(value, at, end + length);
  return end + length;
}

/** Null where the bytes end too early to tell. */
function standsAlone(bytes: Uint8Array, at: number): boolean | null {
  if (at + 1 === bytes.length) return null;
  if (((bytes[at + 1] ?? 0) | 0x20) !== 0x78) return false;
  const value = hexAt(bytes, at + 2, 2);
  if (value === null) return false;
  if (value === UNDECIDED || at + 4 === bytes.length) return null;
  return !isLetterOrDigit(bytes[at + 4]);
}
