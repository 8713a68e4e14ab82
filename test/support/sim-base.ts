import { createCredentialStore } from '../../src/adapters/store/credential-store.ts';
import { Client } from '../../src/core/client.ts';
import { parseJsonBytes } from '../../src/domain/parse-json.ts';
import { Secret } from '../../src/domain/secret.ts';
import { toInstant } from '../../src/domain/time.ts';
import type { ProjectKey, Token } from '../../src/domain/token.ts';
import type { ApiCall, Issued, Provider } from '../../src/ports/provider.ts';
import type { AuthScheme } from '../../src/ports/request.ts';
import { loadProvider } from '../../src/providers/registry.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { Json } from '../../src/sandbox/vendor.ts';
import { createMemoryDisk } from './memory-disk.ts';
import { fingerprintOf, SimClock, seededRandom, simKeychain, simLocks } from './sim-fakes.ts';
import { Faults } from './sim-faults.ts';
import type { Scenario } from './sim-scenarios.ts';
import { createSimTransport } from './sim-transport.ts';

export const ORIGIN = 'https://vendor.test';
export const STORE_PATH = '/config/credentials.yaml';
export const START = Date.UTC(2026, 10, 22, 12, 0, 0);

/** The world before anything goes wrong: one store with the old secret in it, one vendor with the old token. */
export interface Base {
  readonly scenario: Scenario;
  readonly provider: Provider;
  readonly settings: Readonly<Record<string, string>>;
  readonly manager: string;
  readonly managerId: string | null;
  readonly target: Token | ProjectKey | null;
  readonly project: string | null;
  /** The store's entry that is worked on. */
  readonly entry: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly keychain: ReadonlyMap<string, string>;
  readonly state: Json;
  readonly secrets: readonly string[];
  /** Fingerprints of what is in the store, by the bytes of its file: shared by the cases of one base. */
  readonly prints: Map<string, ReadonlySet<string>>;
}

export async function makeBase(scenario: Scenario): Promise<Base> {
  const secrets: string[] = [];
  const clock = new SimClock(START - 86_400_000);
  const random = seededRandom(7);
  const sandbox = createSandbox({
    world: {
      now: () => clock.now(),
      random: (n) => random.bytes(n),
      onSecret: (secret) => secrets.push(secret),
    },
    assumptions: { devoLifetimeSeconds: 30 * 86_400, bluebricksSessionSeconds: 30 * 86_400 },
  });
  const provider = await loadProvider(scenario.provider);
  const login = loginOf(sandbox, scenario, 'bearer');
  const net = quietNet(sandbox);
  const client = clientFor({ provider, settings: login.settings, secret: login.secret, net });
  const made = scenario.action === 'create' ? null : await makeTarget(scenario, client, sandbox);
  const project = scenario.thing === 'key' ? (made?.project ?? (await makeProject(client))) : null;
  const managerId = sandbox
    .tokens(scenario.provider)
    .find(({ fingerprint }) => fingerprint === fingerprintOf(login.secret));

  const disk = createMemoryDisk();
  const keychain = new Map<string, string>();
  const store = createCredentialStore({
    disk: disk.connect(),
    random,
    clock,
    locks: simLocks(),
    keychain: simKeychain(keychain, new Faults([])),
    passphrase: async () => Secret.of('unused'),
    path: STORE_PATH,
    kindForNewFile: 'keychain',
  });
  await store.prove();
  const listedTarget = scenario.self ? await selfToken(client, managerId?.id ?? '') : (made?.item ?? null);
  const endsAt = scenario.oldEndsAfterMs === undefined ? null : START + scenario.oldEndsAfterMs;
  const target =
    listedTarget && endsAt !== null ? { ...listedTarget, expiresAt: toInstant(endsAt) } : listedTarget;
  const entry = scenario.action === 'create' ? 'new' : scenario.self ? 'main' : 'ci';
  const { settings } = login;
  const common = {
    provider: provider.id,
    origin: ORIGIN,
    settings,
    scopes: null,
    createdAt: null,
    expiresAt: null,
  };
  await store.save(
    { ...common, name: 'main', kind: 'managing', project: null, id: managerId?.id ?? null },
    Secret.of(login.secret),
  );
  if (target && made && !scenario.self) {
    await store.save({ ...common, name: 'ci', kind: scenario.thing, project, id: target.id }, made.secret);
  }
  return {
    scenario,
    provider,
    settings: login.settings,
    manager: login.secret,
    managerId: managerId?.id ?? null,
    target,
    project,
    entry,
    files: disk.files(),
    keychain,
    state: endsAt === null ? sandbox.save() : withEnd(sandbox.save(), target?.id ?? '', endsAt),
    secrets: [...secrets],
    prints: new Map(),
  };
}

interface ClientFacts {
  readonly provider: Provider;
  readonly settings: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly auth?: AuthScheme;
  readonly net: Parameters<typeof createSimTransport>[0];
}

function clientFor({ provider, settings, secret, auth = provider.auth[0], net }: ClientFacts): Client {
  const connection = {
    provider,
    profile: 'main',
    settings,
    origin: ORIGIN,
    auth,
    secret: Secret.of(secret),
    credentialName: 'main',
    tokenId: null,
  };
  return new Client(connection, createSimTransport(net));
}

function quietNet(sandbox: Sandbox): Parameters<typeof createSimTransport>[0] {
  const nothing = (): void => {};
  return {
    sandbox,
    faults: new Faults([]),
    requests: [],
    beforeWrite: async () => {},
    afterIssue: nothing,
    onCaptured: nothing,
  };
}

export function loginOf(sandbox: Sandbox, scenario: Scenario, scheme: 'bearer' | 'session-cookie') {
  const login = sandbox.logins.find((one) => one.provider === scenario.provider && one.scheme === scheme);
  if (!login) throw new Error(`no ${scheme} login for ${scenario.provider}`);
  return login;
}

interface MadeTarget {
  readonly item: Token | ProjectKey;
  readonly secret: Secret;
  readonly project: string | null;
}

async function makeTarget(scenario: Scenario, client: Client, sandbox: Sandbox): Promise<MadeTarget | null> {
  if (scenario.self) return null;
  const { provider } = client.connection;
  if (scenario.thing === 'key' && provider.keys) {
    const project = await makeProject(client);
    const made = await issueNow(client, provider.keys.create, {
      project,
      name: 'ci',
      type: 'server_signed' as const,
    });
    if (made.item && made.secret) return { item: made.item, secret: made.secret, project };
  }
  const spec = {
    name: provider.facts.names === 'none' ? null : 'ci',
    scopes:
      scenario.provider === 'errova'
        ? ['org.admin']
        : scenario.provider === 'devo'
          ? ['table://my.app.**']
          : [],
    expiresAt: null,
    options: specOptions(scenario),
    idempotencyKey: null,
  };
  const [, session] = provider.auth;
  const cookie = scenario.provider === 'errova' ? loginOf(sandbox, scenario, 'session-cookie').secret : '';
  const creator =
    scenario.provider === 'errova' && session
      ? clientFor({
          provider,
          settings: client.connection.settings,
          secret: cookie,
          auth: session,
          net: quietNet(sandbox),
        })
      : client;
  if (!provider.tokens.create) throw new Error('cannot create');
  const made = await issueNow(creator, provider.tokens.create, provider.tokens.checkSpec(spec));
  const item = made.item ?? (await listed(client)).find((token) => token.name === 'ci');
  if (!item) throw new Error('not listed');
  const shown = made.secret ?? (provider.tokens.get && (await client.call(provider.tokens.get, item)).secret);
  if (!shown) throw new Error('no secret');
  return { item, secret: shown, project: null };
}

export function specOptions({ provider }: Scenario): Readonly<Record<string, string>> {
  if (provider === 'devo') return { user: 'admin@example.com', audience: 'apiv2' };
  return provider === 'prefactor' ? { 'token-scope': 'account' } : {};
}

async function makeProject(client: Client): Promise<string> {
  const create = client.connection.provider.projects?.create;
  if (!create) throw new Error('no projects');
  const project = await client.call(create, { name: 'Web', platform: 'nextjs', environment: 'production' });
  return project.slug ?? project.id;
}

async function selfToken(client: Client, id: string): Promise<Token> {
  const token = (await listed(client)).find((one) => one.id === id);
  if (!token) throw new Error('the managing token is not listed');
  return token;
}

async function listed(client: Client): Promise<readonly Token[]> {
  const { list } = client.connection.provider.tokens;
  return list ? (await client.all(list, undefined)).items : [];
}

async function issueNow<I, T>(
  client: Client,
  operation: ApiCall<I, Issued<T>>,
  input: I,
): Promise<Issued<T>> {
  const outcome = await client.sendOnce(operation, input, { head: async () => {}, chunk: async () => {} });
  if (outcome.kind !== 'answered') throw new Error(outcome.kind);
  if (outcome.reply.status > 299) throw client.refusal(outcome.reply);
  return operation.decode(parseJsonBytes(outcome.reply.body), input);
}

/** The same state, in which the token of this id ends at that instant: the vendors give one when a token is made. */
function withEnd(state: Json, id: string, endsAt: number): Json {
  if (Array.isArray(state)) return state.map((item: Json) => withEnd(item, id, endsAt));
  if (typeof state !== 'object' || state === null) return state;
  const fields = Object.entries(state).map(([name, value]) => [name, withEnd(value, id, endsAt)] as const);
  const changed = Object.fromEntries(fields);
  if (String(changed['id']) !== id) return changed;
  const end = ['expiresAt', 'expiration'].find((name) => typeof changed[name] === 'number');
  return end === undefined ? changed : { ...changed, [end]: endsAt };
}
