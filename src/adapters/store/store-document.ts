import { type AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { readPlainYaml } from '../yaml/plain-yaml.ts';
import { parseYaml, readYamlText } from '../yaml/yaml-file.ts';
import {
  isNothing,
  readMap,
  readWhole,
  type YamlFile,
  type YamlItem,
  type YamlTree,
} from '../yaml/yaml-tree.ts';
import { readEntry, readHeader } from './decode.ts';
import { type Entry, type Header, SCHEMA } from './format.ts';
import { readStrictStore, type Span } from './strict-store.ts';

/** What `credentials.yaml` says. */
export interface StoreDocument {
  readonly header: Header;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** The same, with the text that says it. */
export interface StoreContent extends StoreDocument {
  /** Null where there is no file yet. */
  readonly file: Pick<YamlFile, 'text' | 'document'> | null;
  /** The lines of each entry, without the comments before them. Null where the reader does not know them. */
  readonly spans: ReadonlyMap<string, Span> | null;
}

export function newStoreContent(header: Header): StoreContent {
  return { header, entries: new Map(), file: null, spans: null };
}

/**
 * Throws usage for what does not parse, or is of another schema. `before` is another content of the same file: an entry whose
 * lines are still the same is taken over from it.
 */
export async function readStoreContent(
  bytes: Uint8Array,
  path: string,
  before: StoreContent | null = null,
): Promise<StoreContent> {
  const strict = readStrictContent(readYamlText(bytes, path), path, before);
  return strict ?? contentOf(await parseYaml(bytes, path), path);
}

/** Null unless the text has exactly the form that keyturn writes. */
export function readStrictContent(
  text: string,
  path: string,
  before: StoreContent | null = null,
): StoreContent | null {
  const known =
    before?.file && before.spans ? { ...before, text: before.file.text, spans: before.spans } : null;
  const strict = readStrictStore(text, (top) => readTop(top, path), known);
  const document = async () => (await parseYaml(new TextEncoder().encode(text), path)).document();
  return strict && { ...strict, file: { text, document } };
}

/** The full reader: of any file, however a person left it. */
export function contentOf(file: YamlFile, path: string): StoreContent {
  const root = readRoot(file, path);
  const header = readHeader(file, root);
  const items = readMap(file, root.get('credentials')?.value, 'credentials');
  const entries = new Map<string, Entry>();
  for (const [name, item] of items) entries.set(name, readEntry(file, name, item, header.kind));
  return { header, entries, file, spans: spansOf(items) };
}

/** The header of a file that keyturn wrote, without its entries. Null where the full reader must look. */
function readTop(text: string, path: string): Header | null {
  const tree = readPlainYaml(text);
  if (tree === null) return null;
  // Never shown: the full reader says what is wrong, and where.
  const file: YamlTree = { root: tree, fail: (): AppError => usage(`"${safeText(path, 300)}" is wrong`) };
  const root = readRoot(file, path);
  return isNothing(root.get('credentials')?.value) ? readHeader(file, root) : null;
}

function readRoot(file: YamlTree, path: string): ReturnType<typeof readMap> {
  const root = readMap(file, file.root, 'the file');
  const node = root.get('schema')?.value;
  if (!node) throw file.fail(file.root, 'has no "schema"');
  const schema = readWhole(file, node, '"schema"');
  if (schema > SCHEMA) throw tooNew(path);
  if (schema < SCHEMA) throw tooOld(path);
  return root;
}

function spansOf(items: ReadonlyMap<string, YamlItem>): ReadonlyMap<string, Span> | null {
  const spans = new Map<string, Span>();
  for (const [name, { lines }] of items) {
    if (!lines) return null;
    spans.set(name, lines);
  }
  return spans.size === 0 ? null : spans;
}

function tooNew(path: string): AppError {
  return usage(
    `"${safeText(path, 300)}" was written by a newer keyturn`,
    'update keyturn; the file was left as it is',
  );
}

function tooOld(path: string): AppError {
  return usage(
    `"${safeText(path, 300)}" has a schema that this keyturn cannot read`,
    'the file was left as it is; use the keyturn that wrote it',
  );
}
