import { isAppError } from '../domain/errors.ts';
import { matchAccount } from '../domain/saved-token.ts';
import type { ListedToken } from '../domain/token.ts';
import type { CredentialStore } from '../ports/store.ts';
import type { Client } from './client.ts';
import { findOwnId, look, tellsValue } from './own-id.ts';

/** Whether a token is the managing credential. */
export type Ownership = 'own' | 'maybe' | 'other';

type Store = Pick<CredentialStore, 'list' | 'find' | 'open'>;

interface Deps {
  readonly client: Client;
  readonly openStore?: () => Promise<Store>;
}

/** The codes of a store, or a secret in it, that does not open. */
const UNOPENED: ReadonlySet<string> = new Set(['unavailable', 'auth', 'conflict', 'usage']);

/** Clocks of two machines differ. */
const MARGIN_MS = 10 * 60_000;

/**
 * Tells of each token whether it is the managing credential. Where the credential's id is not known, a token may be it unless
 * it is not active, has another value (as the vendor or the store knows), or was created after the credential was kept here.
 */
export function ownershipOf(deps: Deps): (token: ListedToken) => Promise<Ownership> {
  const { client } = deps;
  const { auth, claims, provider, tokenId } = client.connection;
  let confirmed: Promise<string | null> | undefined;
  return async (token) => {
    if (token.inUse) return 'own';
    const isSession = provider.facts.managerIsSession || auth.id !== provider.auth[0].id;
    if (tokenId !== null || isSession || token.status !== 'active') return 'other';
    if (tellsValue(client)) return compareShown(client, token);
    if (claims && claims.length > 0) {
      confirmed ??= findOwnId(client, claims);
      const own = await confirmed;
      if (own !== null) return own === token.id ? 'own' : 'other';
    }
    return compareKept(deps, token);
  };
}

/** A vendor that shows values shows a credential its own; a mask is the value of somebody else's token. */
async function compareShown(client: Client, token: ListedToken): Promise<Ownership> {
  const shown = await look(client, token.id);
  if (typeof shown !== 'object') return shown === 'none' ? 'other' : 'maybe';
  return shown.secret?.equals(client.connection.secret) ? 'own' : 'other';
}

async function compareKept({ client, openStore }: Deps, token: ListedToken): Promise<Ownership> {
  if (!openStore) return 'maybe';
  const { credentialName, secret } = client.connection;
  try {
    const store = await openStore();
    const kept = (await store.list()).find(
      (entry) =>
        matchAccount(entry, client.connection) === 'same' &&
        entry.kind !== 'key' &&
        entry.current.id === token.id,
    );
    if (kept) return (await store.open(kept.name)).equals(secret) ? 'own' : 'other';
    const own = credentialName === null ? null : await store.find(credentialName);
    if (!own || token.createdAt === null) return 'maybe';
    return Date.parse(token.createdAt) - Date.parse(own.current.savedAt) > MARGIN_MS ? 'other' : 'maybe';
  } catch (error) {
    // A store that cannot be opened knows nothing.
    if (isAppError(error) && UNOPENED.has(error.code)) return 'maybe';
    throw error;
  }
}
