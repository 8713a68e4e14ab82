import { AppError, usage } from '../domain/errors.ts';
import { checkLocalName } from '../domain/name.ts';
import type { ListedToken } from '../domain/token.ts';
import { audited } from './audited.ts';
import { requireSupport } from './capabilities.ts';
import type { ChangeDeps } from './change-tokens.ts';
import { CannotBeSure } from './listing.ts';
import { placeOf } from './place-of.ts';
import { allTokens } from './tokens.ts';

export interface RenamePlan {
  readonly what: string;
  /** The same when it was done: `renamed "a" (id 1) to "b"`. */
  readonly done: string;
  readonly call?: string;
  apply(): Promise<ListedToken>;
}

/** Gives a token another name: at the vendor where it has names, in keyturn's own list of aliases where it has none. */
export async function renameToken(
  deps: ChangeDeps,
  token: ListedToken,
  newName: string,
): Promise<RenamePlan> {
  const { provider } = deps.client.connection;
  requireSupport(provider, 'tokens rename');
  if (newName.trim() === '' || newName.length > 256)
    throw usage('the new name is empty or too long', 'give 1 to 256 characters');
  const renamed = { ...token, name: newName };
  if (!provider.tokens.rename) {
    const name = checkLocalName(newName, 'credential');
    await refuseTakenAlias(deps, token, name);
    return {
      what: `call id ${token.id} "${name}" in keyturn’s own list; ${provider.title} has no names`,
      done: `named id ${token.id} "${name}" in keyturn’s own list,`,
      apply: async () => {
        await audited(deps, {
          action: 'rename',
          id: token.id,
          place: 'here',
          work: () => deps.profiles.saveAlias({ ...placeOf(deps.client.connection), id: token.id, name }),
        });
        return renamed;
      },
    };
  }
  const rename = provider.tokens.rename;
  const target = { id: token.id, name: token.name, newName };
  return {
    what: `rename "${token.name ?? token.id}" (id ${token.id}) to "${newName}"`,
    done: `renamed "${token.name ?? token.id}" (id ${token.id}) to "${newName}"`,
    call: deps.client.describe(rename, target),
    apply: async () => {
      const answer = await audited(deps, {
        action: 'rename',
        id: token.id,
        work: () => deps.client.call(rename, target),
      });
      return answer === null ? renamed : { ...renamed, ...answer, inUse: token.inUse };
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
