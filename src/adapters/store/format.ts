import type { CredentialKind, CredentialVersion, StoreKind } from '../../domain/credential.ts';
import type { AccountSettings } from '../../domain/same-settings.ts';
import type { Secret } from '../../domain/secret.ts';

/** The layout of `credentials.yaml` that this program writes. */
export const SCHEMA = 1;
export const FILE_LIMIT = 4 * 1024 * 1024;

/** What a seal is bound to; not changed by every layout of the file. 1 bound name, provider, origin and version only. */
export const SEAL_FORMAT = 2;
export type SealFormat = 1 | typeof SEAL_FORMAT;

/** How a version's secret stands in the file. */
export type Stored =
  | { readonly form: 'sealed'; readonly format: SealFormat; readonly bytes: Uint8Array }
  | { readonly form: 'clear'; readonly secret: Secret };

export interface StoredVersion extends CredentialVersion {
  readonly stored: Stored;
}

export interface Entry {
  readonly name: string;
  readonly kind: CredentialKind;
  readonly provider: string | null;
  readonly origin: string | null;
  readonly settings: AccountSettings | null;
  readonly project: string | null;
  /** Null while the entry has nothing but staged versions. */
  readonly current: string | null;
  readonly versions: readonly StoredVersion[];
}

/** scrypt's parameters (RFC 7914); `salt` in base64url. */
export interface KdfFacts {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
}

/** The key that the secrets are sealed under, told without the key. In the file its id is `vault`, which was its name. */
export interface DataKeyFacts {
  readonly id: string;
  /** A known text sealed under the key, so that a wrong key is told apart from a damaged secret. */
  readonly check: Uint8Array;
  readonly kdf: KdfFacts | null;
  /**
   * A code under the key for the path that the store was made at; with a key in the keychain only. A copy of the file has the
   * key too, and must not delete it. Null where an older keyturn made the store.
   */
  readonly place: string | null;
}

export interface Header {
  readonly generation: number;
  readonly kind: StoreKind;
  /** Null with the `file` store only. */
  readonly dataKey: DataKeyFacts | null;
}
