import type { FileAudit } from '../../adapters/audit/file-audit.ts';
import type { Paths } from '../../adapters/config/paths.ts';
import type { KeychainOptions } from '../../adapters/keychain/keychain-options.ts';
import type { createCredentialStore, LocalCredentialStore } from '../../adapters/store/credential-store.ts';
import type { InstallationKeys } from '../../adapters/store/installation-keys.ts';
import type { AnyVendorSession } from '../../adapters/vendor-cli/vendor-session.ts';
import type { ChangeDeps } from '../../core/change-tokens.ts';
import type { Client } from '../../core/client.ts';
import type { OperationDeps } from '../../core/operation/deps.ts';
import type { ConnectionWishes } from '../../core/resolve-connection.ts';
import type { ResolvedConnection } from '../../core/resolved-connection.ts';
import type { usableStore } from '../../core/saved-credentials.ts';
import type { ReferenceDeps } from '../../core/tokens.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Presentation } from '../../output/present.ts';
import type { Report } from '../../output/report.ts';
import type { AuditLog } from '../../ports/audit.ts';
import type { Children } from '../../ports/child.ts';
import type { Disk } from '../../ports/disk.ts';
import type { JournalHost } from '../../ports/journal.ts';
import type { Locks } from '../../ports/lock.ts';
import type { Profiles } from '../../ports/profiles.ts';
import type { Prompter } from '../../ports/prompter.ts';
import type { Provider } from '../../ports/provider.ts';
import type { SessionSeals } from '../../ports/session-seals.ts';
import type { StoreMigration } from '../../ports/store-migration.ts';
import type { Transport } from '../../ports/transport.ts';
import type { Globals } from '../arguments/globals.ts';
import type { Input } from '../arguments/input.ts';
import type { Shown } from '../documents/token.ts';
import type { Runtime } from '../runtime.ts';

/** What the process, the options and the terminal give to every command. */
export interface Surroundings {
  readonly runtime: Runtime;
  readonly globals: Globals;
  readonly prompter: Prompter;
  /** A line for the person, on stderr; cut at `longest` characters, else where `safeText` cuts. */
  note(line: string, longest?: number): void;
  /** The same, with `--verbose` alone. */
  verbose(line: string): void;
  presentation(): Presentation;
  /** What `--help` of these words shows; null where they are no command. */
  help(words: readonly string[]): Promise<string | null>;
  /** Asks before something is destroyed; `--yes` has agreed beforehand. */
  confirm(question: string): Promise<void>;
}

/** A migration of the store that takes the audit log with it. */
export interface Migration extends StoreMigration {
  /** The audit log under the key that the store has since. */
  audit(): Promise<AuditLog>;
}

/** Everything that is saved on this machine, each part opened by its first use. */
export interface LocalServices {
  paths(): Promise<Paths>;
  disk(): Promise<Disk>;
  readonly locks: Locks;
  profiles(): Promise<Profiles>;
  children(): Promise<Children>;
  keychainOptions(): KeychainOptions;
  storeOptions(): Promise<Parameters<typeof createCredentialStore>[0]>;
  /** Proves that the secrets can be opened; throws what every command that opens one would. */
  unlockStore(): Promise<void>;
  migration(): Promise<Migration>;
  /**
   * The store. `wanted` is `--store`, of a command that has it: it decides for a new file, and is refused where it contradicts one
   * that exists.
   */
  store(options?: {
    readonly wanted?: string | undefined;
    readonly forWriting?: boolean;
  }): Promise<LocalCredentialStore>;
  installationKeys(): Promise<InstallationKeys>;
  keysOf(store: LocalCredentialStore): Promise<InstallationKeys>;
  audit(): Promise<FileAudit>;
  auditUnder(keys: InstallationKeys): Promise<FileAudit>;
  journalHost(): Promise<JournalHost>;
  /** The text of a file of the package itself: a completion script, a schema. */
  packageFile(path: string): Promise<string>;
}

/** The way to the provider. */
export interface RemoteServices {
  /** The server's clock against ours, from the last answer; ms, positive when the server is ahead. */
  readonly serverSkewMs: number | null;
  /** The provider and profile that a failure from now on is about; null while they are not known. */
  place: { readonly provider: string; readonly profile: string | null } | null;
  transport(): Promise<Transport>;
  loadProvider(id: string): Promise<Provider>;
  allProviders(): Promise<readonly Provider[]>;
  /** The connection that the options ask for. */
  resolved(): Promise<ResolvedConnection>;
  resolve(wishes: ConnectionWishes): Promise<ResolvedConnection>;
  /** A profile with its own credential, whatever KEYTURN_TOKEN says. */
  resolveProfile(profile: string): Promise<ResolvedConnection>;
  /** The provider with its managing credential, unlocked. */
  client(): Promise<Client>;
  clientFor(resolved: ResolvedConnection): Promise<Client>;
  /** The same place with a browser session, for the one request that needs it. */
  sessionClient(resolved: ResolvedConnection): Promise<Client>;
  sessionSeals(): Promise<SessionSeals>;
  /** Of the file that a login agreed to, or of the one that the vendor's own command would use (`null`). */
  vendorSession(
    provider: string,
    wanted: { readonly profile: string | null; readonly file: string | null },
  ): Promise<AnyVendorSession>;
  tokenDeps(): Promise<ReferenceDeps>;
  changeDeps(): Promise<ChangeDeps & ReferenceDeps>;
  operationDeps(client?: Client): Promise<OperationDeps>;
  /** The store for commands that hand secrets on: it refuses secrets that have ended, and managing credentials without the option. */
  usableStore(input: Input): Promise<ReturnType<typeof usableStore>>;
  /** A secret as the product: in a document, or alone with one newline. */
  secretReport(shown: Shown, secret: Secret): Promise<Report>;
}

/** What a command is given. A helper takes the members that it uses, with `Pick`. */
export type Services = Surroundings & LocalServices & RemoteServices;
