import type { AccountSettings } from './same-settings.ts';
import type { Instant } from './time.ts';

/** How `credentials.yaml` keeps its secrets. */
export type StoreKind = 'keychain' | 'passphrase' | 'file';
export const STORE_KINDS: readonly StoreKind[] = ['keychain', 'passphrase', 'file'];

/** What a kept secret is for: `managing` drives a provider's API, `token` and `key` were issued, `imported` came from elsewhere. */
export type CredentialKind = 'managing' | 'token' | 'key' | 'imported';

/** One secret's readable facts. A rotation writes a new version beside the old one; `id` is the provider's. */
export interface CredentialVersion {
  readonly version: string;
  readonly id: string | null;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly savedAt: Instant;
  /** Set once keyturn learned that the token behind the secret works no more. */
  readonly inactive?: Inactive;
}

/** `ended` is for good; a `disabled` token may be enabled again. */
export interface Inactive {
  readonly state: 'ended' | 'disabled';
  readonly at: Instant;
}

export type CredentialState = 'active' | 'disabled' | 'ended' | 'expired';

/** Whether the secret can still be used, as far as this machine knows. */
export function stateOf(
  { expiresAt, inactive }: Pick<CredentialVersion, 'expiresAt' | 'inactive'>,
  now: number,
): CredentialState {
  if (inactive?.state === 'ended') return 'ended';
  if (expiresAt !== null && Date.parse(expiresAt) <= now) return 'expired';
  return inactive?.state ?? 'active';
}

/** What is known about a kept secret without unlocking anything. */
export interface Credential {
  readonly name: string;
  readonly kind: CredentialKind;
  readonly provider: string | null;
  /** The only origin that the secret may be sent to; null for an imported one that keyturn never sends. */
  readonly origin: string | null;
  /** What names the account at that origin; null for an imported one, and for one that an older keyturn saved. */
  readonly settings: AccountSettings | null;
  /** The project, for a DSN key. */
  readonly project: string | null;
  readonly current: CredentialVersion;
  readonly versions: readonly CredentialVersion[];
}
