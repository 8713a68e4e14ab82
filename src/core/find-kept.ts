import { type Born, isSameToken } from '../domain/same-token.ts';
import type { CredentialStore } from '../ports/store.ts';
import type { Connection } from './client.ts';

/** The names of kept credentials whose secret is that of one of these tokens. Unlocks nothing. */
export async function findKept(
  store: CredentialStore,
  { provider, origin }: Connection,
  tokens: readonly Born[],
): Promise<readonly string[]> {
  const credentials = tokens.length === 0 ? [] : await store.list();
  return credentials
    .filter((kept) => kept.provider === provider.id && kept.origin === origin && kept.kind !== 'key')
    .filter((kept) => tokens.some((token) => isSameToken(kept.current, token)))
    .map((kept) => kept.name);
}
