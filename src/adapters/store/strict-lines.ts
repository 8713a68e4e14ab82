/** The form of an entry is not exactly the one that keyturn writes, or the entry is wrong: the full reader decides. */
export const NOT_STRICT = new Error('not exactly as keyturn writes it');

/** What stands behind each key. */
export type Fields = Record<string, string | undefined>;

/** `key: value`, `"key":`, or nothing. */
interface Line {
  readonly indent: number;
  readonly key: string;
  readonly value: string | null;
  /** Of the line after. */
  readonly next: number;
}

/** Lines that say nothing: blank, or a comment. */
const SILENT = /(?: *(?:#[^\n]*)?\n)*/y;

/** Where the lines from `start` end that say nothing. */
export function afterSilent(text: string, start: number): number {
  const isName = text.startsWith('  ', start) && !' #\n'.includes(text[start + 2] ?? ' ');
  if (isName) return start;
  SILENT.lastIndex = start;
  return start + (SILENT.exec(text)?.[0].length ?? 0);
}

/** Whether no line of the entry follows. */
export function isWhole(text: string, end: number): boolean {
  return !text.startsWith('   ', afterSilent(text, end));
}

const SPACE = 0x20;
const COMMENT = 0x23;

export function lineAt(text: string, start: number): Line {
  const end = text.indexOf('\n', start);
  const next = end + 1;
  let first = start;
  while (text.charCodeAt(first) === SPACE) first += 1;
  // A line that says nothing has no indent that counts.
  if (first === end || text.charCodeAt(first) === COMMENT) return { indent: 0, key: '', value: null, next };
  const colon = text.indexOf(':', first);
  if (colon <= first || colon >= end) throw NOT_STRICT;
  const key = text.slice(first, colon);
  const indent = first - start;
  if (colon + 1 === end) return { indent, key, value: null, next };
  if (text.charCodeAt(colon + 1) !== SPACE || colon + 2 === end) throw NOT_STRICT;
  return { indent, key, value: text.slice(colon + 2, end), next };
}

export function put(fields: Fields, key: string, value: string | null): void {
  if (value === null || key in fields) throw NOT_STRICT;
  fields[key] = value;
}
