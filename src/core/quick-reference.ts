import type { Credential } from '../domain/credential.ts';
import { isAppError } from '../domain/errors.ts';
import { withoutMark } from '../domain/marked-name.ts';
import type { Reference } from '../domain/reference.ts';
import { isSameToken } from '../domain/same-token.ts';
import type { ListedToken } from '../domain/token.ts';
import { connectedAccount } from './connected-account.ts';
import { readToken } from './one-token.ts';
import { completer, type ReferenceDeps } from './tokens.ts';

/**
 * The active token that can be meant alone, found without the whole list; null where only the whole list tells. Where a
 * provider's tokens have no names, a name is kept here and leads to an id. Where names are unique, the newest tokens are looked
 * through until one carries the name, or is the saved one that a rotation named after it.
 */
export async function findQuickly(
  deps: ReferenceDeps,
  reference: Reference,
  saved: Credential | null,
): Promise<ListedToken | null> {
  const { facts, tokens } = deps.client.connection.provider;
  const complete = await completer(deps);
  if (facts.names === 'none') {
    const id = await localId(deps, reference, saved);
    const found = id !== null && tokens.get ? await orNull(readToken(deps.client, { id, name: null })) : null;
    const token = found && complete(found);
    const isOther = token !== null && saved !== null && !isSameToken(saved.current, token);
    return token && token.status === 'active' && !isOther ? token : null;
  }
  if (facts.names !== 'unique' || !tokens.list?.newestFirst) return null;
  for await (const page of deps.client.pages(tokens.list, undefined, { newestFirst: true })) {
    const token = page.map(complete).find((each) => isMeantAlone(reference, saved, each));
    if (token) return token;
  }
  return null;
}

/** The one id that the name stands for on this machine; null for none and several, and for what may be an id itself. */
async function localId(
  { client, profiles }: ReferenceDeps,
  { by, value }: Reference,
  saved: Credential | null,
): Promise<string | null> {
  if (by !== 'either' || /^[0-9a-f-]{16,}$|^[0-9a-z]{20,}$|^\d+$/i.test(value)) return null;
  const aliases = await profiles.aliases(connectedAccount(client.connection));
  const ids = new Set(aliases.flatMap(({ name, id }) => (name === value ? [id] : [])));
  const savedId = saved?.current.id ?? null;
  if (savedId !== null) ids.add(savedId);
  const [id, another] = ids;
  return another === undefined ? (id ?? null) : null;
}

function isMeantAlone(reference: Reference, saved: Credential | null, token: ListedToken): boolean {
  if (token.status !== 'active') return false;
  const isSaved = saved !== null && isSameToken(saved.current, token);
  if (token.name === reference.value) return saved === null || isSaved;
  return isSaved && withoutMark(token.name ?? '') === reference.value;
}

async function orNull<T>(work: Promise<T | null>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
