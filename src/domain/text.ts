/**
 * What a terminal would act on, or what makes text look like something else: C0, DEL, C1, bidirectional
 * controls, zero-width characters, line separators, byte-order mark, tag characters, lone surrogates.
 */
const UNSAFE = /\p{Cc}|\p{Cs}|[\u2028\u2029]|(?![\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}/gu;
const COMBINING_RUN = /(\p{M}{4})\p{M}+/gu;

/** Text from outside, made safe for one line of a terminal: unsafe characters become visible escapes. */
export function safeText(text: string, limit = 2_000): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(UNSAFE, escapeCharacter).replace(COMBINING_RUN, '$1');
}

/** For formats with escapes of their own. */
export function replaceUnsafe(text: string, replace: (character: string) => string): string {
  return text.replace(UNSAFE, replace);
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
