import { AppError } from '../../domain/errors.ts';
import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import { type ProjectKey, TOKEN_STATUSES, type Token } from '../../domain/token.ts';

/**
 * Reads back what keyturn itself wrote into a journal. A shape that does not fit means that the operation comes from
 * another version or was tampered with, and must not be acted upon.
 */
export function readObject(value: Json | undefined): JsonObject {
  if (isObject(value)) return value;
  throw misfit();
}

export function readObjectOrNull(value: Json | undefined): JsonObject | null {
  return value === null || value === undefined ? null : readObject(value);
}

export function readText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw misfit();
}

export function readTextOrNull(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : readText(value);
}

export function readNumberOrNull(value: Json | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  throw misfit();
}

export function readFlag(value: Json | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw misfit();
}

export function readTexts(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.map(readText);
  throw misfit();
}

export function readTextsOrNull(value: Json | undefined): readonly string[] | null {
  return value === null || value === undefined ? null : readTexts(value);
}

export function readSettings(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(readObject(value)).map(([name, text]) => [name, readText(text)]));
}

export function readOneOf<const T extends string>(value: Json | undefined, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw misfit();
}

export function misfit(): AppError {
  return new AppError({
    code: 'failure',
    message: 'the operation was recorded in a form that this keyturn does not know',
    hint: 'finish it with the version of keyturn that started it',
  });
}

/** What was issued, as a provider told of it. */
export type Item = Token | ProjectKey;

/** Stands for the id of what a provider made without naming it, where no list tells the id either. */
export const UNNAMED = '';

/** The id of what was made; null where nobody knows it. */
export function idOf({ id }: Pick<Item, 'id'>): string | null {
  return id === UNNAMED ? null : id;
}

export function isToken(item: Item): item is Token {
  return 'scopes' in item;
}

export function isKey(item: Item): item is ProjectKey {
  return !isToken(item);
}

/** As a journal keeps it. Neither a token nor a key has its secret in it. */
export function writeItem(item: Item): JsonObject {
  return { ...item };
}

export function readToken(from: JsonObject): Token {
  return {
    ...readCommon(from),
    scopes: readTextsOrNull(from['scopes']),
    lastUsedAt: readTextOrNull(from['lastUsedAt']),
    createdBy: readTextOrNull(from['createdBy']),
  };
}

export function readKey(from: JsonObject): ProjectKey {
  return {
    ...readCommon(from),
    type: readTextOrNull(from['type']),
    publicKey: readTextOrNull(from['publicKey']),
  };
}

function readCommon(from: JsonObject) {
  return {
    id: readText(from['id']),
    name: readTextOrNull(from['name']),
    status: readOneOf(from['status'], TOKEN_STATUSES),
    createdAt: readTextOrNull(from['createdAt']),
    expiresAt: readTextOrNull(from['expiresAt']),
    attributes: readObject(from['attributes']),
  };
}
