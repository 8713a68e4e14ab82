import type { Json, JsonObject } from '../domain/json.ts';
import { SchemaDrift } from '../domain/schema-drift.ts';
import type { Instant } from '../domain/time.ts';
import type { TokenStatus, UnreadableDates } from '../domain/token.ts';
import { readVendorDate, type VendorDate } from '../domain/vendor-date.ts';
import { at, lastPart } from './pointer.ts';

/** A JSON object from outside. Read it by own names only: it may carry `__proto__`. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws `SchemaDrift` when `value` is not an object. */
export function asFields(value: unknown, what: string): Fields {
  if (isFields(value)) return value;
  throw drift(what, value);
}

/** `SchemaDrift` that names the fields of `body`. A name that could itself be a secret is not shown. */
export function drift(what: string, body: unknown): SchemaDrift {
  const names = isFields(body) ? Object.keys(body).slice(0, 13) : [];
  return new SchemaDrift(what, Array.isArray(body) ? ['(a list)'] : names.map(showName));
}

export function showName(name: string): string {
  const isPlain = /^[A-Za-z_][A-Za-z0-9_-]{0,31}$/.test(name) && name.replace(/\D/g, '').length <= 3;
  return isPlain ? name : '(a name not shown)';
}

/** The first of these fields that is there and not null. A name that begins with `/` is a JSON Pointer. */
export function pick(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = name.startsWith('/')
      ? at(fields, name)
      : Object.hasOwn(fields, name)
        ? fields[name]
        : undefined;
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

export function text(fields: Fields, ...names: readonly string[]): string | null {
  const value = pick(fields, names);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A date alone, where nothing depends on the difference between none and one that cannot be read. */
export function instant(fields: Fields, ...names: readonly string[]): Instant | null {
  const date = dateIn(fields, names);
  return date.kind === 'date' ? date.at : null;
}

/** The dates of a record, and the texts of those that cannot be read: `dates(fields, { createdAt: ['created'] })`. */
export function dates<K extends keyof UnreadableDates>(
  fields: Fields,
  names: Readonly<Record<K, readonly string[]>>,
): Readonly<Record<K, Instant | null>> & { readonly unreadable?: UnreadableDates } {
  const read: Partial<Record<K, Instant | null>> = {};
  const unreadable: Partial<Record<K, string>> = {};
  for (const field of Object.keys(names) as K[]) {
    const date = dateIn(fields, names[field]);
    read[field] = date.kind === 'date' ? date.at : null;
    if (date.kind === 'unreadable') unreadable[field] = date.text;
  }
  const isUnreadable = Object.keys(unreadable).length > 0;
  return { ...(read as Record<K, Instant | null>), ...(isUnreadable && { unreadable }) };
}

/** The first of the fields that says something else than "none". */
function dateIn(fields: Fields, names: readonly string[]): VendorDate {
  for (const name of names) {
    const date = readVendorDate(pick(fields, [name]));
    if (date.kind !== 'none') return date;
  }
  return { kind: 'none' };
}

/** `true`, `"true"`, `1`; null where there is nothing that reads as yes or no. */
export function flag(fields: Fields, ...names: readonly string[]): boolean | null {
  const value = pick(fields, names);
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === true || word === 1 || word === 'true' || word === '1') return true;
  if (word === false || word === 0 || word === 'false' || word === '0') return false;
  return null;
}

/** Words from a list of strings, or from one string parted by white space; null where there is neither. */
export function words(fields: Fields, ...names: readonly string[]): readonly string[] | null {
  const value = pick(fields, names);
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  if (!Array.isArray(value)) return null;
  return value.filter((word): word is string => typeof word === 'string' && word !== '');
}

/** A whole number that is not negative, also written as a string. */
export function count(fields: Fields, ...names: readonly string[]): number | null {
  const value = pick(fields, names);
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/**
 * The id of what an answer is about, as a string, also where the vendor sends an integer. It will be part of the address
 * of a DELETE, so only plain characters are accepted: never `*`, `../x` or `1?all=true`. Null where there is none.
 */
export function findId(fields: Fields, ...names: readonly string[]): string | null {
  const value = pick(fields, names);
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-][A-Za-z0-9_.:@+=/~-]{0,511}$/.test(value)) return null;
  return value.split('/').some((part) => part === '.' || part === '..') ? null : value;
}

/** The id of a listed record as the vendor writes it, whatever it looks like: `path` refuses to act on what has no address. */
export function recordId(fields: Fields, ...names: readonly string[]): string | null {
  const value = pick(fields, names);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** As {@link recordId}; throws `SchemaDrift` where there is none. */
export function id(fields: Fields, ...names: readonly string[]): string {
  const found = recordId(fields, ...names);
  if (found === null) throw drift('usable id', fields);
  return found;
}

const STATUSES: ReadonlyMap<string, TokenStatus> = new Map([
  ['active', 'active'],
  ['enabled', 'active'],
  ['disabled', 'disabled'],
  ['inactive', 'disabled'],
  ['suspended', 'disabled'],
  ['paused', 'disabled'],
  ['deactivated', 'disabled'],
  ['expired', 'expired'],
  ['revoked', 'revoked'],
  ['deleted', 'revoked'],
]);

/** Null where the vendor tells no status; a word that keyturn does not know counts as active, the careful reading. */
export function status(fields: Fields, ...names: readonly string[]): TokenStatus | null {
  const word = text(fields, ...names);
  return word === null ? null : (STATUSES.get(word.trim().toLowerCase()) ?? 'active');
}

/**
 * The vendor's own fields, by a list of names or pointers: a field that nobody knows could be a secret. A pointer's value
 * stands under the last part of the pointer.
 */
export function attributes(fields: Fields, ...names: readonly string[]): JsonObject {
  const kept: [string, Json][] = [];
  for (const name of names) {
    const value = toJson(pick(fields, [name]), 0);
    if (value !== undefined) kept.push([name.startsWith('/') ? lastPart(name) : name, value]);
  }
  return Object.fromEntries(kept);
}

function toJson(value: unknown, depth: number): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (depth >= 2 || typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    return value.slice(0, 1_000).map((item: unknown) => toJson(item, depth + 1) ?? null);
  }
  const kept: [string, Json][] = [];
  for (const [name, inner] of Object.entries(value)) {
    const json = showName(name) === name ? toJson(inner, depth + 1) : undefined;
    if (json !== undefined && name !== '__proto__') kept.push([name, json]);
  }
  return Object.fromEntries(kept);
}
