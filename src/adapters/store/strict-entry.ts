import type { CredentialKind, StoreKind } from '../../domain/credential.ts';
import { parseOrigin } from '../../domain/origin.ts';
import { Secret } from '../../domain/secret.ts';
import { isUsualInstant, parseInstant } from '../../domain/time.ts';
import { flowItems, flowPairs, textOf } from '../yaml/plain-scalar.ts';
import { findSecretProblem, isSettingName, isVersionName, KINDS } from './decode.ts';
import { type Entry, SEAL_FORMAT, type Stored, type StoredVersion } from './format.ts';
import { fromBase64Url } from './seal.ts';

/** The form of an entry is not exactly the one that keyturn writes, or the entry is wrong: the full reader decides. */
export const NOT_STRICT = new Error('not exactly as keyturn writes it');

/** `    key: value`, `      version:`, `        key: value`, or a line that says nothing. */
const LINE = /( {4}| {6}| {8})("?)([A-Za-z0-9][A-Za-z0-9._-]*)\2:(?: ([^ \n][^\n]*))?\n| *(?:#[^\n]*)?\n/y;
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

type Fields = Map<string, string>;

interface Lines {
  readonly fields: Fields;
  readonly versions: ReadonlyMap<string, Fields>;
}

/** Reads entries in the form that keyturn writes. What many entries share, an account and its scopes, is read once. */
export class StrictEntries {
  readonly #kind: StoreKind;
  readonly #origins = remember(parseOrigin);
  readonly #settings = remember(settingsOf);
  readonly #scopes = remember(scopesOf);

  constructor(kind: StoreKind) {
    this.#kind = kind;
  }

  /** The entry whose lines, below its name, stand from `start` to `end`. Throws {@link NOT_STRICT}. */
  read(name: string, text: string, { start, end }: { readonly start: number; readonly end: number }): Entry {
    const { fields, versions: versionLines } = linesOf(text, start, end);
    const versions = [...versionLines].map(([version, lines]) => this.#readVersion(version, lines));
    const current = optional(fields, 'current', requireText);
    if (versions.length === 0 || (current !== null && !versionLines.has(current))) throw NOT_STRICT;
    return {
      name,
      kind: kindOf(fields.get('kind')),
      provider: optional(fields, 'provider', requireText),
      origin: optional(fields, 'origin', (raw) => this.#origins(requireText(raw))),
      settings: optional(fields, 'settings', this.#settings),
      project: optional(fields, 'project', requireText),
      current,
      versions,
    };
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
      savedAt: instantOf(fields.get('savedAt')),
      stored: this.#kind === 'file' ? clearOf(fields) : sealedOf(fields),
      ...(at === null ? {} : { inactive: { state: ended === null ? 'disabled' : 'ended', at } }),
    };
  }
}

function linesOf(text: string, start: number, end: number): Lines {
  const fields: Fields = new Map();
  const versions = new Map<string, Fields>();
  let version: Fields | null = null;
  let versionsBelow = false;
  LINE.lastIndex = start;
  while (LINE.lastIndex < end) {
    const found = LINE.exec(text);
    if (!found) throw NOT_STRICT;
    const [, indent, quote, key = '', value] = found;
    if (indent === undefined) continue;
    if (indent.length === 8) {
      if (version === null || quote !== '' || !VERSION_KEYS.has(key)) throw NOT_STRICT;
      put(version, key, value);
    } else if (indent.length === 6) {
      const isText = quote !== '' || textOf(key) !== null;
      if (!versionsBelow || value !== undefined || !isText || versions.has(key)) throw NOT_STRICT;
      version = new Map();
      versions.set(key, version);
    } else if (key === 'versions' && quote === '') {
      if (versions.size > 0 || versionsBelow || value !== undefined) throw NOT_STRICT;
      versionsBelow = true;
    } else {
      if (quote !== '' || !ENTRY_KEYS.has(key)) throw NOT_STRICT;
      versionsBelow = false;
      version = null;
      put(fields, key, value);
    }
  }
  return { fields, versions };
}

function put(fields: Fields, key: string, value: string | undefined): void {
  if (value === undefined || fields.has(key)) throw NOT_STRICT;
  fields.set(key, value);
}

function optional<T>(fields: Fields, key: string, read: (raw: string) => T): T | null {
  const raw = fields.get(key);
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
  const secret = requireText(fields.get('secret'));
  if (fields.has('sealed') || fields.has('seal') || findSecretProblem(secret) !== null) throw NOT_STRICT;
  return { form: 'clear', secret: Secret.of(secret) };
}

function sealedOf(fields: Fields): Stored {
  const bytes = fromBase64Url(requireText(fields.get('sealed')));
  const format = fields.get('seal');
  const isKnown = format === undefined || format === String(SEAL_FORMAT);
  if (!bytes || !isKnown || fields.has('secret')) throw NOT_STRICT;
  return { form: 'sealed', format: format === undefined ? 1 : SEAL_FORMAT, bytes };
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
