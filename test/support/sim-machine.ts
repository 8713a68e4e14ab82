import { createFileJournal } from '../../src/adapters/journal/file-journal.ts';
import { createCredentialStore } from '../../src/adapters/store/credential-store.ts';
import { createInstallationKeys } from '../../src/adapters/store/installation-keys.ts';
import { createJournalSealer } from '../../src/adapters/store/journal-sealer.ts';
import type { Connection } from '../../src/core/client.ts';
import { Client } from '../../src/core/client.ts';
import type { OperationDeps } from '../../src/core/operation/deps.ts';
import { sessionScheme } from '../../src/core/session-scheme.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Disk } from '../../src/ports/disk.ts';
import type { JournalHost } from '../../src/ports/journal.ts';
import type { Keychain } from '../../src/ports/keychain.ts';
import type { Provider } from '../../src/ports/provider.ts';
import type { Transport } from '../../src/ports/transport.ts';
import type { Assumptions } from '../../src/sandbox/assumptions.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { createMemoryDisk } from './memory-disk.ts';
import type { Base } from './sim-base.ts';
import { loginOf, ORIGIN, START, STORE_PATH } from './sim-base.ts';
import {
  fingerprintOf,
  SimAudit,
  SimClock,
  SimPlace,
  SimProfiles,
  seededRandom,
  simKeychain,
  simLocks,
} from './sim-fakes.ts';
import { Faults } from './sim-faults.ts';
import type { SeenRequest, SimNet } from './sim-transport.ts';
import { createSimTransport } from './sim-transport.ts';

/** A deliberate mistake, made by wrapping what a process is given. The suite must notice each. */
export interface Mutation {
  readonly name: string;
  provider?(provider: Provider): Provider;
  transport?(transport: Transport): Transport;
  host?(host: JournalHost): JournalHost;
}

/** One thing at the vendor, as the vendor sees it. */
export interface Thing {
  readonly id: string;
  readonly name: string;
  readonly live: boolean;
  readonly fingerprint: string;
}

export interface ProcessOptions {
  readonly faults?: Faults;
  readonly mutation?: Mutation | undefined;
  readonly hooks?: Pick<SimNet, 'beforeWrite' | 'afterIssue' | 'onCaptured'>;
  /** Whether the process has the browser session, which is for one command and never kept. */
  readonly session?: boolean;
  /** What differs from the usual connection. */
  readonly connection?: Partial<Connection>;
  /** Something between the process and its disk, or its keychain. */
  readonly disk?: (disk: Disk) => Disk;
  readonly keychain?: (keychain: Keychain) => Keychain;
}

const NO_HOOKS = { beforeWrite: async () => {}, afterIssue: () => {}, onCaptured: () => {} };

/** A computer and the vendor that it talks to: what outlives every process. */
export class SimMachine {
  readonly base: Base;
  readonly clock = new SimClock(START);
  readonly random: ReturnType<typeof seededRandom>;
  readonly disk: MemoryDisk = createMemoryDisk();
  readonly keychain: Map<string, string>;
  readonly profiles = new SimProfiles();
  readonly place = new SimPlace();
  readonly audit = new SimAudit();
  readonly notes: string[] = [];
  readonly requests: SeenRequest[] = [];
  /** Every secret that the vendor ever issued. */
  readonly secrets: string[];
  readonly sandbox: Sandbox;

  constructor(base: Base, seed = 1, assumptions: Partial<Assumptions> = {}) {
    this.base = base;
    this.random = seededRandom(seed);
    this.secrets = [...base.secrets];
    this.sandbox = createSandbox({
      world: {
        now: () => this.clock.trueNow(),
        random: (count) => this.random.bytes(count),
        onSecret: (secret) => this.secrets.push(secret),
      },
      assumptions: {
        devoLifetimeSeconds: 30 * 86_400,
        bluebricksSessionSeconds: 30 * 86_400,
        ...assumptions,
      },
    });
    this.sandbox.load(base.state);
    this.keychain = new Map(base.keychain);
    for (const [path, bytes] of base.files) this.disk.put(path, bytes);
  }

  async saveProfile(): Promise<void> {
    const { scenario, settings, managerId } = this.base;
    await this.profiles.save({
      name: 'main',
      provider: scenario.provider,
      settings,
      origin: ORIGIN,
      credential: { kind: 'store', name: 'main' },
      tokenId: managerId,
    });
  }

  /** What a command would be given: everything that one process has, made anew. */
  async connect(options: ProcessOptions = {}): Promise<OperationDeps> {
    const { faults = new Faults([]), mutation, hooks = NO_HOOKS } = options;
    const { base, clock, random } = this;
    const { disk = (inner) => inner, keychain = (inner) => inner } = options;
    const parts = { disk: disk(this.#openDisk(faults)), random, clock, locks: simLocks() };
    const store = createCredentialStore({
      ...parts,
      keychain: keychain(simKeychain(this.keychain, faults)),
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
      sealer: (keyId) => (keyId === null ? sealers.openSealer() : sealers.openSealerFor(keyId)),
    });
    const { sandbox, requests } = this;
    const transport = createSimTransport({ sandbox, faults, requests, ...hooks });
    const provider = mutation?.provider?.(base.provider) ?? base.provider;
    const profile = await this.profiles.find('main');
    const connection: Connection = {
      provider,
      profile: 'main',
      settings: base.settings,
      origin: ORIGIN,
      auth: provider.auth[0],
      secret: base.scenario.self ? await store.open('main') : Secret.of(base.manager),
      credentialName: 'main',
      tokenId: profile?.tokenId ?? null,
      ...options.connection,
    };
    const net = mutation?.transport?.(transport) ?? transport;
    return {
      client: new Client(connection, net),
      ...(options.session && base.scenario.session && { creator: this.#sessionClient(connection, net) }),
      host: mutation?.host?.(host) ?? host,
      store,
      profiles: this.profiles,
      clock,
      random,
      audit: this.audit,
      fingerprint: (secret) => fingerprintOf(secret.reveal()).slice(0, 16),
      note: (line) => this.notes.push(line),
      openDestination: async (label) => this.place.open(label, faults),
    };
  }

  #sessionClient(connection: Connection, net: Transport): Client {
    const auth = sessionScheme(connection.provider);
    const { secret } = loginOf(this.sandbox, this.base.scenario, 'session-cookie');
    const mine = { ...connection, auth, secret: Secret.of(secret), credentialName: null, tokenId: null };
    return new Client(mine, net);
  }

  /** Only changes of the disk are effects; a kill before a read leaves what a kill after the change before it leaves. */
  #openDisk(faults: Faults) {
    return this.disk.connect((effect) => {
      faults.live();
      if (!effect.changes) return null;
      const kind = faults.next('disk', `${effect.name} ${effect.path.replace(/[0-9a-f]{12,}/g, '*')}`);
      if (kind === 'fail') return { kind: 'fail', when: 'before' };
      if (kind === 'short') return { kind: 'fail', when: 'during', bytes: 1 + (faults.seen.length % 97) };
      if (kind === 'kill' || kind === 'power' || kind === 'torn') faults.kill();
      return null;
    });
  }

  things(): readonly Thing[] {
    const { scenario } = this.base;
    if (scenario.thing === 'token') return this.sandbox.tokens(scenario.provider);
    return readKeys(this.sandbox.save(), this.clock.trueNow());
  }

  /** Fingerprints of all that is in the store, current or not. By the bytes of its file: parsing is slow. */
  async storedFingerprints(): Promise<ReadonlySet<string>> {
    const bytes = this.disk.files().get(STORE_PATH);
    const key = bytes ? Buffer.from(bytes).toString('latin1') : '';
    const known = this.base.prints.get(key);
    if (known) return known;
    const { store } = await this.connect();
    const prints = new Set<string>();
    for (const { name, versions } of await store.list()) {
      for (const { version } of versions)
        prints.add(fingerprintOf((await store.open(name, version)).reveal()));
    }
    if (this.base.prints.size > 500) this.base.prints.clear();
    this.base.prints.set(key, prints);
    return prints;
  }
}

interface SavedKeys {
  readonly vendors: {
    readonly errova: {
      readonly keys: readonly { id: string; label: string; hash: string; expiresAt: number | null }[];
    };
  };
}

/** The sandbox tells of tokens only; its saved state knows the keys. */
function readKeys(state: unknown, now: number): readonly Thing[] {
  const { vendors } = state as SavedKeys;
  return vendors.errova.keys.map(({ id, label, hash, expiresAt }) => ({
    id,
    name: label,
    live: expiresAt === null || expiresAt > now,
    fingerprint: hash,
  }));
}
