import { UNDECIDED } from './digits.ts';

const ESC = 0x1b;
const BELL = 0x07;
const LF = 0x0a;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const LONGEST_CSI = 32;
const LONGEST_OSC = 512;

/**
 * The end of the sequence that begins with the ESC at `at` (ECMA-48): colours (`ESC [ … m`), titles and links (`ESC ] … BEL`), and
 * short ones such as `ESC ( B`. An ESC that begins none of these ends one byte later.
 */
export function endOfSequence(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1];
  if (kind === undefined) return UNDECIDED;
  if (kind === CLOSING_BRACKET) return endOfOsc(bytes, at);
  let end = kind === OPENING_BRACKET ? at + 2 : at + 1;
  for (; end < bytes.length && end - at < LONGEST_CSI; end += 1) {
    const byte = bytes[end] ?? 0;
    if (byte >= 0x40 && byte <= 0x7e) return end + 1;
    if (kind !== OPENING_BRACKET && byte >= 0x30 && byte <= 0x3f) return end + 1;
    if (byte < 0x20 || byte > 0x7e) return at + 1;
  }
  return end === bytes.length && end - at < LONGEST_CSI ? UNDECIDED : at + 1;
}

function endOfOsc(bytes: Uint8Array, at: number): number {
  for (let end = at + 2; end < bytes.length && end - at < LONGEST_OSC; end += 1) {
    if (bytes[end] === BELL) return end + 1;
    if (bytes[end] === LF) return at + 1;
    if (bytes[end] === ESC) {
      if (end + 1 === bytes.length) return UNDECIDED;
      return bytes[end + 1] === BACKSLASH ? end + 2 : at + 1;
    }
  }
  return bytes.length - at < LONGEST_OSC ? UNDECIDED : at + 1;
}
