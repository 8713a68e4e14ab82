import { breakCommands } from './runner-commands.ts';

/** Letters and symbols that show nothing, though they are neither spaces nor controls: Braille, music, hieroglyphs. */
const BLANK = '\\u2800\\u{1d159}\\u{13441}\\u{13442}';
/** Selects how an emoji looks; anywhere else it is invisible. */
const SELECTOR = '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]|\\ufe0f(?=\\u20e3)';
/**
 * What a terminal would act on, or what makes text look like something else: C0, DEL, C1, bidirectional controls, zero-width
 * and blank characters, line separators, byte-order mark, tag characters, lone surrogates, the fifth mark on one letter and more.
 */
const UNSAFE = new RegExp(
  `(?!${SELECTOR})[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}${BLANK}]|(?<=\\p{M}{4})\\p{M}`,
  'gu',
);
/** Looks like the space that everybody types, and is none. */
const ODD_SPACE = /(?! )\p{Zs}/gu;

/**
 * Text from outside, made safe for one line of a terminal or a log: what cannot be seen, or would be acted on, becomes a
 * visible escape. Applying it again changes nothing.
 */
export function safeText(text: string, limit = 2_000): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return escapeLine(cut);
}

/** Several lines of our own, which may quote somebody else; nothing is cut where no limit is given. */
export function eachLineSafe(lines: string, limit?: number): string {
  return lines
    .split('\n')
    .map((line) => safeText(line, limit))
    .join('\n');
}

/**
 * The same for programs: nothing is cut, and a backslash that would read as the beginning of an escape is escaped too, so
 * that the text can be had back.
 */
export function exactText(text: string): string {
  return escapeLine(text.replace(/\\(?=[xu])/g, '\\x5c'));
}

/** What spreadsheets would take for a formula gets its first character escaped; a number is none. */
export function withoutFormula(text: string): string {
  if (!/^\s*[=+@＝＋＠－-]/u.test(text) || /^(?:-|[+-]?\d+(?:\.\d+)?)$/.test(text)) return text;
  return `${escapeCharacter(text.slice(0, 1))}${text.slice(1)}`;
}

/** Whether the text has something in it that a terminal would act on, or that cannot be seen. */
export function isUnsafe(text: string): boolean {
  return text.search(UNSAFE) >= 0;
}

/** For formats with escapes of their own. */
export function replaceUnsafe(text: string, replace: (character: string) => string): string {
  return text.replace(UNSAFE, replace);
}

function escapeLine(text: string): string {
  const visible = text.replace(UNSAFE, escapeCharacter).replace(ODD_SPACE, escapeCharacter);
  return breakCommands(visible, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point <= 0xff
    ? `\\x${hex(point, 2)}`
    : point <= 0xffff
      ? `\\u${hex(point, 4)}`
      : `\\u{${hex(point, 1)}}`;
}

function hex(point: number, width: number): string {
  return point.toString(16).padStart(width, '0');
}
