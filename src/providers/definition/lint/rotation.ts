import type { Json } from '../../../domain/json.ts';
import type { Definition } from '../provider-table.ts';
import { placeholdersOf } from '../template.ts';
import { type Problem, requestsOf } from './problem.ts';

/** What the parts of a definition need of each other, so that a rotation neither loses a token nor changes its rights. */
export function findRotationProblems(definition: Definition): readonly Problem[] {
  return [
    ...findCallProblems(definition),
    ...findMarkProblems(definition),
    ...findLostRights(definition),
    ...findUnusedNames(definition),
  ];
}

function findCallProblems(definition: Definition): readonly Problem[] {
  const { tokens, rotation, token } = definition;
  const { way, ends, handle, secretShown } = rotation;
  const needs: readonly (readonly [boolean, string])[] = [
    [tokens.create !== undefined, 'cannot make tokens: "tokens.create" is missing'],
    [tokens.list !== undefined, 'cannot find a token after a lost answer: "tokens.list" is missing'],
    [
      way !== 'in-place' || tokens.rotate?.secret !== undefined,
      'rotates in place without "tokens.rotate" that names a secret',
    ],
    [way === 'in-place' || tokens.rotate === undefined, 'has "tokens.rotate", and rotates in another way'],
    [
      ends !== 'delete' || tokens.delete !== undefined,
      'ends tokens by deleting them, without "tokens.delete"',
    ],
    [
      ends !== 'revoke-then-delete' || (tokens.revoke !== undefined && tokens.delete !== undefined),
      'revokes and then deletes, without both calls',
    ],
    [
      ends !== 'disable-only' || tokens.disable !== undefined,
      'ends tokens by disabling them, without "tokens.disable"',
    ],
    [handle === 'id' || token.name !== undefined, 'addresses tokens by a name, and does not say where it is'],
    [
      tokens.create?.secret !== undefined || (secretShown === 'again' && tokens.get?.secret !== undefined),
      'does not say where a new secret is',
    ],
    [
      secretShown === 'once' || tokens.get?.secret !== undefined,
      'shows a secret again without a "tokens.get" that names it',
    ],
    [
      tokens.create?.item === undefined || tokens.create.id === undefined,
      'says in two ways where a new token is: "item" and "id"',
    ],
  ];
  const problems: Problem[] = needs.flatMap(([isMet, says]) =>
    isMet ? [] : [{ place: ['rotation'], says }],
  );
  for (const { place, role, request } of requestsOf(definition)) {
    const isList = role === 'list';
    if (isList && request.list === undefined)
      problems.push({ place, says: 'does not say where the rows of its list are' });
    if (role === 'get' && request.item === undefined)
      problems.push({ place, says: 'does not say where the token is' });
    if (!isList && request.pages !== undefined) problems.push({ place, says: 'has pages, and is no list' });
    const { pages } = request;
    if (pages?.by === 'offset' && definition.token.only !== undefined)
      problems.push({
        place: [...place, 'pages'],
        says: 'counts rows by an offset, and leaves some out with "only"',
      });
    if (pages !== undefined && pages.by !== 'any' && pages.param === undefined)
      problems.push({ place: [...place, 'pages'], says: 'does not say which parameter asks for a page' });
  }
  return problems;
}

function findMarkProblems({ rotation, tokens, token }: Definition): readonly Problem[] {
  const { mark = [], way, names, replay } = rotation;
  const bad = (says: string): Problem => ({ place: ['rotation', 'mark'], says });
  if (way !== 'in-place' && mark.length === 0)
    return [bad('cannot recognise a new token after a lost answer: "rotation.mark" is missing')];
  const sent = new Set(placeholdersOf(tokens.create as unknown as Json).map(({ name }) => name));
  const needs: readonly (readonly [string, boolean, string])[] = [
    ['name', sent.has('name') && token.name !== undefined, 'marks the name, which is not sent or not listed'],
    ['name', names !== 'none', 'marks the name, and has no names'],
    ['idempotency-key', sent.has('idempotency-key'), 'marks the idempotency key, which is not sent'],
    [
      'expiry-seconds',
      sent.has('expires') && token.expires !== undefined,
      'marks the end, which is not sent or not listed',
    ],
  ];
  const unmet = needs.filter(([name, isMet]) => mark.some((one) => one === name) && !isMet);
  const problems = unmet.map(([, , says]) => bad(says));
  if (replay === 'returns-secret' && !mark.includes('idempotency-key'))
    problems.push(bad('says that a repeated create returns the secret, and sends no idempotency key'));
  return problems;
}

/** A rotation makes a token like the old one, from what the list tells of it. */
function findLostRights({ options = {}, scopes, token, tokens, rotation }: Definition): readonly Problem[] {
  if (rotation.way === 'in-place') return [];
  const sent = new Set(placeholdersOf(tokens.create as unknown as Json).map(({ name }) => name));
  const lost = Object.entries(options).filter(
    ([name, { told }]) => told === undefined && sent.has(`option.${name}`),
  );
  const problems: Problem[] = lost.map(([name]) => ({
    place: ['options', name],
    says: `would lose "${name}" in a rotation: say with "told" where a listed token tells it`,
  }));
  const hasScopes = sent.has('scopes') && scopes?.words !== 'none';
  if (hasScopes && token.scopes === undefined)
    problems.push({
      place: ['token'],
      says: 'would lose the scopes in a rotation: "token.scopes" is missing',
    });
  return problems;
}

/** What is asked for has to be sent, and what is sent has to be asked for. */
function findUnusedNames(definition: Definition): readonly Problem[] {
  const { settings = {}, options = {}, scopes, tokens } = definition;
  const { origin, base, headers, probe } = definition;
  const used = new Set(
    placeholdersOf({ origin, base, headers, tokens, probe } as unknown as Json).map(({ name }) => name),
  );
  const unused = [
    ...Object.keys(settings).map((name) => ['settings', name] as const),
    ...Object.keys(options).map((name) => ['options', name] as const),
  ].filter(([kind, name]) => !used.has(`${kind === 'settings' ? 'setting' : 'option'}.${name}`));
  const problems: Problem[] = unused.map(([kind, name]) => ({
    place: [kind, name],
    says: `asks for "${name}" and sends it nowhere`,
  }));
  if (used.has('scopes') && (scopes === undefined || scopes.words === 'none'))
    problems.push({
      place: ['tokens', 'create'],
      says: 'sends scopes, and "scopes" does not say that there are any',
    });
  if (scopes !== undefined && scopes.words !== 'none' && !used.has('scopes'))
    problems.push({ place: ['scopes'], says: 'asks for scopes and sends them nowhere' });
  for (const [name, { with: needed = {} }] of Object.entries(options)) {
    const odd = Object.keys(needed).find((other) => !Object.hasOwn(options, other));
    if (odd !== undefined)
      problems.push({ place: ['options', name, 'with'], says: `depends on an option that is not there` });
  }
  return problems;
}
