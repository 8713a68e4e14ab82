import { isObject, type Json } from '../../../domain/json.ts';
import type { Definition } from '../provider-table.ts';
import type { RequestDefinition } from '../request-table.ts';
import { partsOfTemplate, placeholdersOf } from '../template.ts';
import { NOT_SETTABLE, OF_CREDENTIAL } from './headers.ts';
import { isReadRole, type PlacedRequest, type Problem, requestsOf, textsIn } from './problem.ts';

const FILLED: Readonly<Record<string, readonly string[]>> = {
  create: ['name', 'scopes', 'expires', 'idempotency-key'],
  rename: ['token.id', 'token.name', 'new-name'],
};
const OF_TARGET: readonly string[] = ['token.id', 'token.name'];
const WITHOUT_TARGET: ReadonlySet<string> = new Set(['create', 'list', 'probe', 'prove']);
/** Words of a path or a query that change something, whatever the method is. */
const CHANGES =
  /(?:^|[/_.=-])(?:delete|revoke|remove|destroy|logout|signout|rotate|regenerate|reset|disable|purge|create)(?:$|[/_.-])/i;

/** What is sent, where, and with what in it. */
export function findRequestProblems(definition: Definition): readonly Problem[] {
  const requests = requestsOf(definition);
  const headers = findHeaderProblems(definition.headers, ['headers']);
  const base = [...(definition.base === undefined ? [] : findPathProblems(definition.base, ['base']))];
  const constants = [
    ...textsIn(definition.headers, ['headers']),
    ...textsIn(definition.base, ['base']),
  ].flatMap(({ place, text }) =>
    placeholdersOf(text).some(({ name }) => !isSetting(definition, name))
      ? [{ place, says: 'has a placeholder that is not filled here; only settings are' }]
      : [],
  );
  return [
    ...base,
    ...headers,
    ...constants,
    ...requests.flatMap((one) => findProblems(definition, one, requests)),
  ];
}

function findProblems(
  definition: Definition,
  placed: PlacedRequest,
  all: readonly PlacedRequest[],
): readonly Problem[] {
  const { place, role, request } = placed;
  const [method = '', path = ''] = request.call.split(' ');
  const bad = (says: string): Problem => ({ place: [...place, 'call'], says });
  return [
    ...findPathProblems(path, [...place, 'call']),
    ...findHeaderProblems(request.headers, [...place, 'headers']),
    ...findPlaceholderProblems(definition, placed),
    ...(request.body !== undefined && request.form !== undefined ? [bad('has a body and a form')] : []),
    ...(request.body !== undefined && !isObject(request.body) ? [bad('has a body that is no object')] : []),
    ...(method === 'GET' && (request.body !== undefined || request.form !== undefined)
      ? [bad('sends a body with a GET')]
      : []),
    ...(hasOverride(request) ? [bad('overrides the method of the request')] : []),
    ...(isReadRole(role) ? findReadProblems(placed, all) : findChangeProblems(placed)),
  ];
}

function findPathProblems(path: string, place: Problem['place']): readonly Problem[] {
  const bad = (says: string): readonly Problem[] => [{ place, says }];
  if (partsOfTemplate(path).some((part) => typeof part !== 'string' && part.isOptional))
    return bad('has an optional placeholder in a path');
  const bare = partsOfTemplate(path)
    .map((part) => (typeof part === 'string' ? part : 'x'))
    .join('');
  if (!bare.startsWith('/') || bare.includes('//')) return bad('has a path that could name another host');
  if (/[?#%\\;:@<>\s]/.test(bare)) return bad('has a character in a path that does not belong there');
  if (bare.split('/').some((part) => part === '.' || part === '..'))
    return bad('has a path with "." or ".."');
  return [];
}

function findHeaderProblems(
  headers: Readonly<Record<string, string>> | undefined,
  place: Problem['place'],
): readonly Problem[] {
  return Object.keys(headers ?? {})
    .filter((name) => NOT_SETTABLE.test(name) || OF_CREDENTIAL.test(name))
    .map((name) => ({ place: [...place, name], says: `sets the header "${name}", which is not its own` }));
}

function findPlaceholderProblems(
  definition: Definition,
  { place, role, request }: PlacedRequest,
): readonly Problem[] {
  const { call, query, headers, body, form } = request;
  const known = FILLED[role] ?? (role === 'list' || role === 'probe' ? [] : OF_TARGET);
  const problems: Problem[] = [];
  for (const { place: where, text } of textsIn({ call, query, headers, body, form }, place)) {
    for (const { name } of placeholdersOf(text)) {
      if (/^secret(?:\.|$)/.test(name))
        problems.push({ place: where, says: 'uses `<secret>`, which stands in "auth" alone' });
      else if (
        !known.includes(name) &&
        !isSetting(definition, name) &&
        !(role === 'create' && isOption(definition, name))
      )
        problems.push({ place: where, says: `has the placeholder <${name}>, which nothing fills here` });
    }
  }
  const named = placeholdersOf({ call, query, headers, body, form } as Json).some(({ name }) =>
    OF_TARGET.includes(name),
  );
  if (!WITHOUT_TARGET.has(role) && !named)
    problems.push({
      place,
      says: 'names no token in a call that is about one: `<token.id>` or `<token.name>`',
    });
  return problems;
}

function isSetting({ settings = {} }: Definition, placeholder: string): boolean {
  return placeholder.startsWith('setting.') && Object.hasOwn(settings, placeholder.slice('setting.'.length));
}

function isOption({ options = {} }: Definition, placeholder: string): boolean {
  return placeholder.startsWith('option.') && Object.hasOwn(options, placeholder.slice('option.'.length));
}

function hasOverride({ query, body, form }: RequestDefinition): boolean {
  const names = [query, form, isObject(body) ? body : {}].flatMap((members) => Object.keys(members ?? {}));
  return names.some(
    (name) => /^_?(?:http_?)?method(?:_override)?$/i.test(name) && name.toLowerCase() !== 'method',
  );
}

/** A GET; or a call of an RPC whose own method word reads, at the one path that every call of the definition has. */
function findReadProblems(
  { place, request }: PlacedRequest,
  all: readonly PlacedRequest[],
): readonly Problem[] {
  const { call, body, query } = request;
  const bad: readonly Problem[] = [
    { place: [...place, 'call'], says: 'changes something where it should only look' },
  ];
  const constants = [call.slice(call.indexOf(' ')), ...Object.entries(query ?? {}).flat()].join('\n');
  if (call.startsWith('GET ')) return constants.split('\n').some((text) => CHANGES.test(text)) ? bad : [];
  const isRpc = call.startsWith('POST ') && all.every((other) => other.request.call === call);
  if (!isRpc || !isObject(body)) return bad;
  const { method, query: document } = body;
  if (typeof method === 'string') return /\.(?:get|list|search|info|check\w*)$/.test(method) ? [] : bad;
  if (typeof document !== 'string') return bad;
  return /^\s*(?:query\b|\{)/.test(document) && !/\b(?:mutation|subscription)\b/.test(document) ? [] : bad;
}

function findChangeProblems({ place, role, request }: PlacedRequest): readonly Problem[] {
  const { call, repeatable } = request;
  const problems: Problem[] = [];
  if (call.startsWith('GET ') && role !== 'reveal')
    problems.push({ place: [...place, 'call'], says: 'changes something with a GET' });
  if (role === 'create' && call.startsWith('DELETE '))
    problems.push({ place: [...place, 'call'], says: 'makes a token with a DELETE' });
  if ((role === 'create' || role === 'rotate') && repeatable)
    problems.push({ place: [...place, 'repeatable'], says: 'lets a call be repeated that makes a secret' });
  return problems;
}
