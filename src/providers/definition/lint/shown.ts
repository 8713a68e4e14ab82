import { lastPart } from '../../pointer.ts';
import type { Definition } from '../provider-table.ts';
import type { SecretDefinition } from '../request-table.ts';
import { isSeveral, listOf } from '../several.ts';
import { type Problem, requestsOf, textsIn } from './problem.ts';

/** An id, a name, an option or a message must not be taken from the place of a secret: all of these are shown. */
export function findShownSecrets(definition: Definition): readonly Problem[] {
  const requests = requestsOf(definition);
  const secrets = requests.flatMap(({ request }) => secretsOf(request.secret));
  const names = new Set(
    secrets.map(lastPart).concat(requests.flatMap(({ request }) => likelyOf(request.secret))),
  );
  const items = ['', ...requests.flatMap(({ request }) => listOf(request.item))];
  const problems: Problem[] = [];
  for (const { place, text } of shownPlaces(definition)) {
    const isSecret = names.has(lastPart(text));
    const around = items.some((item) => secrets.some((secret) => `${secret}/`.startsWith(`${item}${text}/`)));
    if (isSecret || around) problems.push({ place, says: 'shows what stands in the place of a secret' });
  }
  return problems;
}

/** The places whose values are shown, kept in clear or sent in an address. */
function* shownPlaces(definition: Definition) {
  const { token, errors, options } = definition;
  const { id, name, scopes, by, show } = token;
  yield* textsIn({ id, name, scopes, by, show }, ['token']);
  for (const each of ['created', 'expires', 'used'] as const) {
    const date = token[each];
    yield* textsIn(isPlaced(date) ? date.at : date, ['token', each]);
  }
  for (const [option, { told }] of Object.entries(options ?? {}))
    yield* textsIn(told, ['options', option, 'told']);
  yield* textsIn({ message: errors?.message, code: errors?.code }, ['errors']);
  for (const { place, request } of requestsOf(definition)) {
    const { account, subject, scopes: granted, pages } = request;
    yield* textsIn({ account, subject, scopes: granted, id: request.id }, place);
    yield* textsIn({ next: pages?.next, last: pages?.last }, [...place, 'pages']);
  }
}

function isPlaced(value: unknown): value is { readonly at: string } {
  return typeof value === 'object' && value !== null && 'at' in value;
}

/** Of a secret of several parts the first is an id, and public. */
function secretsOf(secret: SecretDefinition | undefined): readonly string[] {
  if (secret === undefined) return [];
  if (typeof secret === 'string') return [secret];
  if (isSeveral(secret)) return secret.slice(-1);
  return secret.either ?? [];
}

function likelyOf(secret: SecretDefinition | undefined): readonly string[] {
  return typeof secret === 'object' && !isSeveral(secret) ? (secret.likely ?? []) : [];
}
