import type { Secret } from '../../domain/secret.ts';
import { type Identity, type Token, unknownToken } from '../../domain/token.ts';
import type { Issued, TokenSpec } from '../../ports/provider.ts';
import { drift, type Fields, findId, instant, isFields, text } from '../decode.ts';
import { findItem, findSecret, issuedWith, type Known, needSecret, type SecretPlace } from '../envelope.ts';
import { at } from '../pointer.ts';
import { dateValue } from './dates.ts';
import { formsOf, hasForm } from './form.ts';
import type { Definition } from './provider-table.ts';
import type { RequestDefinition, SecretDefinition } from './request-table.ts';
import { isSeveral, listOf } from './several.ts';
import { lastNames, scopesOf, tokenOf } from './token.ts';

/** The thing that an answer is about: in the first documented place with an id, else where vendors are known to put it. */
function itemIn(definition: Definition, { item }: RequestDefinition, body: unknown): Fields | null {
  const ids = listOf(definition.token.id);
  const documented = listOf(item)
    .map((place) => at(body, place))
    .find((found): found is Fields => isFields(found) && findId(found, ...ids) !== null);
  return documented ?? findItem(body, ...ids);
}

export function readItem(definition: Definition, request: RequestDefinition, body: unknown): Token | null {
  if (request.item === undefined) return null;
  const item = itemIn(definition, request, body);
  return item && tokenOf(definition, item);
}

function placeOf({ token }: Definition, secret: SecretDefinition | undefined): SecretPlace {
  const forms = formsOf(token.secretForm);
  const form = { test: (value: string) => forms.some((one) => hasForm(value, one)) };
  const { documented, likely } = placesOf(secret);
  return {
    documented: lastNames(documented),
    pointers: documented,
    names: likely,
    ...(forms.length > 0 && { form }),
  };
}

function placesOf(secret: SecretDefinition | undefined): {
  readonly documented: readonly string[];
  readonly likely: readonly string[];
} {
  if (secret === undefined) return { documented: [], likely: [] };
  if (typeof secret === 'string') return { documented: [secret], likely: [] };
  if (isSeveral(secret)) return { documented: secret, likely: [] };
  return { documented: secret.either ?? [], likely: secret.likely ?? [] };
}

/** What a create answered. A new token without its secret keeps its id, so that it can be ended. */
export function readIssued(
  definition: Definition,
  request: RequestDefinition,
  {
    body,
    spec,
    own,
  }: { readonly body: unknown; readonly spec: TokenSpec; readonly own?: Secret | undefined },
): Issued<Token> {
  const item = createdItem(definition, request, body, spec);
  const known: Known = { others: [idIn(definition, request, body) ?? item?.id ?? null], own };
  const place = placeOf(definition, request.secret);
  if (definition.rotation.secretShown === 'again') {
    const secret = findSecret(body, place, known);
    if (item === null && secret === null && body !== null && !isFields(body)) throw drift('token', body);
    return withoutEcho({ item, secret }, spec.name);
  }
  if (request.item === undefined && request.id === undefined)
    return { item: null, secret: needSecret(body, place, known) };
  return withoutEcho(issuedWith(body, item, place, known), spec.name);
}

function createdItem(
  definition: Definition,
  request: RequestDefinition,
  body: unknown,
  spec: TokenSpec,
): Token | null {
  if (request.id === undefined) return readItem(definition, request, body);
  const id = findId({ id: at(body, request.id) }, 'id');
  if (id === null) throw drift('usable id', body);
  return { ...unknownToken(id), name: spec.name, expiresAt: spec.expiresAt };
}

function idIn(definition: Definition, request: RequestDefinition, body: unknown): string | null {
  const item = request.item === undefined ? null : itemIn(definition, request, body);
  return item && findId(item, ...listOf(definition.token.id));
}

/** A shorter text is a word that may stand anywhere. In characters. */
const SHORTEST = 8;

/** A vendor may repeat the secret in a field that is shown: then nothing of the token is, beside its id. */
function withoutEcho(issued: Issued<Token>, name: string | null): Issued<Token> {
  const { item, secret } = issued;
  if (item === null || secret === null || secret.length < SHORTEST) return issued;
  // In JSON quotes and backslashes are escaped.
  if (!JSON.stringify(item).includes(JSON.stringify(secret.reveal()).slice(1, -1))) return issued;
  return { ...issued, item: { ...unknownToken(item.id), name } };
}

/** Without a secret this throws: the token is the one that was there before, and nothing new to be ended. */
export function readRotated(
  definition: Definition,
  request: RequestDefinition,
  body: unknown,
  own?: Secret,
): Issued<Token> {
  const known: Known = { others: [idIn(definition, request, body)], own };
  const secret = needSecret(body, placeOf(definition, request.secret), known);
  return withoutEcho({ item: readItem(definition, request, body), secret }, null);
}

/** One token. Its secret may be that of the very credential that asks: so a credential finds out which token it is. */
export function readShown(definition: Definition, request: RequestDefinition, body: unknown): Issued<Token> {
  const item = readItem(definition, request, body);
  const known: Known = { others: [idIn(definition, request, body)] };
  const secret =
    request.secret === undefined ? null : findSecret(body, placeOf(definition, request.secret), known);
  if (item === null) throw drift('token', body);
  return withoutEcho({ item, secret }, null);
}

/** Who a credential is. `fields` is the answer, or the row of a list. */
export function readIdentity(request: RequestDefinition, fields: Fields): Identity {
  return {
    account: text(fields, ...listOf(request.account)),
    subject: text(fields, ...listOf(request.subject)),
    scopes: scopesOf(request.scopes, fields),
    expiresAt: instant({ end: dateValue(fields, request.expires) }, 'end'),
  };
}

/** Throws `SchemaDrift` where a place that holds something in every right answer holds nothing. */
export function checkMust({ must = [], list }: RequestDefinition, body: unknown): void {
  const isThere = (found: unknown) =>
    found !== undefined && !(isFields(found) && Object.keys(found).length === 0);
  const missing = must.find((place) => !isThere(at(body, place)));
  const whole = list === undefined ? 'content' : 'list of tokens';
  if (missing !== undefined) throw drift(missing === '' ? whole : `"${missing.slice(1)}"`, body);
}
