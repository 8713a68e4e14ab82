import { fileURLToPath } from 'node:url';
import type { Paths } from '../adapters/config/paths.ts';
import type { LocalCredentialStore } from '../adapters/store/credential-store.ts';
import type { ChangeDeps } from '../core/change-tokens.ts';
import { Client } from '../core/client.ts';
import type { MintDeps } from '../core/mint/deps.ts';
import { openConnection } from '../core/open-connection.ts';
import { type ResolvedConnection, resolveConnection } from '../core/resolve-connection.ts';
import type { TokenDeps } from '../core/tokens.ts';
import { STORE_KINDS, type StoreKind } from '../domain/credential.ts';
import { AppError, usage } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Secret } from '../domain/secret.ts';
import { MAX_SECRET_LENGTH, readSecretBytes, readSecretInput } from '../domain/secret-input.ts';
import type { Presentation } from '../output/present.ts';
import type { Report } from '../output/report.ts';
import { wantsColour } from '../output/style.ts';
import type { AuditLog } from '../ports/audit.ts';
import type { Children } from '../ports/child.ts';
import type { Disk } from '../ports/disk.ts';
import type { JournalHost } from '../ports/journal.ts';
import type { Keychain } from '../ports/keychain.ts';
import type { Locks } from '../ports/lock.ts';
import type { Profiles } from '../ports/profiles.ts';
import type { Prompter } from '../ports/prompter.ts';
import type { Provider } from '../ports/provider.ts';
import type { Transport } from '../ports/transport.ts';
import type { Globals } from './globals.ts';
import type { Input } from './input.ts';
import { once } from './once.ts';
import type { Runtime } from './runtime.ts';
import { VERSION } from './version.ts';

/** From what the process gives and what the person asked for to everything a command needs, each made on first use. */
export class App {
  readonly runtime: Runtime;
  readonly globals: Globals;
  readonly prompter: Prompter;
  #wantedStore: StoreKind | null;
  #transport: Transport | null = null;
  /** The server's clock against ours, from the last answer; ms, positive when the server is ahead. */
  serverSkewMs: number | null = null;

  constructor(runtime: Runtime, globals: Globals) {
    this.runtime = runtime;
    this.globals = globals;
    this.prompter = runtime.prompter({ noInput: globals.noInput });
    this.#wantedStore = readStoreKind(runtime.env['KEYTURN_STORE'] || undefined, 'KEYTURN_STORE');
  }

  presentation(): Presentation {
    const { stdout, env, clock } = this.runtime;
    return {
      format: this.globals.format,
      colour: wantsColour(stdout, { noColor: this.globals.noColor, env }),
      width: Math.max(40, stdout.columns || 80),
      now: clock.now(),
    };
  }

  /** A line for the person, on stderr. */
  note(line: string): void {
    if (!this.globals.quiet) void this.runtime.stderr.write(`${line}\n`).catch(() => undefined);
  }

  verbose(line: string): void {
    if (this.globals.verbose) void this.runtime.stderr.write(`${line}\n`).catch(() => undefined);
  }

  /** Asks before something is destroyed; `--yes` has said so beforehand. */
  async confirm(question: string): Promise<void> {
    if (!this.globals.yes) await this.prompter.confirm(question, 'add "--yes" to go on without being asked');
  }

  readonly paths = once(async (): Promise<Paths> => {
    const { resolvePaths } = await import('../adapters/config/paths.ts');
    const { env, platform, home } = this.runtime;
    return resolvePaths(env, platform, home);
  });

  readonly disk = once(async (): Promise<Disk> => {
    const { createNodeDisk } = await import('../adapters/disk/node-disk.ts');
    const disk = createNodeDisk();
    return this.runtime.decorate?.disk?.(disk) ?? disk;
  });

  readonly locks = once(async (): Promise<Locks> => {
    const [{ createFileLocks }, { createProcesses }] = await Promise.all([
      import('../adapters/locks/file-locks.ts'),
      import('../adapters/locks/process-identity.ts'),
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
    const { createProfiles } = await import('../adapters/config/config-file.ts');
    const { random } = this.runtime;
    return createProfiles({
      disk: await this.disk(),
      locks: await this.locks(),
      random,
      path: (await this.paths()).configFile,
    });
  });

  readonly children = once(async (): Promise<Children> => {
    const { createNodeChildren } = await import('../adapters/child/node-children.ts');
    return createNodeChildren(this.runtime.host, this.runtime.platform);
  });

  keychainOptions() {
    const { env, platform, node } = this.runtime;
    return {
      env,
      platform,
      node,
      interactive: this.prompter.interactive,
      note: (line: string) => this.note(line),
    };
  }

  readonly keychain = once(async (): Promise<Keychain> => {
    const { createKeychain } = await import('../adapters/keychain/keychain.ts');
    return createKeychain(this.keychainOptions());
  });

  async storeOptions() {
    const { random, clock } = this.runtime;
    return {
      disk: await this.disk(),
      random,
      clock,
      locks: await this.locks(),
      keychain: await this.keychain(),
      passphrase: () => this.readPassphrase('the passphrase of the credentials file: '),
      path: (await this.paths()).credentialsFile,
      kindForNewFile: this.#wantedStore ?? ('keychain' as const),
    };
  }

  readonly #store = once(async (): Promise<LocalCredentialStore> => {
    const { createCredentialStore } = await import('../adapters/store/credential-store.ts');
    return createCredentialStore(await this.storeOptions());
  });

  /** The store. `wanted` is `--store`: it decides for a new file, and is refused where it contradicts one that exists. */
  async store(
    options: { readonly wanted?: string | undefined; readonly forWriting?: boolean } = {},
  ): Promise<LocalCredentialStore> {
    if (options.wanted !== undefined) this.#wantedStore = readStoreKind(options.wanted, '"--store"');
    const store = await this.#store();
    if ((options.wanted !== undefined || options.forWriting) && this.#wantedStore !== null) {
      const { checkStoreKind } = await import('../adapters/store/credential-store.ts');
      checkStoreKind(await store.facts(), this.#wantedStore);
    }
    return store;
  }

  async readPassphrase(question: string): Promise<Secret> {
    const fromEnv = this.runtime.env['KEYTURN_PASSPHRASE'];
    if (fromEnv !== undefined && fromEnv !== '')
      return (await import('../domain/secret.ts')).Secret.of(fromEnv);
    return this.prompter.askSecret(question, 'set KEYTURN_PASSPHRASE');
  }

  /** A new passphrase: from the environment, or asked for twice. KEYTURN_NEW_PASSPHRASE where the old one is needed too. */
  async readNewPassphrase(): Promise<Secret> {
    const { Secret: Kept } = await import('../domain/secret.ts');
    const fromEnv = this.runtime.env['KEYTURN_NEW_PASSPHRASE'] || this.runtime.env['KEYTURN_PASSPHRASE'];
    if (fromEnv) return Kept.of(fromEnv);
    const first = await this.prompter.askSecret('the new passphrase: ', 'set KEYTURN_NEW_PASSPHRASE');
    const second = await this.prompter.askSecret('the new passphrase again: ', 'set KEYTURN_NEW_PASSPHRASE');
    if (!first.equals(second)) throw usage('the two passphrases differ', 'try again; nothing was changed');
    return first;
  }

  readonly transport = once(async (): Promise<Transport> => {
    const { createHttpTransport } = await import('../adapters/http/transport.ts');
    const { env, clock, random, stop } = this.runtime;
    const transport = createHttpTransport({
      env,
      clock,
      random,
      timeoutMs: this.globals.timeoutMs,
      userAgent: `keyturn/${VERSION}`,
      signal: stop,
      onNote: (line) => this.verbose(line),
      onServerDate: (ms) => {
        this.serverSkewMs = ms - clock.now();
      },
    });
    this.#transport = this.runtime.decorate?.transport?.(transport) ?? transport;
    return this.#transport;
  });

  async loadProvider(id: string): Promise<Provider> {
    return (await import('../providers/registry.ts')).loadProvider(id);
  }

  async allProviders(): Promise<readonly Provider[]> {
    return (await import('../providers/registry.ts')).loadProviders();
  }

  readonly resolved = once(async (): Promise<ResolvedConnection> => {
    const { profile, provider } = this.globals;
    const deps = { profiles: await this.profiles(), loadProvider: (id: string) => this.loadProvider(id) };
    return resolveConnection({ profile, provider, env: this.runtime.env }, deps);
  });

  /** The provider, with the credential that drives it, unlocked. */
  readonly client = once(async (): Promise<Client> => {
    const resolved = await this.resolved();
    const client = await this.clientFor(resolved);
    const { remind } = await import('./reminders.ts');
    await remind(this, resolved, await this.#ownExpiry(resolved, client));
    return client;
  });

  /** When the managing credential ends, as far as it tells itself or the store knows. */
  async #ownExpiry(resolved: ResolvedConnection, client: Client): Promise<string | null> {
    const { provider, secret } = client.connection;
    const note = provider.checkCredential(secret, this.runtime.clock.now());
    if (note.expiresAt !== null || resolved.credential.kind !== 'store') return note.expiresAt;
    return (await (await this.store()).find(resolved.credential.name))?.current.expiresAt ?? null;
  }

  async clientFor(resolved: ResolvedConnection): Promise<Client> {
    const connection = await openConnection(resolved, {
      env: this.runtime.env,
      now: this.runtime.clock.now(),
      store: () => this.store(),
      vendorSession: (provider, profile) => this.vendorSession(provider, profile),
    });
    return new Client(connection, await this.transport());
  }

  /** The same place as a browser session, for the one request that wants it. */
  async sessionClient(resolved: ResolvedConnection): Promise<Client> {
    const { provider, profile, settings, origin } = resolved;
    const auth = provider.auth.find((scheme) => scheme.id === 'session');
    if (!auth) {
      throw new AppError({
        code: 'unsupported',
        message: `${provider.title} has no browser sessions`,
        hint: 'leave "--session" out',
        provider: provider.id,
      });
    }
    const secret = await this.readSession(`the ${provider.title} session cookie`);
    const connection = {
      provider,
      profile: profile?.name ?? null,
      settings,
      origin,
      auth,
      secret,
      credentialName: null,
      tokenId: null,
    };
    return new Client(connection, await this.transport());
  }

  async vendorSession(
    provider: string,
    profile: string | null,
  ): Promise<{ secret: Secret; origin: string | null; path: string }> {
    const { readVendorSession } = await import('../adapters/vendor-cli/vendor-session.ts');
    const { home, cwd, env } = this.runtime;
    return readVendorSession(provider, { disk: await this.disk(), home, cwd, env, profile });
  }

  async tokenDeps(): Promise<TokenDeps> {
    return { client: await this.client(), profiles: await this.profiles(), clock: this.runtime.clock };
  }

  async changeDeps(): Promise<ChangeDeps> {
    return { ...(await this.tokenDeps()), audit: await this.audit() };
  }

  readonly audit = once(async (): Promise<AuditLog> => {
    const { createFileAudit } = await import('../adapters/audit/file-audit.ts');
    const { state } = await this.paths();
    return createFileAudit({
      disk: await this.disk(),
      locks: await this.locks(),
      clock: this.runtime.clock,
      path: `${state}/audit.jsonl`,
    });
  });

  readonly journalHost = once(async (): Promise<JournalHost> => {
    const [{ createFileJournal }, { createJournalSealer }] = await Promise.all([
      import('../adapters/journal/file-journal.ts'),
      import('../adapters/store/journal-sealer.ts'),
    ]);
    const { clock, random } = this.runtime;
    const { state } = await this.paths();
    const disk = await this.disk();
    const sealers = createJournalSealer({
      disk,
      random,
      locks: await this.locks(),
      stateDir: state,
      store: await this.store(),
      makeStore: this.#wantedStore !== null,
    });
    return createFileJournal({
      disk,
      locks: await this.locks(),
      clock,
      random,
      folder: `${state}/attempts`,
      sealer: (keyId) => (keyId === null ? sealers.openSealer() : sealers.openSealerFor(keyId)),
    });
  });

  async mintDeps(client?: Client): Promise<MintDeps> {
    const { fingerprint } = await import('../adapters/store/fingerprint.ts');
    const { openSink } = await import('./delivery-options.ts');
    return {
      client: client ?? (await this.client()),
      host: await this.journalHost(),
      store: await this.store(),
      profiles: await this.profiles(),
      clock: this.runtime.clock,
      random: this.runtime.random,
      audit: await this.audit(),
      fingerprint,
      note: (line) => this.note(line),
      openSink: (label) => openSink(this, label, true),
    };
  }

  /**
   * A secret from where it was said to come from: `--token-file`, `--with-token` (stdin), else a prompt without echo.
   * `fromStdin` reads stdin without being told, where that is the command's only input.
   */
  async readSecret(
    input: Input,
    options: { readonly what: string; readonly fromStdin?: boolean },
  ): Promise<Secret> {
    const file = input.text('token-file');
    const stdin = input.flag('with-token');
    if (file !== undefined && stdin)
      throw usage('"--token-file" and "--with-token" exclude each other', 'give one of them');
    if (file !== undefined) return readSecretBytes(await this.readFile(file), options.what);
    if (stdin || (options.fromStdin && !this.runtime.stdin.isTerminal))
      return this.readSecretFromStdin(options.what);
    return this.prompter.askSecret(
      `${options.what}: `,
      'add "--with-token" and pipe it in, or "--token-file PATH"',
    );
  }

  async readSecretFromStdin(what: string): Promise<Secret> {
    if (this.runtime.stdin.isTerminal) return this.#ask(what, 'pipe it in');
    return readSecretBytes(await this.runtime.stdin.read(MAX_SECRET_LENGTH + 2), what);
  }

  /** Errova's cookie: the environment, a pipe, or a prompt. */
  async readSession(what: string): Promise<Secret> {
    const fromEnv = this.runtime.env['KEYTURN_SESSION'];
    if (fromEnv !== undefined) return readSecretInput(fromEnv, 'KEYTURN_SESSION');
    if (!this.runtime.stdin.isTerminal) return this.readSecretFromStdin(what);
    return this.#ask(what, 'pipe it in, or set KEYTURN_SESSION');
  }

  async #ask(what: string, instead: string): Promise<Secret> {
    return readSecretInput((await this.prompter.askSecret(`${what}: `, instead)).reveal(), what);
  }

  async readFile(path: string): Promise<Uint8Array> {
    const { resolve } = await import('node:path');
    const bytes = await (await this.disk()).read(resolve(this.runtime.cwd, path), MAX_SECRET_LENGTH + 2);
    if (bytes === null) throw usage('there is no such file', 'check the path');
    return bytes;
  }

  /** A file of the package itself: a completion script, a schema. */
  async packageFile(path: string): Promise<string> {
    const bytes = await (await this.disk()).read(
      fileURLToPath(new URL(`../../${path}`, import.meta.url)),
      4 * 1024 * 1024,
    );
    if (bytes === null)
      throw new AppError({
        code: 'failure',
        message: `the package has no file "${path}"`,
        hint: 'install keyturn again',
      });
    return new TextDecoder().decode(bytes);
  }

  /** A secret as the product: bare off a terminal, with the facts in a document, under a warning on a terminal. */
  async secretReport(secret: Secret, data: JsonObject): Promise<Report> {
    const { secretReport } = await import('./secret-report.ts');
    return secretReport(this, secret, data);
  }

  async close(): Promise<void> {
    await this.#transport?.close();
  }
}

function readStoreKind(text: string | undefined, where: string): StoreKind | null {
  if (text === undefined) return null;
  const kind = STORE_KINDS.find((candidate) => candidate === text);
  if (!kind) throw usage(`${where} takes one of ${STORE_KINDS.join(', ')}`, 'for example `--store file`');
  return kind;
}
