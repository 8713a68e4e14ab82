import type { Document, Node } from 'yaml';
import { flowNode, keysOf, makeRoom } from '../yaml/edit-document.ts';
import { type Entry, type Header, SCHEMA, type Stored } from './format.ts';
import { toBase64Url } from './seal.ts';

export function writeHeader(document: Document, header: Header): void {
  document.set('schema', SCHEMA);
  document.set('generation', header.generation);
  document.set('store', header.kind);
  const { dataKey } = header;
  setOrDelete(document, ['vault'], dataKey?.id);
  setOrDelete(document, ['check'], dataKey ? toBase64Url(dataKey.check) : undefined);
  setOrDelete(document, ['place'], dataKey?.place ?? undefined);
  if (dataKey?.kdf) {
    const { N, r, p, salt } = dataKey.kdf;
    document.set('kdf', flowNode(document, { name: 'scrypt', N, r, p, salt }));
  } else {
    document.delete('kdf');
  }
}

/** Adds or changes an entry; its place and the comments around it stay. */
export function writeEntry(document: Document, entry: Entry): void {
  const at = ['credentials', entry.name];
  makeRoom(document, 'credentials');
  // `set` keeps an existing node with its comment and only changes the value.
  document.setIn([...at, 'kind'], entry.kind);
  setOrDelete(document, [...at, 'provider'], entry.provider);
  setOrDelete(document, [...at, 'origin'], entry.origin);
  setOrDelete(document, [...at, 'settings'], entry.settings && flowNode(document, entry.settings));
  setOrDelete(document, [...at, 'project'], entry.project);
  setOrDelete(document, [...at, 'current'], entry.current);
  const known = new Set(entry.versions.map((version) => version.version));
  for (const name of keysOf(document.getIn([...at, 'versions']))) {
    if (!known.has(name)) document.deleteIn([...at, 'versions', name]);
  }
  for (const version of entry.versions) {
    const place = [...at, 'versions', version.version];
    setOrDelete(document, [...place, 'id'], version.id);
    setOrDelete(document, [...place, 'scopes'], version.scopes && flowNode(document, version.scopes));
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

function writeSecret(document: Document, place: string[], stored: Stored): void {
  const sealed = stored.form === 'sealed';
  setOrDelete(document, [...place, 'seal'], sealed && stored.format > 1 ? stored.format : undefined);
  setOrDelete(document, [...place, 'sealed'], sealed ? toBase64Url(stored.bytes) : undefined);
  setOrDelete(document, [...place, 'secret'], sealed ? undefined : stored.secret.reveal());
}

function setOrDelete(
  document: Document,
  place: string[],
  value: string | number | Node | null | undefined,
): void {
  if (value === null || value === undefined) {
    if (document.hasIn(place)) document.deleteIn(place);
  } else {
    document.setIn(place, value);
  }
}
