import { hexDigit, isLetterOrDigit, UNDECIDED } from './digits.ts';
import { HTML_NAMES } from './html-names.ts';
import type { ViewBuilder } from './plain-view-builder.ts';

const AMPERSAND = 0x26;
const SEMICOLON = 0x3b;
const NUMBER_SIGN = 0x23;
const SPACE = 0x20;
/** `#x10ffff`, and one leading zero. */
const LONGEST_NAME = 9;
/** `&amp;amp;lt;`: text that was encoded more often is read up to here. */
const MOST_ROUNDS = 8;

/** By the name's letters as one number, which is quicker to look up than a string. */
const POINTS: ReadonlyMap<number, number> = new Map(
  [...Object.entries(HTML_NAMES), ['nbsp', ' ']].map(([name = '', sign = '']) => [
    keyOf(new TextEncoder().encode(name), 0, name.length),
    sign.charCodeAt(0),
  ]),
);

/** `&lt;`, `&#60;` and `&#x3c;`, also where the ampersand was encoded again: `&amp;lt;`. */
export function readCharacterReference(view: ViewBuilder, bytes: Uint8Array, at: number): number {
  let start = at + 1;
  let point = AMPERSAND;
  for (let round = 0; point === AMPERSAND && round < MOST_ROUNDS; round += 1) {
    const end = endOfName(bytes, start);
    if (end === UNDECIDED) return UNDECIDED;
    const next = end === null ? null : pointOf(bytes, start, end);
    if (end === null || next === null) break;
    point = next;
    start = end + 1;
  }
  view.addPoint(point, at, start);
  return start;
}

/** Where the `;` stands; null where this is no name. */
function endOfName(bytes: Uint8Array, start: number): number | null {
  for (let end = start; end - start < LONGEST_NAME; end += 1) {
    const byte = bytes[end];
    if (byte === undefined) return UNDECIDED;
    if (byte === SEMICOLON) return end;
    if (!isLetterOrDigit(byte) && !(byte === NUMBER_SIGN && end === start)) return null;
  }
  return null;
}

function pointOf(bytes: Uint8Array, start: number, end: number): number | null {
  if (bytes[start] !== NUMBER_SIGN) return POINTS.get(keyOf(bytes, start, end)) ?? null;
  const isHex = ((bytes[start + 1] ?? 0) | SPACE) === 0x78;
  const point = numberOf(bytes, isHex ? start + 2 : start + 1, end, isHex ? 16 : 10);
  return point !== null && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? point : null;
}

function numberOf(bytes: Uint8Array, start: number, end: number, base: number): number | null {
  if (start >= end) return null;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = hexDigit(bytes[at] ?? 0);
    if (digit < 0 || digit >= base) return null;
    value = value * base + digit;
  }
  return value;
}

/** Names are read in either case. No known name is longer than six letters, which a number holds exactly. */
function keyOf(bytes: Uint8Array, start: number, end: number): number {
  let key = 0;
  for (let at = start; at < end && at < start + 6; at += 1) key = key * 256 + ((bytes[at] ?? 0) | SPACE);
  return end - start > 6 ? UNDECIDED : key;
}
