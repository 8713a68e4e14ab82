import type { Inactive } from '../domain/credential.ts';
import { isAppError } from '../domain/errors.ts';
import { toInstant } from '../domain/time.ts';
import type { ListedToken } from '../domain/token.ts';
import type { CredentialStore } from '../ports/store.ts';
import { markSaved } from './saved-credentials.ts';
import type { TokenDeps } from './tokens.ts';

type Store = Pick<CredentialStore, 'list' | 'mark'>;

/**
 * The tokens as they come; after the last one, saved credentials whose token was seen ended, disabled or enabled again
 * are marked so. A store that cannot be written is no failure of a listing.
 */
export async function* learnStates(
  { client, clock }: TokenDeps,
  store: () => Promise<Store>,
  pages: AsyncIterable<readonly ListedToken[]>,
): AsyncGenerator<readonly ListedToken[]> {
  const seen: (Pick<ListedToken, 'id' | 'createdAt'> & { readonly inactive: Inactive | null })[] = [];
  for await (const page of pages) {
    for (const { id, createdAt, status } of page)
      seen.push({ id, createdAt, inactive: inactiveBy(status, clock.now()) });
    yield page;
  }
  try {
    await markSaved(await store(), client.connection, seen);
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}

function inactiveBy(status: ListedToken['status'], now: number): Inactive | null {
  if (status === 'revoked') return { state: 'ended', at: toInstant(now) };
  return status === 'disabled' ? { state: 'disabled', at: toInstant(now) } : null;
}
