import type { Credential, CredentialKind, Inactive, StoreKind } from '../domain/credential.ts';
import type { Secret } from '../domain/secret.ts';
import type { Instant } from '../domain/time.ts';

/** A secret to keep, with what is known about it. */
export interface NewVersion {
  readonly name: string;
  readonly kind: CredentialKind;
  readonly provider: string | null;
  readonly origin: string | null;
  readonly project: string | null;
  readonly id: string | null;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Instant | null;
  readonly expiresAt: Instant | null;
}

export interface StoreFacts {
  /** Null while there is no file yet. */
  readonly kind: StoreKind | null;
  readonly path: string;
}

/**
 * Where credentials live. Reading facts never unlocks anything; `open` does. Every write is atomic, durable, read back,
 * and refused (`locked`) when another process changed the file in between and the change cannot be joined.
 */
export interface CredentialStore {
  facts(): Promise<StoreFacts>;
  list(): Promise<readonly Credential[]>;
  find(name: string): Promise<Credential | null>;
  /** The secret of the current version, or of the one named. Throws not-found, unavailable, auth (wrong passphrase). */
  open(name: string, version?: string): Promise<Secret>;
  /** Proves that a save would work now: file writable, key there. Creates the file and its key when there is none. */
  prove(): Promise<void>;
  /** Keeps a secret as a new entry or as the new current version of an entry; the versions before are dropped. */
  save(entry: NewVersion, secret: Secret): Promise<Credential>;
  /** Keeps a secret beside the current one under a version name that is written once. Same secret again: no change. */
  stage(entry: NewVersion, version: string, secret: Secret): Promise<Credential>;
  /** Makes a staged version current; conflict unless the current one is `from`. Already there: no change. */
  promote(name: string, from: string | null, to: string): Promise<Credential>;
  /** Forgets one version that is not current; no error when it is gone. */
  dropVersion(name: string, version: string): Promise<void>;
  /** Records that the token of a version ended or is disabled; null: works again. No error when the version is gone. */
  mark(name: string, version: string, inactive: Inactive | null): Promise<void>;
  /** Forgets the entry; false when there was none. */
  remove(name: string): Promise<boolean>;
  /** Moves an entry to another name (re-sealed); conflict when the name is taken. */
  rename(name: string, newName: string): Promise<Credential>;
}

/** A store that can go back on its own beginning. */
export interface NewStore extends CredentialStore {
  /** Forgets the file that this store's own `prove` made, while nothing is kept in it; does nothing to any other. */
  withdraw(): Promise<void>;
}
