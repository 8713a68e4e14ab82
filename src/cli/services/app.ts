import type { AnyVendorSession } from '../../adapters/vendor-cli/vendor-session.ts';
import type { ChangeDeps } from '../../core/change-tokens.ts';
import type { Client, Connection } from '../../core/client.ts';
import type { OperationDeps } from '../../core/operation/deps.ts';
import type { ConnectionWishes } from '../../core/resolve-connection.ts';
import type { ResolvedConnection } from '../../core/resolved-connection.ts';
import type { ReferenceDeps } from '../../core/tokens.ts';
import type { AppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { eachLineSafe } from '../../domain/text.ts';
import { wantsColour } from '../../output/colour.ts';
import type { Presentation } from '../../output/present.ts';
import type { Report } from '../../output/report.ts';
import type { Provider } from '../../ports/provider.ts';
import type { SessionSeals } from '../../ports/session-seals.ts';
import type { Transport } from '../../ports/transport.ts';
import type { Input } from '../arguments/input.ts';
import type { Shown } from '../documents/token.ts';
import { VERSION } from '../version.ts';
import { Local } from './local.ts';
import { once } from './once.ts';
import type { Services } from './services.ts';

/** The services of a command: what is saved on this machine, and the way to the provider. Each is created on first use. */
export class App extends Local implements Services {
  #transport: Transport | null = null;
  /** The server's clock against ours, from the last answer; ms, positive when the server is ahead. */
  serverSkewMs: number | null = null;
  /** The provider and profile of the options, once they are resolved. */
  place: { readonly provider: string; readonly profile: string | null } | null = null;

  presentation(): Presentation {
    const { stdout, env, clock } = this.runtime;
    return {
      format: this.globals.format,
      colour: wantsColour(stdout, { noColor: this.globals.noColor, env }),
      width: Math.max(40, stdout.columns || 80),
      get now() {
        return clock.now();
      },
    };
  }

  /** Asking for `--help` of the words is the same question. */
  async help(words: readonly string[]): Promise<string | null> {
    const { findPath } = await import('../program.ts');
    if (findPath(words).length < words.length) return null;
    const { parse } = await import('../arguments/parse.ts');
    const answer = await parse([...words, '--help'], this.presentation().width);
    return answer.kind === 'help' ? answer.text : null;
  }

  /**
   * Asks before something is destroyed; `--yes` has said so beforehand. Names that others chose are put into the question by
   * `output/question.ts`: nothing of it is cut here.
   */
  async confirm(question: string): Promise<void> {
    if (this.globals.yes) return;
    const whole = eachLineSafe(question, Number.POSITIVE_INFINITY);
    await this.prompter.confirm(whole, 'add "--yes" to go on without being asked');
  }

  readonly transport = once(async (): Promise<Transport> => {
    const { createHttpTransport } = await import('../../adapters/http/transport.ts');
    const { env, clock, random, stop, stopNow } = this.runtime;
    const transport = createHttpTransport({
      env,
      clock,
      random,
      timeoutMs: this.globals.timeoutMs,
      userAgent: `keyturn/${VERSION}`,
      chooseClient: this.runtime.decorate?.chooseClient,
      signal: stop,
      stopNow,
      onWait: (why, ms) => this.note(waitWords(why, ms)),
      onNote: (line) => this.verbose(line),
      onServerDate: (ms) => {
        this.serverSkewMs = ms - clock.now();
      },
    });
    const { withSlowNotice } = await import('../terminal/slow-notice.ts');
    const { withTrustNotice } = await import('./trust-notice.ts');
    const decorated = this.runtime.decorate?.transport?.(transport) ?? transport;
    this.#transport = withTrustNotice(withSlowNotice(decorated, this), this);
    return this.#transport;
  });

  async loadProvider(id: string): Promise<Provider> {
    return (await import('../../providers/registry.ts')).loadProvider(id);
  }

  async allProviders(): Promise<readonly Provider[]> {
    return (await import('../../providers/registry.ts')).loadProviders();
  }

  readonly resolved = once(async (): Promise<ResolvedConnection> => {
    const { profile, provider } = this.globals;
    const resolved = await this.resolve({ profile, provider, env: this.runtime.env });
    this.place = { provider: resolved.provider.id, profile: resolved.profile?.name ?? null };
    return resolved;
  });

  /** A connection by its profile or provider; `resolved` is that of the options. */
  async resolve(wishes: ConnectionWishes): Promise<ResolvedConnection> {
    const { resolveConnection } = await import('../../core/resolve-connection.ts');
    const deps = { profiles: await this.profiles(), loadProvider: (id: string) => this.loadProvider(id) };
    return resolveConnection(wishes, deps);
  }

  /** A profile with its own credential, whatever KEYTURN_TOKEN says. */
  async resolveProfile(profile: string): Promise<ResolvedConnection> {
    const env = { ...this.runtime.env, KEYTURN_TOKEN: undefined, KEYTURN_URL: undefined };
    return this.resolve({ profile, provider: undefined, env });
  }

  /** The provider, with the credential that drives it, unlocked. */
  readonly client = once(async (): Promise<Client> => {
    const resolved = await this.resolved();
    const client = await this.clientFor(resolved);
    const { remind } = await import('./reminders.ts');
    await remind(this, resolved, await this.#ownExpiry(resolved, client));
    return client;
  });

  /** When the managing credential ends, from its own claims or from the store. */
  async #ownExpiry(resolved: ResolvedConnection, client: Client): Promise<string | null> {
    const { checkCredential } = await import('../../core/create-command.ts');
    const note = checkCredential(client.connection, client.connection.secret, this.runtime.clock.now());
    if (note.expiresAt !== null || resolved.credential.kind !== 'store') return note.expiresAt;
    return (await (await this.store()).find(resolved.credential.name))?.current.expiresAt ?? null;
  }

  async clientFor(resolved: ResolvedConnection): Promise<Client> {
    const { openConnection } = await import('../../core/open-connection.ts');
    const connection = await openConnection(resolved, {
      env: this.runtime.env,
      now: this.runtime.clock.now(),
      store: () => this.store(),
      vendorSession: (provider, profile, file) => this.vendorSession(provider, { profile, file }),
      sessionSeals: () => this.sessionSeals(),
    });
    return this.#clientOf(connection);
  }

  async #clientOf(connection: Connection): Promise<Client> {
    const { Client } = await import('../../core/client.ts');
    return new Client(connection, await this.transport(), { clock: this.runtime.clock });
  }

  /** A client with a browser session, for the one request that needs it. */
  async sessionClient(resolved: ResolvedConnection): Promise<Client> {
    const { provider, profile, settings, origin } = resolved;
    const { sessionScheme } = await import('../../core/session-scheme.ts');
    const auth = sessionScheme(provider);
    const { readSession } = await import('../terminal/secret-reader.ts');
    const secret = await readSession(this, `the ${provider.title} session cookie`);
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
    return this.#clientOf(connection);
  }

  async sessionSeals(): Promise<SessionSeals> {
    const { createSessionSeals } = await import('../../adapters/store/session-seals.ts');
    return createSessionSeals(await this.installationKeys());
  }

  /** Of the file that a login agreed to, or of the one that the vendor's own command would use (`null`). */
  async vendorSession(
    provider: string,
    wanted: { readonly profile: string | null; readonly file: string | null },
  ): Promise<AnyVendorSession> {
    const { readVendorSession } = await import('../../adapters/vendor-cli/vendor-session.ts');
    const { runtime } = this;
    const { home, env, node } = runtime;
    return readVendorSession(provider, {
      disk: await this.disk(),
      home,
      get cwd() {
        return runtime.cwd;
      },
      env,
      node,
      ...wanted,
    });
  }

  async tokenDeps(): Promise<ReferenceDeps> {
    return {
      client: await this.client(),
      profiles: await this.profiles(),
      clock: this.runtime.clock,
      openStore: () => this.store(),
      store: () => this.store(),
      loadProvider: (id) => this.loadProvider(id),
    };
  }

  /** The store for commands that hand secrets on: it refuses ended secrets, and managing credentials without the option. */
  async usableStore(
    input: Input,
  ): Promise<ReturnType<typeof import('../../core/saved-credentials.ts').usableStore>> {
    const { usableStore } = await import('../../core/saved-credentials.ts');
    const [store, profiles] = [await this.store(), await this.profiles()];
    return usableStore({
      store,
      profiles,
      now: this.runtime.clock.now(),
      allowManaging: input.flag('allow-managing'),
      loadProvider: (id) => this.loadProvider(id),
    });
  }

  async changeDeps(): Promise<ChangeDeps & ReferenceDeps> {
    return { ...(await this.tokenDeps()), audit: await this.audit() };
  }

  async operationDeps(client?: Client): Promise<OperationDeps> {
    const { fingerprint } = await import('../../adapters/store/fingerprint.ts');
    const { openDestination } = await import('./open-destination.ts');
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
      openDestination: (label) => openDestination(this, label, { force: true }),
    };
  }

  /** A report whose product is the secret: alone, or in a document with what it belongs to. */
  async secretReport(shown: Shown, secret: Secret): Promise<Report> {
    const { secretReport } = await import('./show-secret.ts');
    return secretReport(this, shown, secret);
  }

  async close(): Promise<void> {
    await this.#transport?.close();
  }
}

/** Says why a stopped write has not ended yet, and how to end it at once. */
function waitWords({ code, message }: AppError, ms: number): string {
  const wait = `${message}: waiting up to ${Math.ceil(ms / 1000)} s for the answer to the request that was sent`;
  return code === 'interrupted' ? `${wait}; press Ctrl-C again to stop now` : wait;
}
