import { AppError, isAppError } from '../../domain/errors.ts';
import { toInstant } from '../../domain/time.ts';
import type { ProjectKey, Token, TokenStatus } from '../../domain/token.ts';
import type { KeyTarget, TokenTarget } from '../../ports/provider.ts';
import { insteadOf } from '../capabilities.ts';
import type { Client } from '../client.ts';
import { readToken } from '../one-token.ts';

/** What was asked of the provider, and the token as its answer shows it. Whether it took effect is another question. */
export interface Asked {
  readonly verb: 'revoke' | 'disable';
  readonly answered: Token | null;
}

/**
 * Asks the provider to end a token as far as it can: to revoke, delete, or, where there is nothing else, disable it. One
 * that is gone or ended already is fine, so it may be called again after a crash.
 */
export async function askToEnd(client: Client, target: TokenTarget): Promise<Asked> {
  const { provider } = client.connection;
  const { revoke, remove, disable } = provider.tokens;
  const end = revoke ?? remove;
  if (end) {
    await tolerate(client, target, () => client.call(end, target));
    return { verb: 'revoke', answered: null };
  }
  if (disable) {
    const answered = await tolerate(client, target, () => client.call(disable, target));
    return { verb: 'disable', answered };
  }
  throw new AppError({
    code: 'unsupported',
    message: `${provider.title} cannot end a token`,
    hint: insteadOf(client.connection, 'tokens revoke'),
  });
}

/** Asks to pause a token where the provider can resume it; null where it cannot. */
export async function askToPause(client: Client, target: TokenTarget): Promise<Asked | null> {
  const { disable, enable } = client.connection.provider.tokens;
  if (!disable || !enable) return null;
  const answered = await tolerate(client, target, () => client.call(disable, target));
  return { verb: 'disable', answered };
}

/** A key has no end but its expiry. */
export async function askToEndKey(client: Client, key: KeyTarget, now: number): Promise<ProjectKey | null> {
  const { keys } = client.connection.provider;
  return keys ? client.call(keys.expire, { ...key, expiresAt: toInstant(now) }) : null;
}

/** What the provider says of a token now; null when it is gone, or when the provider cannot tell. */
async function statusNow(client: Client, target: TokenTarget): Promise<TokenStatus | null> {
  return (await readToken(client, target))?.status ?? null;
}

async function tolerate<T>(client: Client, target: TokenTarget, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error, 'not-found')) return null;
    // Ending twice is a conflict at some vendors; the state decides, not the answer.
    if (isAppError(error, 'conflict') && (await statusNow(client, target)) !== 'active') return null;
    throw error;
  }
}
