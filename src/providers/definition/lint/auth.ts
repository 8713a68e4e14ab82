import type { SchemeDefinition } from '../account-table.ts';
import type { Definition } from '../provider-table.ts';
import { listOf } from '../several.ts';
import type { Place } from '../source.ts';
import { placeholdersOf } from '../template.ts';
import { NOT_SETTABLE } from './headers.ts';
import { type Problem, requestsOf, textsIn } from './problem.ts';

const SECRET = '<secret';

/** Where vendors take a secret in a body. Under another name the vendor could publish it (`description`). */
const BODY_NAMES: ReadonlySet<string> = new Set([
  ...['auth', 'token', 'access_token', 'api_key', 'apikey', 'key', 'password'],
  ...['client_secret', 'client_id', 'user', 'username'],
]);
/** Headers that servers write into logs, or repeat to others. */
const LOGGED = /^(?:user-agent|referer|origin|accept.*|from|via|x-request-id|x-correlation-id|if-.*|range)$/i;

/** How the secret is put on a request. */
export function findAuthProblems(definition: Definition): readonly Problem[] {
  const { auth, managing, issued, tokens, probe } = definition;
  const problems: Problem[] = [...findUnsent(definition)];
  if (!Object.hasOwn(auth, managing))
    problems.push({ place: ['managing'], says: 'names a way that is not in "auth"' });
  if (issued !== undefined && !Object.hasOwn(auth, issued))
    problems.push({ place: ['issued'], says: 'names a way that is not in "auth"' });
  for (const [verb, request] of Object.entries({ ...tokens, probe })) {
    const ways = listOf(request?.auth);
    if (ways.every((way) => Object.hasOwn(auth, way))) continue;
    const place: Place = verb === 'probe' ? ['probe', 'auth'] : ['tokens', verb, 'auth'];
    problems.push({ place, says: 'names a way that is not in "auth"' });
  }
  for (const [name, scheme] of Object.entries(auth))
    problems.push(...findSchemeProblems(scheme, ['auth', name]));
  return problems;
}

/** A secret of the body alone is not sent where there is no body. */
function findUnsent(definition: Definition): readonly Problem[] {
  const { auth, managing } = definition;
  if (!Object.hasOwn(auth, managing)) return [];
  const { headers = {}, basic, cookie } = auth[managing] ?? {};
  const isInHead = [...Object.values(headers), basic ?? '', cookie === undefined ? '' : SECRET];
  if (isInHead.some((text) => text.includes(SECRET))) return [];
  return requestsOf(definition).flatMap(({ place, request }) =>
    request.body === undefined && request.form === undefined
      ? [{ place, says: 'sends no secret: it goes into the body, and this call has none' }]
      : [],
  );
}

function findSchemeProblems(scheme: SchemeDefinition, place: Place): readonly Problem[] {
  const { headers = {}, basic, body = {}, cookie } = scheme;
  const problems: Problem[] = [];
  for (const { place: where, text } of textsIn({ headers, basic, body }, place)) {
    const odd = placeholdersOf(text).find(({ name }) => !/^secret(?:\.|$)/.test(name));
    if (odd !== undefined)
      problems.push({ place: where, says: 'fills a credential with something else than the secret' });
    if (placeholdersOf(text).some(({ form, isOptional }) => form !== undefined || isOptional))
      problems.push({ place: where, says: 'writes the secret in another form' });
  }
  for (const [header, value] of Object.entries(headers)) {
    const where = [...place, 'headers', header];
    if (NOT_SETTABLE.test(header) || /^(?:cookie|proxy-authorization)$/i.test(header))
      problems.push({ place: where, says: `sets the header "${header}", which is not its own` });
    else if (value.includes(SECRET) && LOGGED.test(header))
      problems.push({ place: where, says: `puts the secret into the header "${header}", which servers log` });
  }
  for (const [member, value] of Object.entries(body)) {
    if (value.includes(SECRET) && !BODY_NAMES.has(member))
      problems.push({
        place: [...place, 'body', member],
        says: 'puts the secret into a member of the body where it could be published',
      });
  }
  if (cookie !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(cookie))
    problems.push({ place: [...place, 'cookie'], says: 'has a cookie whose name is none' });
  const carries = [...Object.values(headers), ...Object.values(body), basic ?? ''];
  if (cookie === undefined && !carries.some((text) => text.includes(SECRET)))
    problems.push({
      place,
      says: 'sends no secret: `<secret>` stands nowhere in this way of authentication',
    });
  return problems;
}
