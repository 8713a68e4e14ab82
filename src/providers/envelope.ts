import { SchemaDrift, SeveralSecrets } from '../domain/schema-drift.ts';
import { Secret } from '../domain/secret.ts';
import { isMask } from '../domain/secret-input.ts';
import type { Issued } from '../ports/provider.ts';
import {
  findAmbiguous,
  findGuesses,
  findSuccessors,
  isAside,
  isPlausible,
  plain,
  type SecretForm,
  type SecretSearch,
} from './ambiguous-secrets.ts';
import { drift, type Fields, findId, isFields, pick, showName } from './decode.ts';
import { isToldEmpty } from './paging.ts';
import { at, lastPart } from './pointer.ts';
import { WRAPPERS } from './wrappers.ts';

const DEEPEST_WRAPPER = 3;

/** Where a provider's answers hold the secret. */
export interface SecretPlace {
  /** The fields that the vendor documents: another value beside one of these is not the secret, unless its name says so. */
  readonly documented?: readonly string[];
  /** Where exactly they are, as JSON Pointers, when they may be deeper than the wrappers that are known. */
  readonly pointers?: readonly string[];
  /** The fields that are likely to hold it. */
  readonly names?: readonly string[];
  /** What a secret of this provider looks like, where that is published: a value of this form is one in any field. */
  readonly form?: SecretForm;
  /** Set where no secret has to come: then one of an unknown name is not looked for. */
  readonly isOptional?: true;
}

/** What is known not to be the new secret. */
export interface Known {
  /** The id first, the public key. */
  readonly others?: readonly (string | null)[];
  /** The secret that the request was sent with. */
  readonly own?: Secret | undefined;
}

/**
 * The one secret of an answer: in a documented field, else in a likely one, at the top or in a wrapper; else the only
 * value of the published form, which may be all of the answer; else the only field that is named like a secret. Null
 * where there is none: empty, null, `"null"`, no string, no printable ASCII, or known. Where another value may be it as well, nothing is guessed:
 * `SeveralSecrets`.
 */
export function findSecret(body: unknown, place: SecretPlace, known: Known = {}): Secret | null {
  const { documented = [], pointers = [], names = [], form = null, isOptional } = place;
  const ids = known.others ?? [];
  const isNew = (value: string) => !ids.includes(value) && known.own?.equals(Secret.of(value)) !== true;
  const search = { form, isNew };
  const sure = new Map([...valuesAt(body, pointers, isNew), ...valuesUnder(body, documented, isNew)]);
  const [only, ...more] = [...sure.keys()];
  if (only !== undefined && more.length === 0 && !isMask(only)) {
    refuseSeveral([...sure.values(), ...findSuccessors(body, only, search)], ids);
    return Secret.of(only);
  }
  const found = new Map([...sure, ...valuesUnder(body, [...documented, ...names], isNew)]);
  const values = [...found.keys()];
  const shown = values.filter((value) => !isMask(value));
  const secret = shown[0] ?? values[0];
  if (secret === undefined) return isOptional ? null : guessSecret(body, search, ids);
  if (shown.length > 0) {
    const ambiguous = findAmbiguous(body, secret, {
      form,
      isNew: (value) => isNew(value) && !found.has(value),
    });
    refuseSeveral([...shown.map((value) => found.get(value) ?? ''), ...ambiguous], ids);
  }
  return Secret.of(secret);
}

/** No field has a known name: the values at hand have to tell. */
function guessSecret(body: unknown, search: SecretSearch, ids: readonly (string | null)[]): Secret | null {
  const guesses = findGuesses(body, search);
  refuseSeveral([...guesses.values()], ids);
  const [guess] = guesses.keys();
  return guess === undefined ? null : Secret.of(guess);
}

function refuseSeveral(fields: readonly string[], ids: readonly (string | null)[]): void {
  if (fields.length > 1)
    throw new SeveralSecrets(fields.map(showName), ids.find((id) => id !== null) ?? null);
}

function valuesAt(
  body: unknown,
  pointers: readonly string[],
  isNew: (value: string) => boolean,
): ReadonlyMap<string, string> {
  const found = pointers.map((pointer) => [at(body, pointer), lastPart(pointer)] as const);
  return new Map(
    found.flatMap(([value, name]) => (isPlausible(value) && isNew(value) ? [[value, name] as const] : [])),
  );
}

/** The values of the fields of these names, at the top or in a wrapper, with the names as they are written. */
function valuesUnder(
  body: unknown,
  names: readonly string[],
  isNew: (value: string) => boolean,
): ReadonlyMap<string, string> {
  const wanted = new Set(names.map(plain));
  const found = new Map<string, string>();
  for (const layer of layersOf(body)) {
    for (const [name, value] of Object.entries(layer)) {
      if (wanted.has(plain(name)) && isPlausible(value) && isNew(value)) found.set(value, name);
    }
  }
  return found;
}

/** As {@link findSecret}, where the vendor must show one. */
export function needSecret(body: unknown, place: SecretPlace, known: Known = {}): Secret {
  const secret = findSecret(body, place, known);
  if (secret === null) throw new SchemaDrift('secret', seenIn(body));
  return secret;
}

/**
 * What a create answered. A new thing without its secret is returned, so that it can be ended by its id, with the
 * drift that says so; an answer with neither throws `SchemaDrift`.
 */
export function issuedWith<T>(
  body: unknown,
  item: T | null,
  place: SecretPlace,
  known: Known = {},
): Issued<T> {
  const secret = findSecret(body, place, known);
  if (secret !== null) return { item, secret };
  const missing = new SchemaDrift('secret', seenIn(body));
  if (item === null) throw missing;
  return { item, secret: null, drift: missing };
}

/**
 * The first object, from the outside in, that carries one of these ids; else the only one in a wrapper of any name.
 * Null where there is none, or more than one.
 */
export function findItem(body: unknown, ...idNames: readonly string[]): Fields | null {
  const hasId = (layer: Fields) => findId(layer, ...idNames) !== null;
  const known = layersOf(body).find(hasId);
  if (known !== undefined) return known;
  const [item, ...more] = objectsIn(body).filter(hasId);
  return item !== undefined && more.length === 0 ? item : null;
}

/** What lists are called whatever is in them. */
const LISTS = [
  ...['items', 'list', 'results', 'data', 'records', 'entries', 'nodes', 'values', 'elements', 'content'],
  ...['rows', 'docs', 'objects'],
];

/**
 * The records of a list: the answer itself, or under one of these names, at the top or in a wrapper. Nothing at all, `null`
 * in its place, and a total of 0 are an empty list.
 */
export function findList(body: unknown, ...names: readonly string[]): readonly unknown[] {
  if (body === null || body === undefined) return [];
  const found = Array.isArray(body) ? body : listIn(body, [...names, ...LISTS]);
  if (found !== null) return found;
  if (isFields(body) && isEmptyList(body, [...names, ...LISTS])) return [];
  throw drift('list', body);
}

function isEmptyList(body: Fields, names: readonly string[]): boolean {
  const isNull = (layer: Fields) => names.some((name) => Object.hasOwn(layer, name) && layer[name] === null);
  return Object.keys(body).length === 0 || layersOf(body).some(isNull) || isToldEmpty(body);
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

/** Some vendors answer with a list of one where one thing was asked for. */
function unpacked(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

/** The answer, and what is in its wrappers: fields of a known name, and the only field of an object. */
function layersOf(body: unknown): readonly Fields[] {
  const layers: Fields[] = [];
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth <= DEEPEST_WRAPPER; depth += 1) {
    const objects = level.map(unpacked).filter(isFields);
    layers.push(...objects);
    level = objects.flatMap((object) => {
      const entries = Object.entries(object);
      return entries.flatMap(([name, value]) =>
        WRAPPERS.has(plain(name)) || (entries.length === 1 && !isAside(name)) ? [value] : [],
      );
    });
  }
  return layers;
}

/** Every object of the answer that may be what it is about. */
function objectsIn(body: unknown): readonly Fields[] {
  const objects: Fields[] = [];
  let level: readonly unknown[] = [body];
  for (let depth = 0; depth <= DEEPEST_WRAPPER; depth += 1) {
    const here = level.map(unpacked).filter(isFields);
    objects.push(...here);
    level = here.flatMap((object) =>
      Object.entries(object).flatMap(([name, value]) => (isAside(name) ? [] : [value])),
    );
  }
  return objects;
}

function seenIn(body: unknown): readonly string[] {
  return objectsIn(body).flatMap((object) => Object.keys(object).slice(0, 13).map(showName));
}
