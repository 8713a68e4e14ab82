import { SchemaDrift, SeveralSecrets } from '../domain/schema-drift.ts';
import { Secret } from '../domain/secret.ts';
import { isMask } from '../domain/secret-input.ts';
import type { Minted } from '../ports/provider.ts';
import { asFields, drift, type Fields, findId, isFields, pick, showName } from './decode.ts';
import { findRivals, isPlausible, plain } from './rivals.ts';

/** Where vendors put the thing that an answer is about. Compared without case, `_` and `-`. */
const WRAPPERS: ReadonlySet<string> = new Set(
  ['data', 'result', 'response', 'payload', 'details', 'item', 'attributes']
    .concat(
      ['token', 'machineToken', 'apiToken', 'accessToken', 'credential', 'credentials'],
      ['key', 'apiKey', 'dsnKey', 'projectKey', 'project'],
    )
    .map(plain),
);
const DEEPEST_WRAPPER = 3;

/** Where a provider's answers hold the secret. */
export interface SecretPlace {
  /** The fields that are known to hold it. */
  readonly names: readonly string[];
  /** What a secret of this provider looks like, where that is published: a value of this form is one in any field. */
  readonly form?: RegExp;
}

/**
 * The one secret of an answer, in a field of a known name, at the top or in a wrapper. Null where there is
 * none: empty, null, `"null"`, no string, no printable ASCII, or one of `others` (the id first, the public key).
 * Where another value may be it as well, nothing is guessed: `SeveralSecrets`.
 */
export function findSecret(
  body: unknown,
  { names, form }: SecretPlace,
  others: readonly (string | null)[] = [],
): Secret | null {
  const wanted = new Set(names.map(plain));
  const found = new Map<string, string>();
  for (const layer of layersOf(body)) {
    for (const [name, value] of Object.entries(layer)) {
      if (wanted.has(plain(name)) && isPlausible(value) && !others.includes(value)) found.set(value, name);
    }
  }
  const values = [...found.keys()];
  const secret = values.find((value) => !isMask(value)) ?? values[0];
  if (secret === undefined) return null;
  const seen = values.filter((value) => !isMask(value)).map((value) => found.get(value) ?? '');
  const rivals = findRivals(body, { secret, form: form ?? null, known: [...values, ...others] });
  if (seen.length + rivals.length > 1 && seen.length > 0) {
    throw new SeveralSecrets([...seen, ...rivals].map(showName), others.find((id) => id !== null) ?? null);
  }
  return Secret.of(secret);
}

/** As {@link findSecret}, where the vendor must show one. */
export function needSecret(
  body: unknown,
  place: SecretPlace,
  others: readonly (string | null)[] = [],
): Secret {
  const secret = findSecret(body, place, others);
  if (secret === null) throw new SchemaDrift('secret', seenIn(body));
  return secret;
}

/**
 * What a create answered. A new thing without its secret is returned, so that it can be ended by its id, with the
 * drift that says so; an answer with neither throws `SchemaDrift`.
 */
export function mintedWith<T>(
  body: unknown,
  item: T | null,
  place: SecretPlace,
  others: readonly (string | null)[] = [],
): Minted<T> {
  const secret = findSecret(body, place, others);
  if (secret !== null) return { item, secret };
  const missing = new SchemaDrift('secret', seenIn(body));
  if (item === null) throw missing;
  return { item, secret: null, drift: missing };
}

/** The first object, from the outside in, that carries one of these ids; null where none does. */
export function findItem(body: unknown, ...idNames: readonly string[]): Fields | null {
  return layersOf(body).find((layer) => findId(layer, ...idNames) !== null) ?? null;
}

/** The objects of a list: the answer itself, or under one of these names, at the top or in a wrapper. */
export function findList(body: unknown, ...names: readonly string[]): readonly Fields[] {
  const found = Array.isArray(body) ? body : listIn(body, [...names, 'items', 'list', 'results', 'data']);
  if (found === null) throw drift('list', body);
  return found.map((item: unknown) => asFields(item, 'list of objects'));
}

function listIn(body: unknown, names: readonly string[]): readonly unknown[] | null {
  for (const layer of layersOf(body)) {
    for (const name of names) {
      const value = pick(layer, [name]);
      if (Array.isArray(value)) return value;
    }
  }
  return null;
}

function layersOf(body: unknown): readonly Fields[] {
  const layers: Fields[] = [];
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth <= DEEPEST_WRAPPER; depth += 1) {
    const objects = level.filter(isFields);
    layers.push(...objects);
    level = objects.flatMap((object) =>
      Object.entries(object).flatMap(([name, value]) => (WRAPPERS.has(plain(name)) ? [value] : [])),
    );
  }
  return layers;
}

function seenIn(body: unknown): readonly string[] {
  return layersOf(body).flatMap((layer) => Object.keys(layer).slice(0, 13).map(showName));
}
