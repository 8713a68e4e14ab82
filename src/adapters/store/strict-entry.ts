import type { CredentialKind, StoreKind } from '../../domain/credential.ts';
import { parseOrigin } from '../../domain/origin.ts';
import { Secret } from '../../domain/secret.ts';
import { isUsualInstant, parseInstant } from '../../domain/time.ts';
import { flowItems, flowPairs, textOf } from '../yaml/plain-scalar.ts';
import { findSecretProblem, isSettingName, isVersionName, KINDS } from './decode.ts';
import { type Entry, SEAL_FORMAT, type Stored, type StoredVersion } from './format.ts';
import { fromBase64Url } from './seal.ts';
import { type Fields, isWhole, lineAt, NOT_STRICT, put } from './strict-lines.ts';

const ENTRY_KEYS: ReadonlySet<string> = new Set([
  'kind',
  'provider',
  'origin',
  'settings',
  'project',
  'current',
]);
const VERSION_KEYS: ReadonlySet<string> = new Set([
  ...['id', 'scopes', 'createdAt', 'expiresAt', 'savedAt'],
  ...['ended', 'disabled', 'seal', 'sealed', 'secret'],
]);

/** An entry with one version, as most are, its keys in the order of the writer: one pattern reads it at once. */
const USUAL = new RegExp(
  [
    ' {2}("?)(?<name>[A-Za-z0-9][A-Za-z0-9._@+-]{0,127})\\1:\n',
    ...['kind', 'provider', 'origin', 'settings', 'project', 'current'].map((key) => mayBe(4, key, key)),
    ' {4}versions:\n {6}(?<version>[^ \n]+):\n',
    ...['id', 'scopes', 'createdAt', 'expiresAt', 'savedAt', 'seal', 'sealed', 'secret'].map((key) =>
      mayBe(8, key, key),
    ),
    mayBe(4, 'current', 'currentBelow'),
  ].join(''),
  'y',
);

function mayBe(indent: number, key: string, group: string): string {
  return `(?: {${indent}}${key}: (?<${group}>[^\n]+)\n)?`;
}

/** Reads entries in the form that keyturn writes. What many entries share, an account and its scopes, is read once. */
export class StrictEntries {
  readonly #kind: StoreKind;
  readonly #origins = remember((raw) => parseOrigin(requireText(raw)));
  readonly #settings = remember(settingsOf);
  readonly #scopes = remember(scopesOf);

  constructor(kind: StoreKind) {
    this.#kind = kind;
  }

  /** The entry whose name stands at `start`, and where its lines end. Null where it has not the usual form. */
  readUsual(text: string, start: number): { readonly entry: Entry; readonly end: number } | null {
    USUAL.lastIndex = start;
    const fields: Fields | undefined = USUAL.exec(text)?.groups;
    const end = USUAL.lastIndex;
    if (fields === undefined || !isWhole(text, end)) return null;
    const { name = '', version, currentBelow } = fields;
    if (text[start + 2] !== '"') requireText(name);
    if (currentBelow !== undefined) {
      if (fields['current'] !== undefined) throw NOT_STRICT;
      fields['current'] = currentBelow;
    }
    return { entry: this.#entryOf(name, fields, [this.#readVersion(requireText(version), fields)]), end };
  }

  /** The entry whose lines, below its name, stand from `start` to `end`. Throws {@link NOT_STRICT}. */
  read(name: string, text: string, { start, end }: { readonly start: number; readonly end: number }): Entry {
    const { fields, versions } = this.#readLines(text, start, end);
    return this.#entryOf(name, fields, versions);
  }

  #entryOf(name: string, fields: Fields, versions: readonly StoredVersion[]): Entry {
    const current = optional(fields, 'current', requireText);
    if (versions.length === 0) throw NOT_STRICT;
    if (current !== null && !versions.some(({ version }) => version === current)) throw NOT_STRICT;
    return {
      name,
      kind: kindOf(fields['kind']),
      provider: optional(fields, 'provider', requireText),
      origin: optional(fields, 'origin', this.#origins),
      settings: optional(fields, 'settings', this.#settings),
      project: optional(fields, 'project', requireText),
      current,
      versions,
    };
  }

  #readLines(text: string, start: number, end: number): { fields: Fields; versions: StoredVersion[] } {
    const fields: Fields = Object.create(null);
    const versions: StoredVersion[] = [];
    for (let at = start; at < end; ) {
      const { indent, key, value, next } = lineAt(text, at);
      at = next;
      if (indent === 4 && key === 'versions') {
        if (value !== null || versions.length > 0) throw NOT_STRICT;
        at = this.#readVersions(text, at, end, versions);
        if (versions.length === 0) throw NOT_STRICT;
      } else if (key !== '') {
        if (indent !== 4 || !ENTRY_KEYS.has(key)) throw NOT_STRICT;
        put(fields, key, value);
      }
    }
    return { fields, versions };
  }

  /** The lines below `versions:`. Returns where they end. */
  #readVersions(text: string, start: number, end: number, versions: StoredVersion[]): number {
    let fields: Fields = Object.create(null);
    let version: string | null = null;
    const finish = (): void => {
      if (version !== null) versions.push(this.#readVersion(version, fields));
      fields = Object.create(null);
    };
    let at = start;
    while (at < end) {
      const { indent, key, value, next } = lineAt(text, at);
      if (indent === 4) break;
      at = next;
      if (indent === 6) {
        finish();
        version = requireText(key);
        if (value !== null || versions.some((each) => each.version === version)) throw NOT_STRICT;
      } else if (key !== '') {
        if (indent !== 8 || version === null || !VERSION_KEYS.has(key)) throw NOT_STRICT;
        put(fields, key, value);
      }
    }
    finish();
    return at;
  }

  #readVersion(version: string, fields: Fields): StoredVersion {
    if (!isVersionName(version)) throw NOT_STRICT;
    const ended = optional(fields, 'ended', instantOf);
    const at = ended ?? optional(fields, 'disabled', instantOf);
    return {
      version,
      id: optional(fields, 'id', requireText),
      scopes: optional(fields, 'scopes', this.#scopes),
      createdAt: optional(fields, 'createdAt', instantOf),
      expiresAt: optional(fields, 'expiresAt', instantOf),
      savedAt: instantOf(fields['savedAt']),
      stored: this.#kind === 'file' ? clearOf(fields) : sealedOf(fields),
      ...(at === null ? {} : { inactive: { state: ended === null ? 'disabled' : 'ended', at } }),
    };
  }
}

function optional<T>(fields: Fields, key: string, read: (raw: string) => T): T | null {
  const raw = fields[key];
  return raw === undefined ? null : read(raw);
}

function requireText(raw: string | undefined): string {
  const text = raw === undefined ? null : textOf(raw);
  if (text === null) throw NOT_STRICT;
  return text;
}

function kindOf(raw: string | undefined): CredentialKind {
  const kind = KINDS.find((known) => known === raw);
  if (!kind) throw NOT_STRICT;
  return kind;
}

function instantOf(raw: string | undefined): string {
  if (raw !== undefined && isUsualInstant(raw)) return raw;
  const text = requireText(raw);
  if (parseInstant(text) === null) throw NOT_STRICT;
  return text;
}

function settingsOf(raw: string): Entry['settings'] {
  const pairs = flowPairs(raw)?.map(([key, value]): [string, string] => [
    requireText(key),
    requireText(value),
  ]);
  if (!pairs?.every(([key]) => isSettingName(key))) throw NOT_STRICT;
  const settings = Object.fromEntries(pairs);
  if (Object.keys(settings).length !== pairs.length) throw NOT_STRICT;
  return settings;
}

function scopesOf(raw: string): readonly string[] {
  const items = flowItems(raw)?.map(requireText);
  if (!items) throw NOT_STRICT;
  return items;
}

function clearOf(fields: Fields): Stored {
  const { seal, sealed } = fields;
  const secret = requireText(fields['secret']);
  if (sealed !== undefined || seal !== undefined || findSecretProblem(secret) !== null) throw NOT_STRICT;
  return { form: 'clear', secret: Secret.of(secret) };
}

function sealedOf(fields: Fields): Stored {
  const { seal, sealed, secret } = fields;
  const bytes = fromBase64Url(requireText(sealed));
  const isKnown = seal === undefined || seal === String(SEAL_FORMAT);
  if (!bytes || !isKnown || secret !== undefined) throw NOT_STRICT;
  return { form: 'sealed', format: seal === undefined ? 1 : SEAL_FORMAT, bytes };
}

/** `read`, asked once for each text. */
function remember<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = read(text);
    known.set(text, value);
    return value;
  };
}
