import { isMask, MAX_SECRET_LENGTH } from '../domain/secret-input.ts';
import { isFields } from './decode.ts';

export interface RivalSearch {
  /** The value that was found where it is expected. */
  readonly secret: string;
  /** What a secret of the provider looks like; null where that is not published. */
  readonly form: RegExp | null;
  /** Values that are accounted for: ids, public keys, the secret itself. */
  readonly known: readonly (string | null)[];
}

/** What a name ends with when its field holds a secret: `newToken`, `client_secret`, never `tokenId` or `keyType`. */
const SECRET_NAME =
  /(secret|token|password|passphrase|credential|jwt|(access|api|auth|machine|private|secret|signing)key)(value|v?\d+|old|new|next|previous|current|backup|plain|raw)?$/;
/** Names that end so and hold no secret of the thing that was made. */
const NO_SECRET_NAME = /^(next|page|continuation|csrf|xsrf|idempotency)/;
/** Names of fields that may hold a value of any form: ids, digests, and what a person wrote. */
const ANY_FORM_NAME =
  /(id|uuid|hash|digest|fingerprint|checksum|etag|trace|nonce|prefix|suffix|hint|preview|last\d+|name|label|description|url|uri|dsn|scopes?|audience)$|^public|^idempotency/;
/** A shorter value is a word, like `Bearer`. In characters. */
const SHORTEST_SECRET = 12;
const DEEPEST = 6;

/**
 * The names of the fields that hold another value which may be the secret: it has the form of one, or the name of one.
 * Looked for in the whole answer, since nobody knows where a vendor will put it.
 */
export function findRivals(body: unknown, search: RivalSearch): readonly string[] {
  const rivals = new Map<string, string>();
  for (const { name, value } of stringsOf(body, '', 0)) {
    if (!search.known.includes(value) && isRival(plain(name), value, search)) rivals.set(value, name);
  }
  return [...rivals.values()];
}

function isRival(name: string, value: string, { form, secret }: RivalSearch): boolean {
  if (!isPlausible(value) || value.length < SHORTEST_SECRET || isMask(value) || isCut(value)) return false;
  if (NO_SECRET_NAME.test(name)) return false;
  if (SECRET_NAME.test(name)) return true;
  return !ANY_FORM_NAME.test(name) && (form?.test(value) ?? hasSamePrefix(value, secret));
}

/** The beginning or the end of a secret, shown so that it can be told from others. */
function isCut(value: string): boolean {
  return /\*{3}|\.{3}|…|x{6}/i.test(value);
}

/** `erv_mt_…` beside `erv_mt_…` of the same length: the form that vendors give their secrets. */
function hasSamePrefix(value: string, secret: string): boolean {
  const prefix = /^[A-Za-z]+[_-](?:[A-Za-z]+[_-])*/.exec(secret)?.[0];
  return prefix !== undefined && value.startsWith(prefix) && value.length === secret.length;
}

function* stringsOf(
  value: unknown,
  name: string,
  depth: number,
): Generator<{ readonly name: string; readonly value: string }> {
  if (typeof value === 'string') yield { name, value };
  if (depth === DEEPEST) return;
  if (Array.isArray(value)) for (const item of value) yield* stringsOf(item, name, depth + 1);
  else if (isFields(value))
    for (const [inner, item] of Object.entries(value)) yield* stringsOf(item, inner, depth + 1);
}

/** A string that could be sent as a credential. */
export function isPlausible(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_SECRET_LENGTH) return false;
  return /^[\x21-\x7e]+$/.test(value) && !/^(null|undefined|none)$/i.test(value);
}

/** A field's name without case, `_` and `-`. */
export function plain(name: string): string {
  return name.length > 64 ? '' : name.replace(/[-_]/g, '').toLowerCase();
}
