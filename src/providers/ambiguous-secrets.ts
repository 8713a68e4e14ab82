import { isMask, MAX_SECRET_LENGTH } from '../domain/secret-input.ts';
import { isFields } from './decode.ts';

/** What a secret looks like. */
export interface SecretForm {
  test(value: string): boolean;
}

export interface SecretSearch {
  /** What a secret of the provider looks like; null where that is not published. */
  readonly form: SecretForm | null;
  /** False for values that are accounted for: ids, public keys, the caller's own secret. */
  readonly isNew: (value: string) => boolean;
}

/** What a name ends with when its field holds a secret: `newToken`, `client_secret`, never `tokenId` or `keyType`. */
const SECRET_NAME =
  /(secret|token|password|passphrase|credential|jwt|(access|api|auth|machine|private|secret|signing)key)(value|v?\d+|old|new|next|previous|current|backup|plain|raw)?$/;
/** Names that end so and hold no secret of the thing that was made. */
const NO_SECRET_NAME = /^(next|page|continuation|csrf|xsrf|idempotency)/;
/** Names of secrets that are not the one that was asked for, though one may be all that an answer holds. */
const OTHER_SECRET_NAME = /^(public|session|refresh|old|previous|prev|former)|(old|previous)$/;
/** What a name begins or ends with when its field holds the successor of what another field holds, or its predecessor. */
const SUCCESSOR_NAME =
  /^(new|next|replacement|rotated|old|previous|prev|current|latest|second|backup)|(new|next|replacement|old|previous|current|backup|v?\d+)$/;
/** Fields that tell of somebody, or of something else. */
const ASIDE =
  /^(owner|user|creator|createdby|updatedby|author|actor|account|organi[sz]ation|org|team|tenant|links?|meta|metadata|pagination|request|previous|old)$/;
/** Names of fields that may hold a value of any form: ids, digests, and what a person wrote. */
const ANY_FORM_NAME =
  /(id|uuid|hash|digest|fingerprint|checksum|etag|trace|nonce|prefix|suffix|hint|preview|last\d+|name|label|description|url|uri|dsn|scopes?|audience)$|^public|^idempotency/;
/** A shorter value is a word, like `Bearer`. In characters. */
const SHORTEST_SECRET = 12;
const DEEPEST = 6;

/**
 * The names of the fields that hold another value than `secret` which may be it: it has the form of one, or the name of
 * one. Looked for in the whole answer, since nobody knows where a vendor will put it.
 */
export function findAmbiguous(body: unknown, secret: string, search: SecretSearch): readonly string[] {
  const ambiguous = new Map<string, string>();
  for (const { name, value } of stringsOf(body, '', 0)) {
    if (value === secret || !mayBeSecret(plain(name), value, search)) continue;
    if (SECRET_NAME.test(plain(name)) || hasForm(plain(name), value, search.form, secret))
      ambiguous.set(value, name);
  }
  return [...ambiguous.values()];
}

/**
 * The fields of ambiguous values whose name says that the value replaces the documented secret, or was replaced by it.
 */
export function findSuccessors(body: unknown, secret: string, search: SecretSearch): readonly string[] {
  return findAmbiguous(body, secret, search).filter((name) => SUCCESSOR_NAME.test(plain(name)));
}

/**
 * The values that may be the secret where no field has a known name, with their fields: those of the published form; if
 * there are none, those in fields that are named like a secret.
 */
export function findGuesses(body: unknown, search: SecretSearch): ReadonlyMap<string, string> {
  const found = [...stringsOf(body, '', 0, isAside)].filter(
    ({ value }) => isPlausible(value) && search.isNew(value),
  );
  const pick = (isIt: (name: string, value: string) => boolean) =>
    new Map(found.flatMap(({ name, value }) => (isIt(plain(name), value) ? [[value, name] as const] : [])));
  const ofForm = (value: string) => search.form?.test(value) === true;
  const tries = [
    pick((name, value) => ofForm(value) && !ANY_FORM_NAME.test(name) && !OTHER_SECRET_NAME.test(name)),
    // Some vendors call the secret so; a digest of it would not come alone.
    pick((name, value) => ofForm(value) && name === 'hash'),
    pick((name, value) => {
      if (!mayBeSecret(name, value, search) || OTHER_SECRET_NAME.test(name)) return false;
      return SECRET_NAME.test(name);
    }),
  ];
  return tries.find((each) => each.size > 0) ?? new Map();
}

/** Whether the field tells of somebody, or of something else than the answer is about. */
export function isAside(name: string): boolean {
  return ASIDE.test(plain(name));
}

function mayBeSecret(name: string, value: string, { isNew }: SecretSearch): boolean {
  if (!isPlausible(value) || value.length < SHORTEST_SECRET || isMask(value)) return false;
  return !NO_SECRET_NAME.test(name) && isNew(value);
}

function hasForm(name: string, value: string, form: SecretForm | null, secret: string): boolean {
  return !ANY_FORM_NAME.test(name) && (form?.test(value) ?? hasSamePrefix(value, secret));
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
  isSkipped: (name: string) => boolean = () => false,
): Generator<{ readonly name: string; readonly value: string }> {
  if (typeof value === 'string') yield { name, value };
  if (depth === DEEPEST) return;
  if (Array.isArray(value)) for (const item of value) yield* stringsOf(item, name, depth + 1, isSkipped);
  else if (isFields(value)) {
    for (const [inner, item] of Object.entries(value)) {
      if (typeof item === 'string' || !isSkipped(inner)) yield* stringsOf(item, inner, depth + 1, isSkipped);
    }
  }
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
