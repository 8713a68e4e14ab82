import { AppError, usage } from '../domain/errors.ts';
import { checkLocalName } from '../domain/name.ts';
import { type ListedToken, statusAt } from '../domain/token.ts';
import { audited } from './audited.ts';
import { requireSupport, unsupported } from './capabilities.ts';
import type { ChangeDeps } from './change-tokens.ts';
import { confirmName, unconfirmedName } from './confirm-name.ts';
import { connectedAccount } from './connected-account.ts';
import { CannotBeSure } from './listing.ts';
import { allTokens } from './tokens.ts';
import { whereOf } from './where.ts';

export interface RenamePlan {
  readonly what: string;
  readonly call?: string;
  /** Throws `failure` where the provider says yes and shows another name. */
  apply(): Promise<Renamed>;
}

export interface Renamed {
  /** As the provider shows it afterwards; the name is null where nothing but the 2xx of the answer speaks for it. */
  readonly token: ListedToken;
  /** What a person should know: `renamed "a" (id 1) to "b" at …`, or that it could not be confirmed. */
  readonly notes: readonly string[];
}

/** Gives a token another name: at the vendor where it has names, in keyturn's own list of aliases where it has none. */
export async function renameToken(
  deps: ChangeDeps,
  token: ListedToken,
  newName: string,
): Promise<RenamePlan> {
  const { provider } = deps.client.connection;
  requireSupport(deps.client.connection, 'tokens rename');
  if (newName.trim() === '' || newName.length > 256)
    throw usage('the new name is empty or too long', 'give 1 to 256 characters');
  return provider.tokens.rename ? renameAtProvider(deps, token, newName) : renameHere(deps, token, newName);
}

async function renameHere(deps: ChangeDeps, token: ListedToken, newName: string): Promise<RenamePlan> {
  const { connection } = deps.client;
  const { provider } = connection;
  const name = checkLocalName(newName, 'credential');
  await refuseTakenAlias(deps, token, name);
  return {
    what: `call id ${token.id} "${name}" in keyturn’s own list; ${provider.title} has no names`,
    apply: async () => {
      await audited(deps, {
        action: 'rename',
        id: token.id,
        place: 'here',
        work: () => deps.profiles.saveAlias({ ...connectedAccount(connection), id: token.id, name }),
      });
      const done = `named id ${token.id} "${name}" in keyturn’s own list, at ${whereOf(connection)}`;
      return { token: { ...token, name }, notes: [done] };
    },
  };
}

function renameAtProvider(deps: ChangeDeps, token: ListedToken, newName: string): RenamePlan {
  const { rename } = deps.client.connection.provider.tokens;
  if (!rename) throw unsupported(deps.client.connection, 'tokens rename');
  const renaming = { target: { id: token.id, name: token.name }, newName: newName.trim() };
  const request = { ...renaming.target, newName: renaming.newName };
  const described = `"${token.name ?? token.id}" (id ${token.id}) to "${renaming.newName}"`;
  return {
    what: `rename ${described}`,
    call: deps.client.describe(rename, request),
    apply: async () => {
      const sight = await audited(deps, {
        action: 'rename',
        id: token.id,
        work: async () => {
          const answer = await deps.client.call(rename, request);
          return confirmName(deps, { ...renaming, answered: answer?.id === token.id ? answer : null });
        },
        outcome: ({ kind }) => (kind === 'unknown' ? 'unknown' : 'ok'),
      });
      if (sight.kind === 'unknown')
        return {
          token: { ...token, name: null },
          notes: [unconfirmedName(deps.client, renaming, sight.why)],
        };
      const { token: seen, spelling } = sight;
      const status = statusAt(seen.status, seen.expiresAt, deps.clock.now());
      return {
        token: { ...token, ...seen, status },
        notes: [
          `renamed ${described} at ${whereOf(deps.client.connection)}`,
          ...(spelling ? [spelling.text] : []),
        ],
      };
    },
  };
}

async function refuseTakenAlias(deps: ChangeDeps, token: ListedToken, name: string): Promise<void> {
  const { items, why } = await allTokens(deps);
  const taken = items.find((other) => other.name === name && other.id !== token.id);
  if (!taken && why !== null) throw new CannotBeSure(`no other token is called "${name}"`, why);
  if (!taken) return;
  throw new AppError({
    code: 'conflict',
    message: `the name "${name}" is taken by id ${taken.id}`,
    hint: 'choose another name',
  });
}
