import type { CredentialStore } from '../ports/store.ts';
import type { Connection } from './client.ts';

/** The names of kept credentials whose secret is that of one of these tokens. Unlocks nothing. */
export async function findKept(
  store: CredentialStore,
  { provider, origin }: Connection,
  ids: readonly string[],
): Promise<readonly string[]> {
  const credentials = ids.length === 0 ? [] : await store.list();
  return credentials
    .filter((kept) => kept.provider === provider.id && kept.origin === origin && kept.kind !== 'key')
    .filter((kept) => kept.current.id !== null && ids.includes(kept.current.id))
    .map((kept) => kept.name);
}
