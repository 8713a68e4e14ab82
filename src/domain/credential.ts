import type { Instant } from './time.ts';

/** How `credentials.yaml` keeps its secrets. */
export type StoreKind = 'keychain' | 'passphrase' | 'file';
export const STORE_KINDS: readonly StoreKind[] = ['keychain', 'passphrase', 'file'];

/** What a kept secret is for: `managing` drives a provider's API, `token` and `key` were minted, `imported` came from elsewhere. */
export type CredentialKind = 'managing' | 'token' | 'key' | 'imported';

/** One secret's readable facts. A rotation writes a new version beside the old one; `id` is the provider's. */
export interface CredentialVersion {
  readonly version: string;
  readonly id: string | null;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly savedAt: Instant;
}

/** What is known about a kept secret without unlocking anything. */
export interface Credential {
  readonly name: string;
  readonly kind: CredentialKind;
  readonly provider: string | null;
  /** The only origin that the secret may be sent to; null for an imported one that keyturn never sends. */
  readonly origin: string | null;
  /** The project, for a DSN key. */
  readonly project: string | null;
  readonly current: CredentialVersion;
  readonly versions: readonly CredentialVersion[];
}
