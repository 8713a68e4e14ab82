import { isPlainDotenv } from '../../domain/dotenv-value.ts';
import { usage } from '../../domain/errors.ts';

/**
 * A dotenv file as text in which every character is one byte (latin1), so that whatever encoding it has comes back
 * unchanged. Values go through `toBytes` first.
 */
export interface Assignment {
  /** Where the value's source begins and ends, quotation marks included. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

// All are tried at the start of a line or of a value, never searched for.
const HEAD = /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/y;
// Only a quoted value that is the whole value: `'a'b` is one word to a shell, and is taken whole below.
const QUOTED = /('[^']*'|"(?:\\[\s\S]|[^"\\])*"|`[^`]*`)(?=[ \t]*(?:[\r\n]|$|#))/y;
const BARE = /(?:(?![ \t]#)[^\r\n])*/y;
const LINE = /[^\r\n]*(?:\r\n|\n|\r|$)/y;
const MARK = '\u00ef\u00bb\u00bf';

/** Every assignment of the name, in order; those inside a longer quoted value or a comment are not assignments. */
export function findAssignments(file: string, name: string): Assignment[] {
  const found: Assignment[] = [];
  let at = file.startsWith(MARK) ? MARK.length : 0;
  while (at < file.length) {
    const head = match(HEAD, file, at);
    if (head) {
      const start = at + head[0].length;
      const source = match(QUOTED, file, start)?.[0] ?? (match(BARE, file, start)?.[0] ?? '').trimEnd();
      if (head[1] === name) found.push({ start, end: start + source.length, value: unquote(source) });
      at = start + source.length;
    }
    at += Math.max(1, match(LINE, file, at)?.[0].length ?? 1);
  }
  return found;
}

/** The file with the name assigned this value, everywhere it was assigned, else at the end. All else is kept. */
export function assign(file: string, name: string, value: string): string {
  const source = quote(value);
  const found = findAssignments(file, name);
  if (found.length > 0) {
    let result = file;
    for (const { start, end } of found.reverse())
      result = result.slice(0, start) + source + result.slice(end);
    return result;
  }
  const lineEnd = /\r\n|\n/.exec(file)?.[0] ?? '\n';
  if (file === '' || file === MARK) return `${file}${name}=${source}${lineEnd}`;
  // With a line break of its own, so that what another program appends does not become a part of the secret.
  return `${file}${/[\r\n]$/.test(file) ? '' : lineEnd}${name}=${source}${lineEnd}`;
}

/**
 * The value as source that shells, Node, npm's dotenv, python-dotenv and Docker Compose all read back alike. They
 * differ in backslashes and in both kinds of quotation marks together: such a value is refused, not guessed at.
 */
export function quote(value: string): string {
  if (isPlainDotenv(value)) return value;
  const unclear = /[\0-\x1f\x7f]/.test(value) || /\\\\|\\'|\\$/.test(value);
  if (!unclear && !value.includes("'")) return `'${value}'`;
  if (!unclear && !/["$`\\!]/.test(value)) return `"${value}"`;
  throw usage(
    'the secret has characters that programs read differently from a dotenv file',
    'choose "file:" for it',
  );
}

/** UTF-8 bytes of a text as one character a byte, and back. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function unquote(source: string): string {
  const mark = source.charAt(0);
  if (source.length < 2 || !/["'`]/.test(mark) || !source.endsWith(mark)) return source;
  const inner = source.slice(1, -1);
  if (mark !== '"') return inner;
  return inner.replace(/\\([\s\S])/g, (_, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : c));
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const copy = new RegExp(pattern.source, pattern.flags);
  copy.lastIndex = at;
  return copy.exec(text);
}
