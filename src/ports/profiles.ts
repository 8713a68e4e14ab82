import type { Origin } from '../domain/origin.ts';
import type { Settings } from './request.ts';

/** Where a profile's own credential is: an entry of the store, or a vendor CLI's session read at each use. */
export type CredentialSource = { readonly kind: 'store'; readonly name: string } | VendorCliSource;

export interface VendorCliSource {
  readonly kind: 'vendor-cli';
  /** The vendor CLI's own profile; null where it has none. */
  readonly profile: string | null;
  /** Absent where no login of this machine agreed to a session: none is used then. */
  readonly pin?: SessionPin;
}

/** The session that a login agreed to. */
export interface SessionPin {
  /** Absolute: no other file is looked for. */
  readonly file: string;
  /** As the session tells itself; null where it tells nothing, and then only the very same secret is accepted. */
  readonly account: string | null;
  /** Binds file, account, origin and settings; see `SessionSeals`. */
  readonly seal: string;
}

/** A named connection. */
export interface Profile {
  readonly name: string;
  readonly provider: string;
  readonly settings: Settings;
  readonly origin: Origin;
  readonly credential: CredentialSource;
  /** The provider's id of the token in use, where it is known; marks it in lists. */
  readonly tokenId: string | null;
}

/** The account that a local name belongs to; settings are null for one that an older keyturn wrote. */
export interface AliasPlace {
  readonly provider: string;
  readonly origin: Origin;
  readonly settings: Settings | null;
}

/** A local name for a token of a provider that has no names. */
export interface Alias extends AliasPlace {
  readonly name: string;
  readonly id: string;
}

/** `config.yaml`. A file that does not parse, or of a newer schema, is an error and never overwritten. */
export interface Profiles {
  readonly path: string;
  list(): Promise<readonly Profile[]>;
  find(name: string): Promise<Profile | null>;
  current(): Promise<string | null>;
  save(profile: Profile): Promise<void>;
  use(name: string): Promise<void>;
  rename(name: string, newName: string): Promise<void>;
  remove(name: string): Promise<boolean>;
  aliases(place: AliasPlace): Promise<readonly Alias[]>;
  /** From now on the name stands for this id, and for no other: a rotation moves it. */
  saveAlias(alias: Alias): Promise<void>;
  removeAlias(alias: AliasPlace & Pick<Alias, 'id'>): Promise<void>;
}
