import { usage } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { parseInstant, toInstant } from '../../domain/time.ts';
import type { KeyType, ProjectKey } from '../../domain/token.ts';
import type { Issued, KeyApi, Provider } from '../../ports/provider.ts';
import { attributes, dates, type Fields, findId, id, text } from '../decode.ts';
import { findItem, findSecret, issuedWith, needSecret } from '../envelope.ts';
import { path } from '../path.ts';
import { type ListShape, readPage } from '../records.ts';
import { checkName } from '../spec.ts';
import { CREATED, EXPIRES, statusOf } from './errova-answers.ts';
import { keysOf } from './errova-paths.ts';
import { type Hook, settingOf } from './hook.ts';

// Errova documents no field of these answers. Each is read under every name that is likely.
const KEY_IDS = ['id', 'keyId', 'key_id', 'dsnKeyId', 'dsn_key_id', 'uuid', '_id'];
const KEY_SECRET = {
  names: [
    ...['secret', 'keySecret', 'dsnSecret', 'dsnKeySecret'],
    ...['secretKey', 'signingSecret', 'privateKey'],
  ],
};
const PUBLIC_KEYS = ['publicKey', 'public_key'];
const KEYS: ListShape<ProjectKey> = {
  names: ['keys', 'dsnKeys', 'dsn_keys'],
  ids: KEY_IDS,
  decode: keyOf,
};

/** The DSN keys of a project. */
export const errovaKeys: Hook = (provider) => ({ ...provider, keys: keysApi(provider) });

function keysApi(provider: Provider): KeyApi {
  const org = settingOf(provider, 'org');
  return {
    create: {
      request: ({ project, name, type }, settings) => ({
        method: 'POST',
        path: keysOf(project, settings, org),
        body: { label: checkName(name), keyType: type },
      }),
      decode: (body, { type }, own) => issuedKey(body, type, own),
    },
    // Inferred, as the list of tokens.
    list: {
      request: ({ project }, settings) => ({ method: 'GET', path: keysOf(project, settings, org) }),
      decode: (body, page) => readPage(body, page, KEYS),
      maxPageSize: 100,
    },
    expire: {
      answer: 'optional',
      request: ({ project, id: keyId, expiresAt }, settings) => ({
        method: 'PATCH',
        path: keysOf(project, settings, org) + path`/${keyId}`,
        body: { expiresAt: wholeSeconds(expiresAt) },
        repeatable: true,
      }),
      decode: changedKey,
    },
    rotate: {
      request: ({ project, id: keyId }, settings) => ({
        method: 'POST',
        path: keysOf(project, settings, org) + path`/${keyId}/rotate`,
        body: {},
      }),
      decode: rotatedKey,
    },
  };
}

/** Errova's own example has no fractions. */
function wholeSeconds(at: string): string {
  const ms = parseInstant(at);
  if (ms === null) throw usage('that is not a date', 'give `--in 30d` or `--at 2026-12-31`');
  return toInstant(Math.floor(ms / 1_000) * 1_000);
}

/** A browser key has no secret: it goes to every visitor anyway. */
function issuedKey(body: unknown, type: KeyType, own?: Secret): Issued<ProjectKey> {
  const item = findItem(body, ...KEY_IDS);
  const key = item && keyOf(item);
  if (type === 'browser_public') return { item: key, secret: null };
  return issuedWith(body, key, KEY_SECRET, { others: notSecretOf(item), own });
}

/** The type of the key is known from the answer alone; only a browser key may come without a secret. */
function rotatedKey(body: unknown, _input: unknown, own?: Secret): Issued<ProjectKey> {
  const item = findItem(body, ...KEY_IDS);
  const key = item && keyOf(item);
  const known = { others: notSecretOf(item), own };
  const secret =
    key?.type === 'browser_public'
      ? findSecret(body, { ...KEY_SECRET, isOptional: true }, known)
      : needSecret(body, KEY_SECRET, known);
  return { item: key, secret };
}

function changedKey(body: unknown): ProjectKey | null {
  const item = findItem(body, ...KEY_IDS);
  return item && keyOf(item);
}

function keyOf(fields: Fields): ProjectKey {
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

function notSecretOf(item: Fields | null): readonly (string | null)[] {
  return item === null ? [] : [findId(item, ...KEY_IDS), text(item, ...PUBLIC_KEYS)];
}
