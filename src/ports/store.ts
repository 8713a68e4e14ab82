import type { Credential, CredentialKind, Inactive, StoreKind } from '../domain/credential.ts';
import type { AccountSettings } from '../domain/same-settings.ts';
import type { Secret } from '../domain/secret.ts';
import type { Instant } from '../domain/time.ts';

/** A secret to keep, with what is known about it. */
export interface NewVersion {
  readonly name: string;
  readonly kind: CredentialKind;
  readonly provider: string | null;
  readonly origin: string | null;
  readonly settings: AccountSettings | null;
  readonly project: string | null;
  readonly id: string | null;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Instant | null;
  readonly expiresAt: Instant | null;
}

/** What a save may replace. Nothing, where it is left out: then the name must be free, or hold this very secret already. */
export type Replacing =
  /** The entry whose current version was `version` when it was looked at; it must be of the same identity still. */
  | { readonly version: string }
  /** Whatever has the name, as a person asked for it; never a managing credential. */
  | 'anything';

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
  /**
   * The one door of every save: keeps a secret as a new entry, or as the new current version of the entry that `replacing`
   * allows; then the versions before are dropped. Throws conflict when the name is taken by anything else.
   */
  save(entry: NewVersion, secret: Secret, replacing?: Replacing): Promise<Credential>;
  /**
   * Keeps a secret beside the current one under a version name that is written once. Same secret again: no change.
   * Throws conflict when the entry is of another kind, provider, origin, account or project.
   */
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
