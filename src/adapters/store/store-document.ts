import { type AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { parseYaml } from '../yaml/yaml-file.ts';
import { readMap, readWhole, type YamlFile, type YamlItem } from '../yaml/yaml-tree.ts';
import { readEntry, readHeader } from './decode.ts';
import { type Entry, type Header, SCHEMA } from './format.ts';

/** What `credentials.yaml` says. */
export interface StoreDocument {
  readonly header: Header;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** The same, with the file that says it; null where there is none yet. */
export interface StoreContent extends StoreDocument {
  readonly file: YamlFile | null;
  /** Where each entry stands in the text, where the reader knows it. */
  readonly items: ReadonlyMap<string, YamlItem>;
}

export function newStoreContent(header: Header): StoreContent {
  return { header, entries: new Map(), file: null, items: new Map() };
}

/** Throws usage for what does not parse, or is of another schema. */
export async function readStoreContent(bytes: Uint8Array, path: string): Promise<StoreContent> {
  const file = await parseYaml(bytes, path);
  if (readSchema(file, path) < SCHEMA) throw tooOld(path);
  const root = readMap(file, file.root, 'the file');
  const header = readHeader(file, root);
  const items = readMap(file, root.get('credentials')?.value, 'credentials');
  const entries = new Map<string, Entry>();
  for (const [name, item] of items) entries.set(name, readEntry(file, name, item, header.kind));
  return { header, entries, file, items };
}

function readSchema(file: YamlFile, path: string): number {
  const root = readMap(file, file.root, 'the file');
  const node = root.get('schema')?.value;
  if (!node) throw file.fail(file.root, 'has no "schema"');
  const schema = readWhole(file, node, '"schema"');
  if (schema > SCHEMA) throw tooNew(path);
  return schema;
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
