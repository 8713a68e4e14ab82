import type { JsonObject } from '../../domain/json.ts';
import { type ProjectKey, TOKEN_STATUSES, type Token } from '../../domain/token.ts';
import { readObject, readOneOf, readText, readTextOrNull, readTextsOrNull } from './read-json.ts';

/** What was minted, as a provider told of it. */
export type Item = Token | ProjectKey;

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
