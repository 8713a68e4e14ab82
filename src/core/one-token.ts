import { type AppError, isAppError } from '../domain/errors.ts';
import type { Token } from '../domain/token.ts';
import type { TokenTarget } from '../ports/provider.ts';
import type { Client } from './client.ts';
import { CannotBeSure } from './listing.ts';

/**
 * The token of that id, by itself where the vendor has such a call; null where the provider shows none. A server that has no
 * call for one token answers 404 too, or 405 or 501: the list decides then, unless the call has been answered before. Where
 * the list shows a token that the call does not, another token of the list tells whether the call exists at all, as a list
 * may lag behind. Throws where a list that is not whole leaves it open.
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
      if (error.code === 'not-found' && client.hasAnswered(get)) return null;
      refused = error;
    }
  }
  if (!list) {
    if (refused && refused.code !== 'not-found') throw refused;
    return null;
  }
  return findInList(client, target, refused);
}

/** The token of that id in the list, which is read until it comes; null where it does not, which proves no absence. */
export async function findListed(client: Client, id: string): Promise<Token | null> {
  const { list } = client.connection.provider.tokens;
  if (!list) return null;
  for await (const page of client.pages(list, undefined, { newestFirst: true })) {
    const found = page.find((token) => token.id === id);
    if (found) return found;
  }
  return null;
}

/** Reads the list, newest first where that can be asked for, until the token comes. */
async function findInList(
  client: Client,
  target: TokenTarget,
  refused: AppError | null,
): Promise<Token | null> {
  const { list } = client.connection.provider.tokens;
  if (!list) return null;
  const listing = client.pages(list, undefined, { newestFirst: true });
  let found: Token | null = null;
  let other: Token | null = null;
  for await (const page of listing) {
    found ??= page.find(({ id }) => id === target.id) ?? null;
    other ??= page.find(({ id }) => id !== target.id) ?? null;
    if (found && (other || refused === null)) break;
  }
  if (found === null && listing.why === null) return null;
  if (refused?.code === 'not-found' && (await hasCall(client, other))) return null;
  if (found === null) throw new CannotBeSure(`no "${target.id}"`, listing.why ?? '');
  return found;
}

function mayHaveNoCall({ code, facts: { status } }: AppError): boolean {
  return status === 405 || status === 501 || code === 'not-found';
}

/** Whether the provider shows some other token by its id. */
async function hasCall(client: Client, other: Token | null): Promise<boolean> {
  const { get } = client.connection.provider.tokens;
  if (!get || !other) return false;
  try {
    await client.call(get, { id: other.id, name: other.name });
    return true;
  } catch (error) {
    if (isAppError(error) && mayHaveNoCall(error)) return false;
    throw error;
  }
}
