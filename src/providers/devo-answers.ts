import type { Secret } from '../domain/secret.ts';
import { toInstant } from '../domain/time.ts';
import type { Token } from '../domain/token.ts';
import type { Issued, ProviderProblem } from '../ports/provider.ts';
import type { ErrorAnswer } from '../ports/request.ts';
import {
  attributes,
  count,
  dates,
  drift,
  type Fields,
  findId,
  flag,
  id,
  isFields,
  text,
  words,
} from './decode.ts';
import { findItem, findSecret } from './envelope.ts';
import { readProblem } from './problem.ts';
import { type ListShape, readRecords } from './records.ts';

/** Where the value of a token is: no published page names the field. */
const SECRET = { names: ['token', 'access_token', 'value'], form: /^[0-9a-f]{32}$/i };

/** A bare array, and no word of pages; every style of paging is followed all the same. */
export const TOKENS: ListShape<Token> = { names: ['tokens'], ids: ['id'], decode: tokenOf };

/** The account that the list belongs to, as far as a token tells it. */
export function accountOf(body: unknown): string | null {
  const account = readRecords(body, TOKENS).items[0]?.attributes['account'];
  return typeof account === 'string' ? account : null;
}

/** `active` is false for disabled and for expired ones; the date tells them apart. */
function tokenOf(fields: Fields): Token {
  return {
    id: id(fields, 'id'),
    name: text(fields, 'name'),
    status: flag(fields, 'active') === false ? 'disabled' : 'active',
    scopes: words(fields, 'scope', 'scopes'),
    ...datesOf(fields),
    lastUsedAt: null,
    createdBy: text(fields, 'owner'),
    attributes: attributes(
      fields,
      'user',
      'audience',
      'token_type',
      'account',
      'updated',
      'expires_in_seconds',
    ),
  };
}

/** `expires_in_seconds` is the whole life of the token: it stands in for an `expiration` that cannot be read. */
function datesOf(fields: Fields): Pick<Token, 'createdAt' | 'expiresAt' | 'unreadable'> {
  const read = dates(fields, { createdAt: ['created'], expiresAt: ['expiration'] });
  const seconds = count(fields, 'expires_in_seconds');
  if (read.unreadable?.expiresAt === undefined || read.createdAt === null || !seconds) return read;
  const { createdAt } = read;
  return { createdAt, expiresAt: toInstant(Date.parse(createdAt) + seconds * 1_000) };
}

export function issuedOf(body: unknown, _input: unknown, own?: Secret): Issued<Token> {
  const item = findItem(body, 'id');
  const known = { others: [item && findId(item, 'id')], own };
  const secret = findSecret(body, SECRET, known);
  if (item === null && secret === null && body !== null && !isFields(body)) throw drift('token', body);
  return { item: item && tokenOf(item), secret };
}

/** One token with its value, or with a mask where the caller is neither owner nor user. */
export function shownOf(body: unknown): Issued<Token> {
  // The value may be that of the very credential that asks: that is how it finds out which token it is.
  const issued = issuedOf(body, null);
  if (issued.item === null) throw drift('token', body);
  return issued;
}

export function changedOf(body: unknown): Token | null {
  const item = findItem(body, 'id');
  return item && tokenOf(item);
}

export function readError(answer: ErrorAnswer): ProviderProblem {
  return readProblem(answer, {
    requestIdHeader: 'x-devo-cid',
    hints: {
      401: 'the token is unknown, disabled or expired: {login}',
      403: 'the token may be wrong, disabled or expired ({login}); else the domain, the region, the kind of token, or the role: see {whoami}',
      404: 'see {tokens list} for the ids',
    },
    hintFor: hintForWords,
  });
}

/** https://devodocs.atlassian.net/wiki/spaces/latest/pages/1145241645/Troubleshooting+the+Credentials+API */
function hintForWords(words: string): string | undefined {
  if (/invalid audiences/i.test(words)) {
    return 'choose of aggregations, apiv2, apiv2-admin, alerts, http: `--audience apiv2`';
  }
  if (/invalid scopes/i.test(words)) return 'write scopes as table://my.app.** and level://admin';
  if (/required value: user|user may have been deleted/i.test(words)) {
    return 'give `--user` with the address of a user of this domain';
  }
  if (/unrecognized field|request body is missing/i.test(words)) {
    return 'Devo may have changed its API; please report this message';
  }
  return undefined;
}
