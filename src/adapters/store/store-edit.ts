import type { Document } from 'yaml';
import { AppError } from '../../domain/errors.ts';
import { renameKey, yamlText } from '../yaml/edit-document.ts';
import { type Entry, type Header, SCHEMA } from './format.ts';
import type { StoreContent, StoreDocument } from './store-document.ts';
import type { Span } from './strict-store.ts';
import { writeEntry, writeHeader } from './write-entry.ts';

const GREETING = ` Credentials kept by keyturn. Names, ids, scopes and times are readable; secrets are sealed unless "store" is "file".
 You may add comments and change the order. A sealed secret only opens with the name, the account, the id, the kind and
 the dates that stand here; in a "file" store nothing guards them.`;

/**
 * A change of `credentials.yaml` in memory. What is not changed keeps its bytes, and is not even read by the library: with
 * thousands of credentials that would be most of what a command costs.
 */
export class StoreEdit implements StoreDocument {
  readonly #content: StoreContent;
  readonly #entries: Map<string, Entry>;
  /** The names under which the entries stand in the text. */
  readonly #standing = new Map<string, string>();
  #header: Header;

  constructor(content: StoreContent) {
    this.#content = content;
    this.#header = content.header;
    this.#entries = new Map(content.entries);
    for (const name of content.entries.keys()) this.#standing.set(name, name);
  }

  get header(): Header {
    return this.#header;
  }

  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries;
  }

  setHeader(header: Header): void {
    this.#header = header;
  }

  /** Adds or changes an entry; its place and the comments around it stay. */
  put(entry: Entry): void {
    this.#entries.set(entry.name, entry);
  }

  remove(name: string): void {
    this.#entries.delete(name);
    this.#standing.delete(name);
  }

  /** The entry under another name in the same place; the secrets must be sealed again with `put`. */
  move(name: string, newName: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    const order = [...this.#entries].map(([key, value]): [string, Entry] =>
      key === name ? [newName, { ...value, name: newName }] : [key, value],
    );
    this.#entries.clear();
    for (const [key, value] of order) this.#entries.set(key, value);
    const standing = this.#standing.get(name);
    this.#standing.delete(name);
    if (standing !== undefined) this.#standing.set(newName, standing);
  }

  /** The whole file as it is now. */
  async toBytes(): Promise<Uint8Array> {
    return new TextEncoder().encode((await this.#spliced()) ?? (await this.#rewritten()));
  }

  /** By way of the lines of what changed. Null where the reader does not know the lines, or more than they changed. */
  async #spliced(): Promise<string | null> {
    const { file, spans, header } = this.#content;
    if (file === null || spans === null || !isSameButGeneration(header, this.#header)) return null;
    const { text } = file;
    const blocks = text.endsWith('\n') ? blocksOf(spans) : null;
    if (blocks === null) return null;
    const generation = `generation: ${this.#header.generation}`;
    const [before, after] = [text.slice(0, blocks.start), text.slice(blocks.end)];
    const written = new Runs(text);
    for (const [name, entry] of this.#entries) {
      const standing = this.#standing.get(name);
      const block = standing === undefined ? undefined : blocks.entries.get(standing);
      const isSame = standing === name && this.#content.entries.get(name) === entry;
      if (isSame && block !== undefined) written.copy(block);
      else {
        const lines = block === undefined ? '' : text.slice(block.start, block.end);
        written.add(await rewriteBlock(lines, standing, entry));
      }
    }
    // A mapping without entries is written by the library.
    if (this.#entries.size === 0) return null;
    const [top, bottom] = [before, after].map((around) => around.replace(GENERATION, generation));
    return `${top}${written.text()}${bottom}`;
  }

  async #rewritten(): Promise<string> {
    const { file } = this.#content;
    const document = file === null ? await newDocument() : await file.document();
    writeHeader(document, this.#header);
    const kept = new Set(this.#standing.values());
    for (const name of this.#content.entries.keys())
      if (!kept.has(name)) document.deleteIn(['credentials', name]);
    for (const [name, entry] of this.#entries) {
      const standing = this.#standing.get(name);
      if (this.#content.entries.get(standing ?? '') !== entry) writeMoved(document, standing, entry);
    }
    return yamlText(document);
  }
}

/** A line of its own; `^` and `$` would also fit beside a U+2028 in a comment. */
const GENERATION = /(?<![^\n])generation: \d+(?![^\n])/;

function isSameButGeneration(before: Header, now: Header): boolean {
  return JSON.stringify({ ...before, generation: 0 }) === JSON.stringify({ ...now, generation: 0 });
}

interface Blocks extends Span {
  /** The lines of each entry, with the comments that stand before it. */
  readonly entries: ReadonlyMap<string, Span>;
}

function blocksOf(spans: ReadonlyMap<string, Span>): Blocks | null {
  const entries = new Map<string, Span>();
  let first: number | null = null;
  let at = 0;
  for (const [name, { start, end }] of spans) {
    if (first === null) first = at = start;
    entries.set(name, { start: at, end });
    at = end;
  }
  return first === null ? null : { start: first, end: at, entries };
}

/** Parts of a text and new ones in between. Parts that follow each other are copied as one. */
class Runs {
  readonly #source: string;
  readonly #parts: string[] = [];
  #run: Span = { start: 0, end: 0 };

  constructor(source: string) {
    this.#source = source;
  }

  copy({ start, end }: Span): void {
    if (start !== this.#run.end) {
      this.add('');
      this.#run = { start, end };
    } else this.#run = { start: this.#run.start, end };
  }

  add(text: string): void {
    const { start, end } = this.#run;
    this.#parts.push(this.#source.slice(start, end), text);
    this.#run = { start: end, end };
  }

  text(): string {
    this.add('');
    return this.#parts.join('');
  }
}

const MAPPING = 'credentials:\n';

/** The lines of one entry, changed as the library changes them: what a person added stays. */
async function rewriteBlock(block: string, standing: string | undefined, entry: Entry): Promise<string> {
  const { readWithLibrary } = await import('../yaml/library-yaml.ts');
  const start = /^(?:[ ]*(?:#.*)?\n)*/.exec(block)?.[0] ?? '';
  const { document } = await readWithLibrary(MAPPING + block.slice(start.length), {
    mostTokens: Number.POSITIVE_INFINITY,
    // It was read before as a part of the file.
    failAt: (_, what) => new AppError({ code: 'failure', message: `an entry of the store ${what}` }),
  });
  writeMoved(document, standing, entry);
  return start + yamlText(document).slice(MAPPING.length);
}

/** Writes an entry in the place where it stands, which may be under another name. */
function writeMoved(document: Document, standing: string | undefined, entry: Entry): void {
  if (standing !== undefined && standing !== entry.name)
    renameKey(document.get('credentials'), standing, entry.name);
  writeEntry(document, entry);
}

async function newDocument(): Promise<Document> {
  const yaml = await import('yaml');
  const document = new yaml.Document({ schema: SCHEMA, generation: 0, store: '' }, { version: '1.2' });
  document.commentBefore = GREETING;
  return document;
}
