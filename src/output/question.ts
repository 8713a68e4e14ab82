import { safeText } from '../domain/text.ts';
import { cutMiddle } from './width.ts';

/** A question shows at most this much of a name, in columns: a long name must not push the question off the screen. */
const WIDEST_NAME = 60;
/** How many of these columns show the beginning of the name; the rest shows its end. */
const BEGINNING = 36;

/** What a question is about, as its provider names it. */
export interface Named {
  readonly name: string | null;
  readonly id: string;
}

/** `"deploy" (id 17)`: the name shortened in its middle where it is long, the id whole. */
export function named({ name, id }: Named): string {
  return `${quoteName(name ?? id)} (id ${safeText(id)})`;
}

/** A name in quotes. Quotes inside the name are escaped, since the name may be chosen by somebody else. */
export function quoteName(name: string): string {
  return `"${cutMiddle(safeText(name, 1_000).replaceAll('"', '\\x22'), WIDEST_NAME, BEGINNING)}"`;
}

/**
 * The question of whether to do something to things. For one it is a single line; several are counted first, listed one a
 * line, and asked about at the end, where no list can push the question off the screen.
 */
export function questionAbout(verb: string, noun: string, things: readonly string[], where: string): string {
  const [only, another] = things;
  if (only !== undefined && another === undefined) return `${verb} ${only}${where}?`;
  const count = `${things.length} ${noun}`;
  return [
    `${verb} ${count}${where}:`,
    ...things.map((thing) => `  ${thing}`),
    `${verb} these ${count}${where}?`,
  ].join('\n');
}

/** Before a question about tokens of which keyturn cannot tell whether one is the credential in use; empty for none. */
export function doubtAbout(names: readonly string[]): string {
  if (names.length === 0) return '';
  return `${names.map(quoteName).join(', ')} may be the credential that keyturn is using. `;
}
