import stringWidth from 'string-width';

/** ASCII, and the signs that keyturn writes itself: one column each. To measure anything else costs as much as a whole command. */
const PLAIN = /^[\u0020-\u007e–…]*$/;
/** One visible escape is never cut in two. */
const SHOWN_CHARACTER = /\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\u\{[0-9a-f]+\}|\P{M}\p{M}*|\p{M}/gsu;

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The text, or its beginning with `…`, in at most so many columns. */
export function cutEnd(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return `${takeWhileFits(charactersOf(text), columns - 1).join('')}…`;
}

/** The text, or its beginning and its end around `…`, in at most so many columns; `beginning` of them show its beginning. */
export function cutMiddle(text: string, columns: number, beginning: number): string {
  if (widthOf(text) <= columns) return text;
  const characters = charactersOf(text);
  const head = takeWhileFits(characters, beginning);
  const tail = takeWhileFits(characters.slice(head.length).reverse(), columns - 1 - beginning).reverse();
  return `${head.join('')}…${tail.join('')}`;
}

function charactersOf(text: string): readonly string[] {
  return text.match(SHOWN_CHARACTER) ?? [];
}

function takeWhileFits(characters: readonly string[], columns: number): string[] {
  let width = 0;
  const end = characters.findIndex((character) => {
    width += widthOf(character);
    return width > columns;
  });
  return characters.slice(0, end < 0 ? characters.length : end);
}
