import type { StoreKind } from '../../domain/credential.ts';
import { isAppError } from '../../domain/errors.ts';
import { findDeep } from '../yaml/guard-yaml.ts';
import { textOf } from '../yaml/plain-scalar.ts';
import type { Entry, Header } from './format.ts';
import { StrictEntries } from './strict-entry.ts';
import { afterSilent, isWhole, NOT_STRICT } from './strict-lines.ts';

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
/** The first line below the entries. */
const BELOW = /^[^ #\n]/gm;
/** The line of another name, or the first line below the entries. */
const NEXT = /^(?: {2}[^ #\n]|[^ #\n])/gm;

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
  if (!top || !text.endsWith('\n')) throw NOT_STRICT;
  const first = top.index + top[0].length;
  BELOW.lastIndex = first;
  const end = BELOW.exec(text)?.index ?? text.length;
  const around = `${text.slice(0, first)}${text.slice(end)}`;
  refuseOdd(around);
  const header = readHeader(around);
  if (header === null) throw NOT_STRICT;
  const known = before?.header.kind === header.kind ? before : null;
  return { header, ...readEntries(text, { start: first, end }, { kind: header.kind, known }) };
}

interface Context {
  readonly kind: StoreKind;
  /** With a store of the same kind only: in another one the same lines say something else. */
  readonly known: ReadBefore | null;
}

function readEntries(
  text: string,
  { start, end }: Span,
  { kind, known }: Context,
): Omit<StrictStore, 'header'> {
  const spans = new Map<string, Span>();
  const entries = new Map<string, Entry>();
  const order = known === null ? [] : [...known.spans.keys()];
  const strict = new StrictEntries(kind);
  let next = 0;
  let at = afterSilent(text, start);
  refuseOdd(text.slice(start, at));
  while (at < end) {
    // Nearly always the entry that came next before.
    const same = known && sameAt(text, at, known, order[next]);
    const found = same ?? readAt(text, at, known, strict);
    const { name } = found.entry;
    if (entries.has(name)) throw NOT_STRICT;
    entries.set(name, found.entry);
    spans.set(name, { start: at, end: found.end });
    next = same === null ? order.indexOf(name) + 1 : next + 1;
    const after = afterSilent(text, found.end);
    refuseOdd(text.slice(same === null ? at : found.end, after));
    at = after;
  }
  if (entries.size === 0 || at !== end) throw NOT_STRICT;
  return { entries, spans };
}

interface Found {
  readonly entry: Entry;
  /** Where its lines end. */
  readonly end: number;
}

function readAt(text: string, start: number, known: ReadBefore | null, strict: StrictEntries): Found {
  const usual = strict.readUsual(text, start);
  if (usual !== null) return usual;
  const { name, body } = nameAt(text, start);
  const same = known && sameAt(text, start, known, name);
  if (same !== null) return same;
  NEXT.lastIndex = body;
  const end = beforeSilent(text, NEXT.exec(text)?.index ?? text.length);
  return { entry: strict.read(name, text, { start: body, end }), end };
}

/** The entry of this name from before, where its lines stand here as they stood. */
function sameAt(text: string, start: number, known: ReadBefore, name: string | undefined): Found | null {
  if (name === undefined) return null;
  const [span, entry] = [known.spans.get(name), known.entries.get(name)];
  if (!span || !entry || !text.startsWith(known.text.slice(span.start, span.end), start)) return null;
  const end = start + span.end - span.start;
  return isWhole(text, end) ? { entry, end } : null;
}

function nameAt(text: string, start: number): { readonly name: string; readonly body: number } {
  const { found, lastIndex } = match(NAME_LINE, text, start);
  const [, quote, name = ''] = found;
  if (quote === '' && textOf(name) === null) throw NOT_STRICT;
  return { name, body: lastIndex };
}

function refuseOdd(text: string): void {
  if (ODD_SPACE.test(text) || findDeep(text) !== null) throw NOT_STRICT;
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
