import { usage } from '../../domain/errors.ts';

const UNQUOTED_OPERATOR = /[|&;<>()$`*?[\]{}#!\n]/;

/**
 * Splits a command as a POSIX shell splits words: blanks, `'…'`, `"…"` and `\`. What only a shell can do (pipes,
 * variables, globs) is refused and not taken for text, since no shell is started.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else if (character === "'" || character === '"') {
      const quoted = readQuoted(text, i);
      word = (word ?? '') + quoted.value;
      i = quoted.end;
    } else if (character === '\\') {
      if (i + 1 >= text.length) throw broken('ends with a backslash');
      i += 1;
      word = (word ?? '') + text.charAt(i);
    } else {
      if (UNQUOTED_OPERATOR.test(character) || (character === '~' && word === null))
        throw needsShell(character);
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

function readQuoted(text: string, start: number): { value: string; end: number } {
  const quote = text.charAt(start);
  let value = '';
  for (let i = start + 1; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === quote) return { value, end: i };
    if (quote === '"' && (character === '$' || character === '`')) throw needsShell(character);
    if (quote === '"' && character === '\\' && /["\\$`]/.test(text.charAt(i + 1))) {
      i += 1;
      value += text.charAt(i);
    } else value += character;
  }
  throw broken('has an open quotation mark');
}

function broken(why: string) {
  return usage(`the command ${why}`, 'quote it as for a shell');
}

function needsShell(character: string) {
  return usage(
    `the command has "${character === '\n' ? '\\n' : character}", which only a shell understands`,
    "no shell is started: quote it, or name one: exec:sh -c '…'",
  );
}
