import type { Definition } from '../provider-table.ts';
import type { Place } from '../source.ts';
import { type Problem, requestsOf } from './problem.ts';

/** What the language has and this keyturn cannot do yet: a definition that needs it would lose secrets, so it is refused. */
export function findPending(definition: Definition): readonly Problem[] {
  const { origin, rotation, credential, token, scopes, errors } = definition;
  const waiting: readonly (readonly [boolean, Place, string])[] = [
    [origin === 'ask', ['origin'], 'asks for the address of a server of one’s own'],
    [definition.signIn !== undefined, ['signIn'], 'exchanges the credential for a session'],
    [definition.issued !== undefined, ['issued'], 'sends a new secret in another way than the stored one'],
    [definition.kinds !== undefined, ['kinds'], 'has several kinds of tokens'],
    [definition.limits !== undefined, ['limits'], 'has a limit of tokens'],
    [definition.tokens.reveal !== undefined, ['tokens', 'reveal'], 'has a secret that a second call reveals'],
    [rotation.way === 'replace', ['rotation', 'way'], 'has a rotation that gives a token another id'],
    [rotation.way === 'singleton', ['rotation', 'way'], 'has one token alone'],
    [rotation.grace !== undefined, ['rotation', 'grace'], 'has a grace period of the vendor’s own'],
    [rotation.nameLength !== undefined, ['rotation', 'nameLength'], 'has a limit for the length of names'],
    [credential.parts !== undefined, ['credential', 'parts'], 'has a credential of several parts'],
    [token.ids === 'reused', ['token', 'ids'], 'has ids that are given again'],
    [
      (scopes?.granted ?? 'exact') !== 'exact',
      ['scopes', 'granted'],
      'has scopes that are granted otherwise',
    ],
    [errors?.unclear !== undefined, ['errors', 'unclear'], 'has refusals whose meaning needs a look'],
    ...requestsOf(definition).flatMap(({ place, request }) => [
      [Array.isArray(request.secret), [...place, 'secret'], 'has a secret of several parts'] as const,
      [request.partial === true, [...place, 'partial'], 'has a list that lacks attributes'] as const,
    ]),
    ...(token.status ?? []).map(
      ({ past }, index) =>
        [past !== undefined, ['token', 'status', index], 'has a status that depends on the time'] as const,
    ),
    ...Object.entries(definition.auth).map(
      ([name, scheme]) =>
        [
          /<secret\./.test(JSON.stringify(scheme)),
          ['auth', name],
          'has a credential of several parts',
        ] as const,
    ),
  ];
  return waiting.flatMap(([is, place, what]) =>
    is ? [{ place, says: `${what}, which keyturn cannot handle yet` }] : [],
  );
}
