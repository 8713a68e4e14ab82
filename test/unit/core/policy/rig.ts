import { createFileJournal } from '../../../../src/adapters/journal/file-journal.ts';
import { readPolicy } from '../../../../src/adapters/policy/read-policy.ts';
import { createCredentialStore } from '../../../../src/adapters/store/credential-store.ts';
import { createInstallationKeys } from '../../../../src/adapters/store/installation-keys.ts';
import { createJournalSealer } from '../../../../src/adapters/store/journal-sealer.ts';
import { Client } from '../../../../src/core/client.ts';
import type { OperationDeps } from '../../../../src/core/operation/deps.ts';
import { applyPolicy } from '../../../../src/core/policy/apply-policy.ts';
import { type Allowed, NOTHING_ALLOWED } from '../../../../src/core/policy/guard-managing.ts';
import { planPolicy } from '../../../../src/core/policy/plan-policy.ts';
import { checkToken } from '../../../../src/core/policy/specify.ts';
import type { PolicyTarget } from '../../../../src/core/policy/target.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Locks } from '../../../../src/ports/lock.ts';
import { loadProvider } from '../../../../src/providers/registry.ts';
import { createSandbox } from '../../../../src/sandbox/sandbox.ts';
import type { ProviderId } from '../../../../src/sandbox/vendor.ts';
import { createMemoryDisk, Killed } from '../../../support/memory-disk.ts';
import { ORIGIN, START, STORE_PATH } from '../../../support/sim-base.ts';
import {
  fingerprintOf,
  SimAudit,
  SimClock,
  SimPlace,
  SimProfiles,
  seededRandom,
  simKeychain,
  simLocks,
} from '../../../support/sim-fakes.ts';
import { Faults, type Placement } from '../../../support/sim-faults.ts';
import { createSimTransport, type SeenRequest } from '../../../support/sim-transport.ts';

export const DAY = 86_400_000;

/** A vendor, a store, a journal and destinations in memory, and policies that are applied to them, one process after another. */
export class Rig {
  readonly clock = new SimClock(START);
  readonly profiles = new SimProfiles();
  readonly audit = new SimAudit();
  readonly requests: SeenRequest[] = [];
  readonly places = new Map<string, SimPlace>();
  readonly provider: ProviderId;
  readonly #random = seededRandom(3);
  readonly #disk = createMemoryDisk();
  readonly #keychain = new Map<string, string>();
  readonly sandbox;
  #locks = simLocks();

  constructor(provider: ProviderId) {
    this.provider = provider;
    this.sandbox = createSandbox({
      world: { now: () => this.clock.now(), random: (n) => this.#random.bytes(n), onSecret: () => {} },
      assumptions: {
        errovaBearerCreate: true,
        devoLifetimeSeconds: 90 * 86_400,
        prefactorLifetimeSeconds: 300 * 86_400,
        bluebricksSessionSeconds: 300 * 86_400,
      },
    });
  }

  /** Destinations of the vendor's tokens, by label. */
  place(label: string): SimPlace {
    const place = this.places.get(label) ?? new SimPlace();
    this.places.set(label, place);
    return place;
  }

  async deps(faults = new Faults([]), tokenId: string | null = null): Promise<OperationDeps> {
    const disk = this.#disk.connect((effect) => {
      faults.live();
      if (!effect.changes) return null;
      if (faults.next('disk', `${effect.name} ${effect.path}`) === 'kill') faults.kill();
      return null;
    });
    const parts = { disk, random: this.#random, clock: this.clock, locks: simLocks() };
    const store = createCredentialStore({
      ...parts,
      keychain: simKeychain(this.#keychain, faults),
      passphrase: async () => Secret.of('unused'),
      path: STORE_PATH,
      kindForNewFile: 'keychain',
    });
    const keys = createInstallationKeys({
      ...parts,
      stateDir: '/state',
      store,
      makeStore: true,
      variable: undefined,
    });
    const sealers = createJournalSealer(keys, parts.random);
    const host = createFileJournal({
      ...parts,
      folder: '/state/attempts',
      sealer: () => sealers.openSealer(),
    });
    const transport = createSimTransport({
      sandbox: this.sandbox,
      faults,
      requests: this.requests,
      beforeWrite: async () => {},
      afterIssue: () => {},
      onCaptured: () => {},
    });
    const provider = await loadProvider(this.provider);
    const login = this.sandbox.logins.find(
      (one) => one.provider === this.provider && one.scheme === 'bearer',
    );
    if (!login) throw new Error('no login');
    const connection = {
      provider,
      profile: 'main',
      settings: login.settings,
      origin: ORIGIN,
      auth: provider.auth[0],
      secret: Secret.of(login.secret),
      credentialName: 'main',
      tokenId,
    };
    return {
      client: new Client(connection, transport),
      host,
      store,
      profiles: this.profiles,
      clock: this.clock,
      random: this.#random,
      audit: this.audit,
      fingerprint: () => 'fingerprint',
      note: () => {},
      openDestination: async (label) => this.place(label).open(label, faults),
    };
  }

  /** What one process makes of the policy: `tokens` is the YAML list, an item a text. */
  async targets(tokens: readonly string[], faults = new Faults([]), tokenId: string | null = null) {
    const text = `schema: 1\ntokens:\n${tokens.map((token) => `  - ${token}\n`).join('')}`;
    const file = await readPolicy(new TextEncoder().encode(text), { shown: 'policy.yaml', folder: '/work' });
    const deps = await this.deps(faults, tokenId);
    const { provider } = deps.client.connection;
    return file.policy.tokens.map((token): PolicyTarget => {
      checkToken(token, provider, this.clock.now());
      const destinations = token.deliver.map((label) => this.place(label).open(label, faults));
      return { token, provider, profile: null, destinations, outside: [], connect: async () => deps };
    });
  }

  async plan(...tokens: string[]) {
    return this.planWith({}, ...tokens);
  }

  async planWith(options: { readonly tokenId?: string; readonly allowed?: Allowed }, ...tokens: string[]) {
    const targets = await this.targets(tokens, undefined, options.tokenId ?? null);
    return (await planPolicy(targets, options.allowed)).map(({ decision }) => decision);
  }

  async actions(...tokens: string[]) {
    return (await this.plan(...tokens)).map(({ action }) => action);
  }

  async apply(...tokens: string[]) {
    return this.applyWith({}, ...tokens);
  }

  async applyWith(
    options: {
      readonly faults?: readonly Placement[];
      readonly mayEnd?: boolean;
      readonly tokenId?: string;
      readonly allowed?: Allowed;
      readonly seen?: (faults: Faults) => void;
    },
    ...tokens: string[]
  ) {
    const faults = new Faults(options.faults ?? []);
    faults.reboot();
    try {
      const { allowed = NOTHING_ALLOWED, mayEnd = true, tokenId = null } = options;
      const planned = await planPolicy(await this.targets(tokens, faults, tokenId), allowed);
      const deps = { locks: this.#locks, mayEnd, allowed, progress: () => {} };
      return await applyPolicy(deps, planned);
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.#locks = simLocks();
      return 'killed' as const;
    } finally {
      options.seen?.(faults);
    }
  }

  useLocks(locks: Locks): void {
    this.#locks = locks;
  }

  /** Everything that works at the vendor but its own logins. */
  live() {
    const logins = new Set(this.sandbox.logins.map(({ secret }) => fingerprintOf(secret)));
    return this.sandbox
      .tokens(this.provider)
      .filter(({ live, fingerprint }) => live && !logins.has(fingerprint));
  }

  async kept(name: string): Promise<string | null> {
    const { store } = await this.deps();
    return (await store.find(name)) ? fingerprintOf((await store.open(name)).reveal()) : null;
  }

  /** The requests that changed something since the last time. */
  writes(): readonly string[] {
    return this.requests
      .splice(0)
      .flatMap(({ method, path }) => (method === 'GET' ? [] : [`${method} ${path}`]));
  }
}
