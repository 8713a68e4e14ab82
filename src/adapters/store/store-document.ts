import type { Document } from 'yaml';
import { type AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import {
  keysOf,
  makeRoom,
  parseYaml,
  readMap,
  readWhole,
  renameKey,
  type YamlFile,
  yamlBytes,
} from '../yaml/yaml-file.ts';
import { readEntry, readHeader } from './decode.ts';
import { type Entry, type Header, SCHEMA, type Stored } from './format.ts';
import { toBase64Url } from './seal.ts';

/** `credentials.yaml` in memory: what it says, and the document with its comments to write it back. */
export interface StoreDocument {
  readonly header: Header;
  readonly entries: ReadonlyMap<string, Entry>;
  setHeader(header: Header): void;
  /** Adds or changes an entry; its place and the comments around it stay. */
  put(entry: Entry): void;
  remove(name: string): void;
  /** The entry under another name in the same place; the secrets must be sealed again with `put`. */
  move(name: string, newName: string): void;
  toBytes(): Uint8Array;
}

const GREETING = ` Credentials kept by keyturn. Names, ids, scopes and times are readable; secrets are sealed unless "store" is "file".
 You may add comments and change the order. A sealed secret only opens with the name, the account, the id, the kind and
 the dates that stand here; in a "file" store nothing guards them.`;

export async function newStoreDocument(header: Header): Promise<StoreDocument> {
  const yaml = await import('yaml');
  const document = new yaml.Document(
    { schema: SCHEMA, generation: 0, store: header.kind },
    { version: '1.2' },
  );
  document.commentBefore = GREETING;
  const result = wrap(document, { header, entries: new Map() });
  result.setHeader(header);
  return result;
}

/** Throws usage for what does not parse, or is of another schema. */
export async function readStoreDocument(bytes: Uint8Array, path: string): Promise<StoreDocument> {
  const file = await parseYaml(bytes, path);
  if (readSchema(file, path) < SCHEMA) throw tooOld(path);
  const root = readMap(file, file.document.contents, 'the file');
  const header = readHeader(file, root);
  const entries = new Map<string, Entry>();
  for (const [name, item] of readMap(file, root.get('credentials')?.value, 'credentials')) {
    entries.set(name, readEntry(file, name, item, header.kind));
  }
  return wrap(file.document, { header, entries });
}

function readSchema(file: YamlFile, path: string): number {
  const root = readMap(file, file.document.contents, 'the file');
  const node = root.get('schema')?.value;
  if (!node) throw file.fail(file.document.contents, 'has no "schema"');
  const schema = readWhole(file, node, '"schema"');
  if (schema > SCHEMA) throw tooNew(path);
  return schema;
}

interface Contents {
  readonly header: Header;
  readonly entries: Map<string, Entry>;
}

function wrap(document: Document, contents: Contents): StoreDocument {
  let { header } = contents;
  const { entries } = contents;
  return {
    entries,
    get header() {
      return header;
    },
    setHeader(next) {
      header = next;
      writeHeader(document, next);
    },
    put(entry) {
      entries.set(entry.name, entry);
      writeEntry(document, entry);
    },
    remove(name) {
      entries.delete(name);
      document.deleteIn(['credentials', name]);
    },
    move(name, newName) {
      const entry = entries.get(name);
      if (!entry) return;
      const order = [...entries].map(([key, value]): [string, Entry] =>
        key === name ? [newName, { ...value, name: newName }] : [key, value],
      );
      entries.clear();
      for (const [key, value] of order) entries.set(key, value);
      renameKey(document.get('credentials'), name, newName);
    },
    toBytes: () => yamlBytes(document),
  };
}

function writeHeader(document: Document, header: Header): void {
  document.set('schema', SCHEMA);
  document.set('generation', header.generation);
  document.set('store', header.kind);
  const { vault } = header;
  setOrDelete(document, ['vault'], vault?.id);
  setOrDelete(document, ['check'], vault ? toBase64Url(vault.check) : undefined);
  if (vault?.kdf) {
    const { N, r, p, salt } = vault.kdf;
    const node = document.createNode({ name: 'scrypt', N, r, p, salt });
    node.flow = true;
    document.set('kdf', node);
  } else {
    document.delete('kdf');
  }
}

function writeEntry(document: Document, entry: Entry): void {
  const at = ['credentials', entry.name];
  makeRoom(document, 'credentials');
  // `set` keeps an existing node with its comment and only changes the value.
  document.setIn([...at, 'kind'], entry.kind);
  setOrDelete(document, [...at, 'provider'], entry.provider);
  setOrDelete(document, [...at, 'origin'], entry.origin);
  writeSettings(document, [...at, 'settings'], entry.settings);
  setOrDelete(document, [...at, 'project'], entry.project);
  setOrDelete(document, [...at, 'current'], entry.current);
  const known = new Set(entry.versions.map((version) => version.version));
  for (const name of keysOf(document.getIn([...at, 'versions']))) {
    if (!known.has(name)) document.deleteIn([...at, 'versions', name]);
  }
  for (const version of entry.versions) {
    const place = [...at, 'versions', version.version];
    setOrDelete(document, [...place, 'id'], version.id);
    writeScopes(document, [...place, 'scopes'], version.scopes);
    setOrDelete(document, [...place, 'createdAt'], version.createdAt);
    setOrDelete(document, [...place, 'expiresAt'], version.expiresAt);
    document.setIn([...place, 'savedAt'], version.savedAt);
    for (const state of ['ended', 'disabled'])
      setOrDelete(
        document,
        [...place, state],
        version.inactive?.state === state ? version.inactive.at : null,
      );
    writeSecret(document, place, version.stored);
  }
}

function writeSettings(document: Document, place: string[], settings: Entry['settings']): void {
  if (settings === null) {
    setOrDelete(document, place, null);
    return;
  }
  const node = document.createNode(settings);
  node.flow = true;
  document.setIn(place, node);
}

function writeScopes(document: Document, place: string[], scopes: readonly string[] | null): void {
  if (scopes === null) {
    setOrDelete(document, place, null);
    return;
  }
  const node = document.createNode(scopes);
  node.flow = true;
  document.setIn(place, node);
}

function writeSecret(document: Document, place: string[], stored: Stored): void {
  const sealed = stored.form === 'sealed';
  setOrDelete(document, [...place, 'seal'], sealed && stored.format > 1 ? stored.format : undefined);
  setOrDelete(document, [...place, 'sealed'], sealed ? toBase64Url(stored.bytes) : undefined);
  setOrDelete(document, [...place, 'secret'], sealed ? undefined : stored.secret.reveal());
}

function setOrDelete(document: Document, place: string[], value: string | number | null | undefined): void {
  if (value === null || value === undefined) {
    if (document.hasIn(place)) document.deleteIn(place);
  } else {
    document.setIn(place, value);
  }
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
