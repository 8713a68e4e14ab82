import { HTML_NAMES } from './html-names.ts';

/** One character of a text, perhaps one that is written there as an escape. */
export interface Unit {
  readonly character: string;
  /** What it is compared by: letters and digits in lower case; empty for all else. */
  readonly letters: string;
  /** Where it is written. */
  readonly start: number;
  readonly end: number;
}

export type View = readonly Unit[];

/** Percent signs, JSON, C and HTML. */
const ESCAPES =
  /%([0-9a-f]{2})|\\+u\{?([0-9a-f]{4,6})\}?|\\+x([0-9a-f]{2})|&(?:amp;)*#(\d{2,7});?|&(?:amp;)*#x([0-9a-f]{2,6});?|&(?:amp;)*([a-z]{2,6});/giu;
const INVISIBLE = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;
const LETTERS = /[\p{L}\p{N}]/gu;

/** A text without white space and invisible characters. */
export function toView(text: string): View {
  const units: Unit[] = [];
  let start = 0;
  for (const character of text) {
    const end = start + character.length;
    if (!INVISIBLE.test(character)) units.push(toUnit(character, start, end));
    start = end;
  }
  return units;
}

/** The same with one layer of escapes undone; as long as before where there are none. */
export function decodeView(view: View): View {
  // Letter for letter as long as the view: what is outside the first plane counts as one.
  const text = view.map(({ character }) => (character.length === 1 ? character : '?')).join('');
  const units: Unit[] = [];
  let at = 0;
  for (const match of text.matchAll(ESCAPES)) {
    const character = readEscape(match);
    if (character === null) continue;
    units.push(...view.slice(at, match.index));
    at = match.index + match[0].length;
    units.push(toUnit(character, view[match.index]?.start ?? 0, view[at - 1]?.end ?? 0));
  }
  return [...units, ...view.slice(at)];
}

function readEscape([, percent, unicode, c, decimal, hex, name]: RegExpMatchArray): string | null {
  if (name !== undefined) return HTML_NAMES[name.toLowerCase()] ?? null;
  const point =
    decimal !== undefined ? Number(decimal) : Number.parseInt(percent ?? unicode ?? c ?? hex ?? '', 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : null;
}

function toUnit(character: string, start: number, end: number): Unit {
  const letters = character.normalize('NFKD').toLowerCase().match(LETTERS) ?? [];
  return { character, letters: letters.join(''), start, end };
}
