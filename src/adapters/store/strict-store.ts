import { isAppError } from '../../domain/errors.ts';
import { findDeep } from '../yaml/guard-yaml.ts';
import { textOf } from '../yaml/plain-scalar.ts';
import type { Entry, Header } from './format.ts';
import { NOT_STRICT, StrictEntries } from './strict-entry.ts';

/** The lines of an entry, from the line of its name; the comments before them are not among them. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface StrictStore {
  readonly header: Header;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly spans: ReadonlyMap<string, Span>;
}

/** A store that was read before: an entry whose lines are the same need not be read again. */
export interface ReadBefore {
  readonly text: string;
  readonly header: Header;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly spans: ReadonlyMap<string, Span>;
}

/** What stands around the entries is short, and read by others. Throws what they throw. */
export type ReadHeader = (text: string) => Header | null;

/** Of these, U+2028 and U+2029 end a line for patterns and not for YAML. */
const ODD_SPACE = /[\t\r\u2028\u2029]/;
const CREDENTIALS = /^credentials:\n/m;
const NAME_LINE = / {2}("?)([A-Za-z0-9][A-Za-z0-9._@+-]{0,127})\1:\n/y;
/** The line of another name, or the first line below the entries. */
const NEXT = /^(?: {2}[^ #\n]|[^ #\n])/gm;
/** Lines before the first name that say nothing. */
const SILENT = /(?: *(?:#[^\n]*)?\n)*/y;

/**
 * Reads `credentials.yaml` line by line where it has exactly the form that keyturn writes, with comments and blank lines on
 * lines of their own. Null for anything else and for everything that is wrong: the full reader then decides, and names line
 * and column. What is read here, the full reader reads alike, at many times the cost.
 */
export function readStrictStore(
  text: string,
  readHeader: ReadHeader,
  before: ReadBefore | null,
): StrictStore | null {
  try {
    return readStore(text, readHeader, before);
  } catch (error) {
    if (error === NOT_STRICT || isAppError(error, 'usage')) return null;
    throw error;
  }
}

function readStore(text: string, readHeader: ReadHeader, before: ReadBefore | null): StrictStore {
  const top = CREDENTIALS.exec(text);
  if (!top || !text.endsWith('\n') || ODD_SPACE.test(text) || findDeep(text) !== null) throw NOT_STRICT;
  const first = top.index + top[0].length;
  const spans = new Map<string, Span>();
  const bodies = new Map<string, number>();
  let at = match(SILENT, text, first).lastIndex;
  while (at < text.length && text[at] === ' ') {
    const { found, lastIndex } = match(NAME_LINE, text, at);
    const [, quote, name = ''] = found;
    if ((quote === '' && textOf(name) === null) || spans.has(name)) throw NOT_STRICT;
    NEXT.lastIndex = lastIndex;
    const next = NEXT.exec(text)?.index ?? text.length;
    spans.set(name, { start: at, end: beforeSilent(text, next) });
    bodies.set(name, lastIndex);
    at = next;
  }
  if (spans.size === 0) throw NOT_STRICT;
  const header = readHeader(`${text.slice(0, first)}${text.slice(at)}`);
  if (header === null) throw NOT_STRICT;
  const known = before?.header.kind === header.kind ? before : null;
  const strict = new StrictEntries(header.kind);
  const entries = new Map<string, Entry>();
  for (const [name, { start, end }] of spans) {
    const same = known && entryBefore(known, name, text.slice(start, end));
    entries.set(name, same ?? strict.read(name, text, { start: bodies.get(name) ?? start, end }));
  }
  return { header, entries, spans };
}

/** Where the lines before `end` begin that say nothing. */
function beforeSilent(text: string, end: number): number {
  for (let at = end; ; ) {
    const start = text.lastIndexOf('\n', at - 2) + 1;
    let first = start;
    while (text[first] === ' ') first += 1;
    if (text[first] !== '#' && text[first] !== '\n') return at;
    at = start;
  }
}

function match(pattern: RegExp, text: string, at: number): { found: RegExpExecArray; lastIndex: number } {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) throw NOT_STRICT;
  return { found, lastIndex: pattern.lastIndex };
}

function entryBefore({ text, entries, spans }: ReadBefore, name: string, lines: string): Entry | null {
  const span = spans.get(name);
  if (!span || span.end - span.start !== lines.length || !text.startsWith(lines, span.start)) return null;
  return entries.get(name) ?? null;
}
