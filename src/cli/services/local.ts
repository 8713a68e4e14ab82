import type { FileAudit } from '../../adapters/audit/file-audit.ts';
import type { Paths } from '../../adapters/config/paths.ts';
import type { LocalCredentialStore } from '../../adapters/store/credential-store.ts';
import type { InstallationKeys } from '../../adapters/store/installation-keys.ts';
import type { StoreKind } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import { noteLine } from '../../output/note.ts';
import type { Children } from '../../ports/child.ts';
import type { Disk } from '../../ports/disk.ts';
import type { JournalHost } from '../../ports/journal.ts';
import type { Keychain } from '../../ports/keychain.ts';
import type { Locks } from '../../ports/lock.ts';
import type { Profiles } from '../../ports/profiles.ts';
import type { Prompter } from '../../ports/prompter.ts';
import type { Globals } from '../arguments/globals.ts';
import { PROGRAMS, packageFile } from '../package-files.ts';
import type { Runtime } from '../runtime.ts';
import { once } from './once.ts';
import { warnerOfOpenFolders } from './open-folder.ts';
import type { Migration } from './services.ts';
import { clearStore, clearThoughPassphrase, readStoreKind } from './store-kind.ts';

/** Everything that is saved on this machine: files, keychain, journal, audit log. Each is opened on first use. */
export class Local {
  readonly runtime: Runtime;
  readonly globals: Globals;
  readonly prompter: Prompter;
  #wantedStore: StoreKind | null;
  #insteadOfKeychain = 'choose another store: set KEYTURN_STORE to "passphrase" or "file"';

  constructor(runtime: Runtime, globals: Globals) {
    this.runtime = runtime;
    this.globals = globals;
    this.prompter = runtime.prompter({ noInput: globals.noInput });
    this.#wantedStore = readStoreKind(runtime.env['KEYTURN_STORE'] || undefined, 'KEYTURN_STORE');
  }

  /** A line for the person, on stderr. It may quote a provider, so it is made safe for a terminal. */
  note(line: string, longest?: number): void {
    if (!this.globals.quiet) this.#tell(line, longest);
  }

  verbose(line: string): void {
    if (this.globals.verbose) this.#tell(line);
  }

  #tell(line: string, longest?: number): void {
    void this.runtime.stderr.write(noteLine(line, this.globals.format, longest)).catch(() => undefined);
  }

  readonly paths = once(async (): Promise<Paths> => {
    const { resolvePaths } = await import('../../adapters/config/paths.ts');
    const { env, platform, home } = this.runtime;
    return resolvePaths(env, platform, home);
  });

  readonly disk = once(async (): Promise<Disk> => {
    const [{ createNodeDisk }, { createRetryingDisk }] = await Promise.all([
      import('../../adapters/disk/node-disk.ts'),
      import('../../adapters/disk/retrying-disk.ts'),
    ]);
    const retrying = createRetryingDisk(createNodeDisk(), this.runtime.clock);
    const disk = this.runtime.decorate?.disk?.(retrying) ?? retrying;
    return {
      ...disk,
      makeFolder: async (path, mode) => {
        await disk.makeFolder(path, mode);
        await this.#warnOfOpenFolders(disk);
      },
    };
  });

  readonly #warnOfOpenFolders = warnerOfOpenFolders(this);

  /** Reading needs no lock, so the locks are loaded by the first write. */
  readonly locks: Locks = {
    hold: async (name, waitMs, work) => (await this.#fileLocks()).hold(name, waitMs, work),
  };

  readonly #fileLocks = once(async (): Promise<Locks> => {
    const [{ createFileLocks }, { createProcesses }] = await Promise.all([
      import('../../adapters/locks/file-locks.ts'),
      import('../../adapters/locks/process-identity.ts'),
    ]);
    const { random, clock, pid, processExists } = this.runtime;
    const processes = createProcesses({ pid, signalZero: processExists });
    return createFileLocks({
      disk: await this.disk(),
      random,
      clock,
      processes,
      folder: `${(await this.paths()).state}/locks`,
    });
  });

  readonly profiles = once(async (): Promise<Profiles> => {
    let path: string;
    try {
      path = (await this.paths()).configFile;
      await (await this.disk()).facts(path);
    } catch (error) {
      // Most commands work from the environment alone; only those that need the file fail.
      const { createMissingProfiles } = await import('../../adapters/config/missing-profiles.ts');
      return createMissingProfiles(error);
    }
    await this.#warnOfOpenFolders(await this.disk());
    const { createProfiles } = await import('../../adapters/config/config-file.ts');
    const { random } = this.runtime;
    return createProfiles({ disk: await this.disk(), locks: this.locks, random, path });
  });

  readonly children = once(async (): Promise<Children> => {
    const { createNodeChildren } = await import('../../adapters/child/node-children.ts');
    return createNodeChildren(this.runtime.host, this.runtime.platform);
  });

  keychainOptions() {
    const { env, platform, node, stop } = this.runtime;
    return {
      env,
      platform,
      node,
      stop,
      program: packageFile(PROGRAMS.keychain),
      interactive: this.prompter.interactive,
      note: (line: string) => this.note(line),
    };
  }

  /** Loaded by the first call: a store that needs no keychain does not pay for one. */
  readonly keychain: Keychain = {
    getPassword: async (service, account) => (await this.#keychain()).getPassword(service, account),
    setPassword: async (service, account, password) =>
      (await this.#keychain()).setPassword(service, account, password),
    deletePassword: async (service, account) => (await this.#keychain()).deletePassword(service, account),
  };

  readonly #keychain = once(async (): Promise<Keychain> => {
    const { createKeychain } = await import('../../adapters/keychain/keychain.ts');
    return createKeychain(this.keychainOptions());
  });

  async storeOptions() {
    const { random, clock, stop } = this.runtime;
    return {
      disk: await this.disk(),
      random,
      clock,
      signal: stop,
      locks: this.locks,
      keychain: this.keychain,
      passphrase: async () => (await import('../terminal/passphrase.ts')).readPassphrase(this),
      newPassphrase: async () => (await import('../terminal/passphrase.ts')).readFirstPassphrase(this),
      path: (await this.paths()).credentialsFile,
      kindForNewFile: this.#wantedStore ?? ('keychain' as const),
      beforeNewStore: async (kind: StoreKind) => {
        if (kind === 'file') return;
        const { refuseUnderKeyFile } = await import('../../core/operation/conflicts.ts');
        refuseUnderKeyFile(await (await this.journalHost()).list({ only: 'unfinished' }));
      },
      onClearStore: (path: string) => this.note(clearStore(path)),
      insteadOfKeychain: () => this.#insteadOfKeychain,
    };
  }

  readonly #store = once(async (): Promise<LocalCredentialStore> => {
    const { createCredentialStore } = await import('../../adapters/store/credential-store.ts');
    await this.#warnOfOpenFolders(await this.disk());
    return createCredentialStore(await this.storeOptions());
  });

  /** Proves that the secrets can be opened; throws what every command that opens one would. */
  async unlockStore(): Promise<void> {
    await (await this.#store()).unlock();
  }

  /** Moves the store, and takes the audit log with it. */
  async migration(): Promise<Migration> {
    return (await import('./migration.ts')).openMigration(this);
  }

  /** The store. `wanted` is `--store`, of a command that has it: it decides for a new file, and is refused where it contradicts one that exists. */
  async store(
    options: { readonly wanted?: string | undefined; readonly forWriting?: boolean } = {},
  ): Promise<LocalCredentialStore> {
    if ('wanted' in options)
      this.#insteadOfKeychain = 'choose another store: `--store passphrase` or `--store file`';
    if (options.wanted !== undefined) this.#wantedStore = readStoreKind(options.wanted, '"--store"');
    const store = await this.#store();
    const isStrict = options.wanted !== undefined || options.forWriting === true;
    const { env } = this.runtime;
    const isSealedWanted = this.#wantedStore !== null && this.#wantedStore !== 'file';
    const hasPassphrase = Boolean(env['KEYTURN_PASSPHRASE'] || env['KEYTURN_NEW_PASSPHRASE']);
    if (!isStrict && !isSealedWanted && !(hasPassphrase && this.#wantedStore === null)) return store;
    const facts = await store.facts();
    const { checkStoreKind } = await import('../../adapters/store/credential-store.ts');
    // Whoever replaces a sealed file by one in clear decides what is sent and where; a read is refused as a write is.
    if (isStrict || facts.kind === 'file') checkStoreKind(facts, this.#wantedStore);
    if (facts.kind === 'file' && hasPassphrase && this.#wantedStore === null) await this.#tellOfClearStore();
    return store;
  }

  /** Also with `--quiet`: the passphrase says that the person counts on a sealed store. */
  readonly #tellOfClearStore = once(async (): Promise<void> => {
    this.#tell(clearThoughPassphrase((await this.paths()).credentialsFile));
  });

  /** A migration needs them while the store is not yet of the kind that is wanted. */
  readonly installationKeys = once(async (): Promise<InstallationKeys> => this.keysOf(await this.#store()));

  async keysOf(store: LocalCredentialStore): Promise<InstallationKeys> {
    const { openInstallationKeys } = await import('./installation.ts');
    return openInstallationKeys(this, store, this.#wantedStore !== null);
  }

  readonly audit = once(async (): Promise<FileAudit> => this.auditUnder(await this.installationKeys()));

  async auditUnder(keys: InstallationKeys): Promise<FileAudit> {
    const { openAuditLog } = await import('./installation.ts');
    return openAuditLog(this, keys);
  }

  readonly journalHost = once(async (): Promise<JournalHost> => {
    const [{ createFileJournal }, { createJournalSealer }, { checkPrivateFolder }] = await Promise.all([
      import('../../adapters/journal/file-journal.ts'),
      import('../../adapters/store/journal-sealer.ts'),
      import('../../adapters/disk/private.ts'),
    ]);
    const { clock, random } = this.runtime;
    const { state } = await this.paths();
    const disk = await this.disk();
    // A user who can write to this folder could replace the journal, however private the folders in it are.
    await checkPrivateFolder(disk, state);
    await this.#warnOfOpenFolders(disk);
    const sealers = createJournalSealer(await this.installationKeys(), random);
    return createFileJournal({
      disk,
      locks: this.locks,
      clock,
      random,
      folder: `${state}/attempts`,
      sealer: (keyId) => (keyId === null ? sealers.openSealer() : sealers.openSealerFor(keyId)),
      beforeEnd: async () => (await import('./installation.ts')).flushAuditLog(this),
    });
  });

  /** The text of a file of the package: a completion script. */
  async packageFile(path: string): Promise<string> {
    const bytes = await (await this.disk()).read(packageFile(path), 4 * 1024 * 1024);
    if (bytes === null)
      throw new AppError({
        code: 'failure',
        message: `the package has no file "${path}"`,
        hint: 'install keyturn again',
      });
    return new TextDecoder().decode(bytes);
  }
}
