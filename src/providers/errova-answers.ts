import type { Secret } from '../domain/secret.ts';
import type { KeyType, Project, ProjectKey, Token, TokenStatus } from '../domain/token.ts';
import type { Issued } from '../ports/provider.ts';
import {
  attributes,
  dates,
  drift,
  type Fields,
  findId,
  flag,
  id,
  instant,
  status,
  text,
  words,
} from './decode.ts';
import { findItem, findSecret, issuedWith, needSecret } from './envelope.ts';
import type { ListShape } from './records.ts';

// Errova documents one field of its answers, `tokenSecret`. The rest is read under every name that is likely.
const TOKEN_IDS = ['id', 'tokenId', 'token_id', 'machineTokenId', 'machine_token_id', 'uuid', '_id'];
const KEY_IDS = ['id', 'keyId', 'key_id', 'dsnKeyId', 'dsn_key_id', 'uuid', '_id'];
const PROJECT_IDS = ['id', 'projectId', 'project_id', 'uuid', '_id', 'slug'];
const TOKEN_GUESSES = ['machineTokenSecret', 'secret', 'token', 'machineToken', 'accessToken', 'value'];
/** The field that a create is documented to answer with. What a rotation answers with is not. */
const NEW_TOKEN_SECRET = { documented: ['tokenSecret'], names: TOKEN_GUESSES };
const ROTATED_TOKEN_SECRET = { names: ['tokenSecret', ...TOKEN_GUESSES] };
const KEY_SECRET = {
  names: [
    ...['secret', 'keySecret', 'dsnSecret', 'dsnKeySecret'],
    ...['secretKey', 'signingSecret', 'privateKey'],
  ],
};
const CREATED = ['createdAt', 'created_at'];
const EXPIRES = ['expiresAt', 'expires_at', 'expiryDate', 'expiry_date', 'expiration'];
const LAST_USED = ['lastUsedAt', 'last_used_at'];
const PUBLIC_KEYS = ['publicKey', 'public_key'];

export function issuedToken(body: unknown, _input: unknown, own?: Secret): Issued<Token> {
  const item = findItem(body, ...TOKEN_IDS);
  const others = [item && findId(item, ...TOKEN_IDS)];
  return issuedWith(body, item && tokenOf(item), NEW_TOKEN_SECRET, { others, own });
}

/** Without a secret this throws: the id is the one that was there before, and nothing new to be ended. */
export function rotatedToken(body: unknown, _input: unknown, own?: Secret): Issued<Token> {
  const item = findItem(body, ...TOKEN_IDS);
  const others = [item && findId(item, ...TOKEN_IDS)];
  const secret = needSecret(body, ROTATED_TOKEN_SECRET, { others, own });
  return { item: item && tokenOf(item), secret };
}

export function tokenOf(fields: Fields): Token {
  return {
    id: id(fields, ...TOKEN_IDS),
    name: text(fields, 'label', 'name'),
    status: statusOf(fields),
    scopes: words(fields, 'scopes', 'scope'),
    ...dates(fields, { createdAt: CREATED, expiresAt: EXPIRES, lastUsedAt: LAST_USED }),
    createdBy: text(fields, 'createdBy', 'created_by'),
    attributes: attributes(fields, 'status', 'rotatedAt', 'updatedAt', 'revokedAt'),
  };
}

/** A browser key has no secret: it goes to every visitor anyway. */
export function issuedKey(body: unknown, type: KeyType, own?: Secret): Issued<ProjectKey> {
  const item = findItem(body, ...KEY_IDS);
  const key = item && keyOf(item);
  if (type === 'browser_public') return { item: key, secret: null };
  return issuedWith(body, key, KEY_SECRET, { others: notSecretOf(item), own });
}

/** The type of the key is known from the answer alone; only a browser key may come without a secret. */
export function rotatedKey(body: unknown, _input: unknown, own?: Secret): Issued<ProjectKey> {
  const item = findItem(body, ...KEY_IDS);
  const key = item && keyOf(item);
  const known = { others: notSecretOf(item), own };
  const secret =
    key?.type === 'browser_public'
      ? findSecret(body, { ...KEY_SECRET, isOptional: true }, known)
      : needSecret(body, KEY_SECRET, known);
  return { item: key, secret };
}

export function changedKey(body: unknown): ProjectKey | null {
  const item = findItem(body, ...KEY_IDS);
  return item && keyOf(item);
}

export function keyOf(fields: Fields): ProjectKey {
  return {
    id: id(fields, ...KEY_IDS),
    name: text(fields, 'label', 'name'),
    type: text(fields, 'keyType', 'key_type', 'type'),
    status: statusOf(fields),
    publicKey: text(fields, ...PUBLIC_KEYS),
    ...dates(fields, { createdAt: CREATED, expiresAt: EXPIRES }),
    attributes: attributes(fields, 'status', 'dsn', 'rotatedAt', 'updatedAt', 'allowedOrigins', 'originMode'),
  };
}

export function createdProject(body: unknown): Project {
  const item = findItem(body, ...PROJECT_IDS);
  if (item === null) throw drift('project', body);
  return projectOf(item);
}

export function projectOf(fields: Fields): Project {
  return {
    id: id(fields, ...PROJECT_IDS),
    slug: text(fields, 'slug', 'projectSlug', 'project_slug'),
    name: text(fields, 'name', 'label'),
    platform: text(fields, 'platform'),
    environment: text(fields, 'environment'),
    ...dates(fields, { createdAt: CREATED }),
    attributes: attributes(fields, 'status', 'updatedAt', 'originMode', 'allowedOrigins'),
  };
}

// Lists and their paging are not documented: everything at once is expected, and every style of paging is followed.
export const TOKENS: ListShape<Token> = {
  names: ['machineTokens', 'machine_tokens', 'tokens'],
  ids: TOKEN_IDS,
  decode: tokenOf,
};
export const KEYS: ListShape<ProjectKey> = {
  names: ['keys', 'dsnKeys', 'dsn_keys'],
  ids: KEY_IDS,
  decode: keyOf,
};
export const PROJECTS: ListShape<Project> = { names: ['projects'], ids: PROJECT_IDS, decode: projectOf };

function statusOf(fields: Fields): TokenStatus {
  if (instant(fields, 'revokedAt', 'revoked_at', 'deletedAt', 'deleted_at') !== null) return 'revoked';
  if (flag(fields, 'revoked', 'isRevoked', 'is_revoked') === true) return 'revoked';
  const told = status(fields, 'status', 'state');
  if (told !== null) return told;
  const isOff = flag(fields, 'disabled', 'isDisabled', 'is_disabled') === true;
  return isOff || flag(fields, 'active', 'isActive', 'is_active', 'enabled') === false
    ? 'disabled'
    : 'active';
}

function notSecretOf(item: Fields | null): readonly (string | null)[] {
  return item === null ? [] : [findId(item, ...KEY_IDS), text(item, ...PUBLIC_KEYS)];
}
