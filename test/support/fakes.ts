import type { Connection } from '../../src/core/client.ts';
import type { Credential, Inactive } from '../../src/domain/credential.ts';
import { AppError } from '../../src/domain/errors.ts';
import { compareAccounts } from '../../src/domain/same-settings.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Token } from '../../src/domain/token.ts';
import type { AuditCheck, AuditEvent, AuditLog, AuditRecord } from '../../src/ports/audit.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Page } from '../../src/ports/paging.ts';
import type { Alias, AliasPlace, Profile, Profiles } from '../../src/ports/profiles.ts';
import type { Provider, Setting } from '../../src/ports/provider.ts';
import type { SessionSeals } from '../../src/ports/session-seals.ts';
import type { NewStore, NewVersion, StoreFacts } from '../../src/ports/store.ts';
import type { Endpoint, Reply, Transport } from '../../src/ports/transport.ts';

export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const ORIGIN = 'https://vendor.example';

/** Time that stands still until somebody waits. */
export class FakeClock implements Clock {
  #now = NOW;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}

export function profileOf(more: Partial<Profile> = {}): Profile {
  return {
    name: 'acme',
    provider: 'fake',
    settings: { region: 'us' },
    origin: 'https://us.vendor.example',
    credential: { kind: 'store', name: 'acme' },
    tokenId: null,
    ...more,
  };
}

/** `config.yaml` in memory; the first profile is the current one until another is used. */
export class FakeProfiles implements Profiles {
  readonly path = '/config/config.yaml';
  readonly all = new Map<string, Profile>();
  aliasList: readonly Alias[] = [];
  #current: string | null = null;

  constructor(profiles: readonly Profile[] = [], current: string | null = null) {
    for (const profile of profiles) this.all.set(profile.name, profile);
    this.#current = current;
  }

  async list(): Promise<readonly Profile[]> {
    return [...this.all.values()];
  }

  async find(name: string): Promise<Profile | null> {
    return this.all.get(name) ?? null;
  }

  async current(): Promise<string | null> {
    return this.#current;
  }

  async save(profile: Profile): Promise<void> {
    this.all.set(profile.name, profile);
    this.#current ??= profile.name;
  }

  async use(name: string): Promise<void> {
    this.#current = name;
  }

  async rename(name: string, newName: string): Promise<void> {
    const profile = this.all.get(name);
    if (!profile) throw new AppError({ code: 'not-found', message: `no profile "${name}"` });
    this.all.delete(name);
    this.all.set(newName, { ...profile, name: newName });
  }

  async remove(name: string): Promise<boolean> {
    return this.all.delete(name);
  }

  async aliases(place: AliasPlace): Promise<readonly Alias[]> {
    return this.aliasList.filter((alias) => compareAccounts(alias, place) !== 'other');
  }

  async saveAlias(alias: Alias): Promise<void> {
    this.aliasList = [
      ...this.aliasList.filter(({ name, id }) => name !== alias.name && id !== alias.id),
      alias,
    ];
  }

  async removeAlias({ id }: Pick<Alias, 'id'>): Promise<void> {
    this.aliasList = this.aliasList.filter((alias) => alias.id !== id);
  }
}

/** A store in memory that remembers what was opened. It has one version of each entry. */
export class FakeStore implements NewStore {
  readonly kept = new Map<string, { readonly credential: Credential; readonly secret: Secret }>();
  readonly opened: string[] = [];
  /** Thrown by `prove` when set. */
  broken: AppError | null = null;
  proved = 0;
  withdrawn = 0;

  /** Puts an entry there, as if it had been saved before. */
  put(name: string, secret: string, more: Partial<NewVersion> = {}): this {
    const entry = {
      name,
      kind: 'managing',
      provider: 'fake',
      origin: 'https://us.vendor.example',
      settings: null,
      project: null,
      id: null,
      scopes: null,
      createdAt: null,
      expiresAt: null,
      ...more,
    } as const;
    this.#keep(entry, Secret.of(secret));
    return this;
  }

  async facts(): Promise<StoreFacts> {
    return { kind: this.kept.size === 0 ? null : 'file', path: '/config/credentials.yaml' };
  }

  async list(): Promise<readonly Credential[]> {
    return [...this.kept.values()].map(({ credential }) => credential);
  }

  async find(name: string): Promise<Credential | null> {
    return this.kept.get(name)?.credential ?? null;
  }

  async open(name: string): Promise<Secret> {
    this.opened.push(name);
    const entry = this.kept.get(name);
    if (!entry) throw new AppError({ code: 'not-found', message: `no credential "${name}"` });
    return entry.secret;
  }

  async prove(): Promise<void> {
    if (this.broken) throw this.broken;
    this.proved += 1;
  }

  async withdraw(): Promise<void> {
    this.withdrawn += 1;
  }

  async save(entry: NewVersion, secret: Secret): Promise<Credential> {
    return this.#keep(entry, secret);
  }

  async stage(entry: NewVersion, _version: string, secret: Secret): Promise<Credential> {
    return this.#keep(entry, secret);
  }

  async promote(name: string): Promise<Credential> {
    const found = await this.find(name);
    if (!found) throw new AppError({ code: 'not-found', message: `no credential "${name}"` });
    return found;
  }

  async dropVersion(): Promise<void> {}

  async mark(name: string, version: string, inactive: Inactive | null): Promise<void> {
    const found = this.kept.get(name);
    if (!found) return;
    const versions = found.credential.versions.map(({ inactive: before, ...facts }) => {
      if (facts.version !== version) return { ...facts, ...(before ? { inactive: before } : {}) };
      return inactive === null ? facts : { ...facts, inactive };
    });
    const current = versions.find((each) => each.version === found.credential.current.version);
    const credential = { ...found.credential, versions, current: current ?? found.credential.current };
    this.kept.set(name, { ...found, credential });
  }

  async remove(name: string): Promise<boolean> {
    return this.kept.delete(name);
  }

  async rename(name: string, newName: string): Promise<Credential> {
    const found = this.kept.get(name);
    if (!found) throw new AppError({ code: 'not-found', message: `no credential "${name}"` });
    this.kept.delete(name);
    const credential = { ...found.credential, name: newName };
    this.kept.set(newName, { ...found, credential });
    return credential;
  }

  #keep(entry: NewVersion, secret: Secret): Credential {
    const { name, kind, provider, origin, settings, project, id, scopes, createdAt, expiresAt } = entry;
    const current = { version: '1', id, scopes, createdAt, expiresAt, savedAt: '2026-11-22T12:00:00Z' };
    const credential = { name, kind, provider, origin, settings, project, current, versions: [current] };
    this.kept.set(name, { credential, secret });
    return credential;
  }
}

/** Events in memory; `broken` is thrown by every append while it is set. */
/** Codes that only this object makes. */
export class FakeSeals implements SessionSeals {
  readonly made = new Map<string, string>();

  async make(content: string): Promise<string> {
    const seal = `seal-${this.made.size + 1}`;
    this.made.set(seal, content);
    return seal;
  }

  async verify(content: string, seal: string): Promise<boolean> {
    return this.made.get(seal) === content;
  }
}

export class FakeAudit implements AuditLog {
  readonly events: AuditEvent[] = [];
  broken: AppError | null = null;

  /** Thrown by `prove` while it is set. */
  closed: AppError | null = null;

  async prove(): Promise<void> {
    if (this.closed) throw this.closed;
  }

  async append(event: AuditEvent): Promise<void> {
    if (this.broken) throw this.broken;
    this.events.push(event);
  }

  async list(): Promise<readonly AuditRecord[]> {
    return this.events.map((event, sequence) => ({ ...event, at: '2026-11-22T12:00:00Z', sequence }));
  }

  async verify(): Promise<AuditCheck> {
    return { records: this.events.length, brokenAt: null, torn: 0, proof: null };
  }
}

/** A request as it would be on the wire. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly origin: string;
  readonly secret: string;
}

/** What the vendor answers: a body with a status, or an error of the network. */
export type Answer =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | AppError;

/** A network that remembers what was sent and answers what it was told to. */
export class FakeTransport implements Transport {
  readonly sent: Sent[] = [];
  readonly #answer: (request: Sent) => Answer;

  constructor(answer: (request: Sent) => Answer) {
    this.#answer = answer;
  }

  /** `GET /tokens` of each request, for comparisons. */
  get lines(): readonly string[] {
    return this.sent.map(({ method, path }) => `${method} ${path}`);
  }

  async call(endpoint: Endpoint, request: Parameters<Transport['call']>[1]): Promise<Reply> {
    const { origin, secret } = endpoint;
    const sent = {
      method: request.method,
      path: request.path,
      query: request.query ?? {},
      body: request.body ?? null,
      origin,
      secret: secret.reveal(),
    };
    this.sent.push(sent);
    const answer = this.#answer(sent);
    if (answer instanceof AppError) throw answer;
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? null);
    return {
      status: answer.status ?? 200,
      header: (name) => answer.headers?.[name] ?? null,
      body: new TextEncoder().encode(text),
    };
  }

  async sendOnce(): Promise<never> {
    throw new Error('nothing is issued here');
  }

  async close(): Promise<void> {}
}

export function tokenOf(id: string, more: Partial<Token> = {}): Token {
  return {
    id,
    name: `name-${id}`,
    status: 'active',
    scopes: null,
    createdAt: null,
    expiresAt: null,
    lastUsedAt: null,
    createdBy: null,
    attributes: {},
    ...more,
  };
}

const region: Setting = {
  name: 'region',
  about: 'where',
  required: true,
  placeholder: 'us',
  check: (value) => value.toLowerCase(),
};
const team: Setting = {
  name: 'team-id',
  about: 'which',
  required: false,
  placeholder: 'id',
  check: (value) => value,
};

interface ListBody {
  readonly items: readonly Token[];
  readonly next?: string | null;
  readonly total?: number;
  readonly obstacle?: string;
  readonly withoutId?: number;
}

/**
 * A vendor that answers what the tests write: a list is `{ items, next, total, obstacle, withoutId }`, one token is `{ item, secret }`. Its origin
 * follows the setting `region`. `session-…` is refused as a credential before it is sent.
 */
export function fakeProvider(
  more: {
    readonly facts?: Partial<Provider['facts']>;
    readonly tokens?: Partial<Provider['tokens']>;
    readonly instead?: Provider['instead'];
  } = {},
): Provider {
  const nothing = { decode: () => undefined };
  const change = (verb: string) => ({
    request: ({ id }: { readonly id: string }) => ({ method: 'PUT', path: `/tokens/${id}/${verb}` }) as const,
    decode: () => null,
  });
  return {
    id: 'fake',
    title: 'Fake',
    docs: 'https://vendor.example/docs',
    settings: [region, team],
    credential: {
      kind: 'an admin token',
      page: 'https://vendor.example/tokens',
      narrower: ['--name', 'x'],
      narrowerIs: 'a token for one job',
    },
    origin: (settings) => `https://${settings['region']}.vendor.example`,
    auth: [{ id: 'bearer', headers: (secret) => ({ authorization: `Bearer ${secret.reveal()}` }) }],
    facts: {
      handle: 'id',
      names: 'free',
      rotation: 'overlap',
      ends: 'delete',
      secretShown: 'again',
      managedBy: 'an admin token',
      settleMs: 0,
      lists: 'documented',
      ...more.facts,
    },
    tokens: {
      required: [],
      options: [],
      checkSpec: (spec) => spec,
      specOf: () => ({ name: null, scopes: [], expiresAt: null, options: {}, idempotencyKey: null }),
      list: {
        request: (_input, _settings, page) => ({
          method: 'GET',
          path: '/tokens',
          query: { size: String(page.size) },
        }),
        decode: (body): Page<Token> => {
          const { items, next, total, obstacle, withoutId } = body as ListBody;
          const cursor =
            next === undefined || next === null ? null : { query: { cursor: next }, replaces: false };
          const paging = { next: cursor, total: total ?? null, obstacle: obstacle ?? null };
          return { items, withoutId: withoutId ?? 0, paging };
        },
        maxPageSize: 100,
      },
      get: {
        request: ({ id }) => ({ method: 'GET', path: `/tokens/${id}` }),
        decode: (body) => {
          const { item, secret } = body as { item: Token | null; secret?: string };
          return { item, secret: secret === undefined ? null : Secret.of(secret) };
        },
      },
      enable: change('enable'),
      disable: change('disable'),
      rename: {
        request: ({ id, newName }) => ({
          method: 'PUT',
          path: `/tokens/${id}/name`,
          body: { name: newName },
        }),
        decode: () => null,
      },
      revoke: { request: ({ id }) => ({ method: 'POST', path: `/tokens/${id}/revoke` }), ...nothing },
      remove: { request: ({ id }) => ({ method: 'DELETE', path: `/tokens/${id}` }), ...nothing },
      ...more.tokens,
    },
    probe: {
      request: () => ({ method: 'GET', path: '/me' }),
      decode: (body) => ({
        account: String((body as { account?: string }).account ?? ''),
        subject: null,
        scopes: ['admin'],
        expiresAt: null,
      }),
    },
    instead: more.instead ?? {},
    checkCredential(secret) {
      if (secret.reveal().startsWith('session-')) {
        throw new AppError({ code: 'auth', message: 'that is a session, not an admin token' });
      }
      return { kind: 'admin token', expiresAt: null, claims: [] };
    },
    checkIssued(secret) {
      if (secret.reveal().includes('*')) throw new AppError({ code: 'auth', message: 'a mask' });
      return secret;
    },
    readError: ({ status, body }) => ({
      code: status === 404 ? 'not-found' : status === 401 ? 'auth' : 'failure',
      message: String((body as { message?: string } | null)?.message ?? ''),
      requestId: 'r-1',
    }),
    findRefusal: () => null,
  };
}

/** A connection to the fake provider with a managing credential of the store, whose id is `tokenId` where it is known. */
export function fakeConnection(provider: Provider, tokenId: string | null = null): Connection {
  return {
    provider,
    profile: 'acme',
    settings: {},
    origin: ORIGIN,
    auth: provider.auth[0],
    secret: Secret.of('kt_admin'),
    credentialName: 'acme',
    tokenId,
  };
}

/** What references are resolved with beside a client: nothing is saved unless a store is given. */
export function referencesOf(store: FakeStore = new FakeStore()) {
  return {
    store: async () => store,
    loadProvider: async (id: string) => ({ ...fakeProvider(), id, title: id.toUpperCase() }),
  };
}

/** A list that is known to be whole. */
export function whole<T>(items: readonly T[]) {
  return { items, whole: true, why: null };
}
