import { AppError, isAppError } from '../../domain/errors.ts';
import { toInstant } from '../../domain/time.ts';
import type { Token, TokenStatus } from '../../domain/token.ts';
import type { KeyTarget, TokenTarget } from '../../ports/provider.ts';
import type { Client } from '../client.ts';
import { CannotBeSure } from '../listing.ts';

/**
 * Ends a token as far as the provider can: revokes, deletes, or, where there is nothing else, disables it. One that is
 * gone or ended already is done, so it may be called again after a crash.
 */
export async function endToken(client: Client, target: TokenTarget): Promise<'revoke' | 'disable'> {
  const { provider } = client.connection;
  const { revoke, remove, disable } = provider.tokens;
  const end = revoke ?? remove;
  if (end) {
    await tolerate(client, target, () => client.call(end, target));
    return 'revoke';
  }
  if (disable) {
    await tolerate(client, target, () => client.call(disable, target));
    return 'disable';
  }
  throw new AppError({
    code: 'unsupported',
    message: `${provider.title} cannot end a token`,
    hint: provider.instead['tokens revoke'],
  });
}

/** A key has no end but its expiry. */
export async function endKey(client: Client, key: KeyTarget, now: number): Promise<void> {
  const { keys } = client.connection.provider;
  if (keys) await client.call(keys.expire, { ...key, expiresAt: toInstant(now) });
}

/** The way back of {@link endToken}'s first half: pauses a token where the provider can resume it; false where not. */
export async function pauseToken(client: Client, target: TokenTarget): Promise<boolean> {
  const { disable, enable } = client.connection.provider.tokens;
  if (!disable || !enable) return false;
  await tolerate(client, target, () => client.call(disable, target));
  return true;
}

/** What the provider says of a token now; null when it is gone, or when the provider cannot tell. */
async function statusNow(client: Client, target: TokenTarget): Promise<TokenStatus | null> {
  return (await tokenNow(client, target))?.status ?? null;
}

/** The token with exactly this id, as the managing credential sees it; null where it sees none. Throws where a list is cut. */
export async function tokenNow(client: Client, target: TokenTarget): Promise<Token | null> {
  const { get, list } = client.connection.provider.tokens;
  if (get) {
    try {
      return (await client.call(get, target)).item;
    } catch (error) {
      if (isAppError(error, 'not-found')) return null;
      throw error;
    }
  }
  if (!list) return null;
  const { items, why } = await client.all(list, undefined);
  const found = items.find((token) => token.id === target.id) ?? null;
  if (found === null && why !== null) throw new CannotBeSure(`no token "${target.id}"`, why);
  return found;
}

async function tolerate(client: Client, target: TokenTarget, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAppError(error, 'not-found')) return;
    // Ending twice is a conflict at some vendors; the state decides, not the answer.
    if (isAppError(error, 'conflict') && (await statusNow(client, target)) !== 'active') return;
    throw error;
  }
}
