import { type AppError, isAppError } from '../domain/errors.ts';
import type { Token } from '../domain/token.ts';
import type { TokenTarget } from '../ports/provider.ts';
import type { Client } from './client.ts';
import { CannotBeSure } from './listing.ts';

/**
 * The token of that id, by itself where the vendor has such a call; null where the provider shows none. A server that has no call for one token answers 404 too, or
 * 405 or 501: the list decides then. Where the list shows a token that the call does not, another token of the list tells
 * whether the call exists at all, as a list may lag behind. Throws where a list that is not whole leaves it open.
 */
export async function readToken(client: Client, target: TokenTarget): Promise<Token | null> {
  const { get, list } = client.connection.provider.tokens;
  let refused: AppError | null = null;
  if (get) {
    try {
      const { item } = await client.call(get, target);
      if (item) return item;
    } catch (error) {
      if (!isAppError(error)) throw error;
      // 410 is said of a thing that was there.
      if (error.facts.status === 410) return null;
      if (!mayHaveNoCall(error)) throw error;
      refused = error;
    }
  }
  if (!list) {
    if (refused && refused.code !== 'not-found') throw refused;
    return null;
  }
  const { items, why } = await client.all(list, undefined);
  const found = items.find(({ id }) => id === target.id) ?? null;
  if (found === null && why === null) return null;
  if (refused?.code === 'not-found' && (await hasCall(client, items, target.id))) return null;
  if (found === null) throw new CannotBeSure(`no "${target.id}"`, why ?? '');
  return found;
}

function mayHaveNoCall({ code, facts: { status } }: AppError): boolean {
  return status === 405 || status === 501 || code === 'not-found';
}

/** Whether the provider shows some other token by its id. */
async function hasCall(client: Client, items: readonly Token[], except: string): Promise<boolean> {
  const { get } = client.connection.provider.tokens;
  const other = items.find(({ id }) => id !== except);
  if (!get || !other) return false;
  try {
    await client.call(get, { id: other.id, name: other.name });
    return true;
  } catch (error) {
    if (isAppError(error) && mayHaveNoCall(error)) return false;
    throw error;
  }
}
