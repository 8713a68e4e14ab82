import { safeText } from './text.ts';

const PLAIN = /^[A-Za-z0-9_./:@%+=,-]+$/;

/** A command to paste, for one profile: `keyturn tokens rotate etl -p devo`. Words that a shell would act on are quoted. */
export function commandLine(words: readonly string[], profile: string | null = null): string {
  const all = profile === null ? words : [...words, '-p', profile];
  return ['keyturn', ...all.map((word) => quoted(safeText(word, 300)))].join(' ');
}

function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
