import { describe, expect, test } from 'vitest';
import { Client } from '../../../src/core/client.ts';
import { connectedAccount } from '../../../src/core/connected-account.ts';
import { replaces } from '../../../src/core/forget-credential.ts';
import { checkTarget, type LoginDeps } from '../../../src/core/login.ts';
import { chooseLoginEntry } from '../../../src/core/login-entry.ts';
import { openConnection } from '../../../src/core/open-connection.ts';
import { isOfPlace } from '../../../src/core/operation/operation.ts';
import { accountOf, type OperationPlan, writePlan } from '../../../src/core/operation/plan.ts';
import { findPrevious } from '../../../src/core/previous-login.ts';
import { profilesOf } from '../../../src/core/saved-credentials.ts';
import { allTokens } from '../../../src/core/tokens.ts';
import { isAppError } from '../../../src/domain/errors.ts';
import { type AccountSettings, compareAccounts } from '../../../src/domain/same-settings.ts';
import { matchAccount } from '../../../src/domain/saved-token.ts';
import type { OperationHeader } from '../../../src/ports/journal.ts';
import {
  FakeProfiles,
  FakeSeals,
  FakeStore,
  FakeTransport,
  fakeConnection,
  fakeProvider,
  NOW,
  profileOf,
  tokenOf,
} from '../../support/fakes.ts';

const ORIGIN = 'https://us.vendor.example';
const HERE = { region: 'us', 'team-id': 'alpha' };

/** Two accounts of one origin, as Devo's domains are; `team-id` is required here. */
const PROVIDER = (() => {
  const provider = fakeProvider({ facts: { names: 'none' } });
  return { ...provider, settings: provider.settings.map((setting) => ({ ...setting, required: true })) };
})();
const CONNECTION = { ...fakeConnection(PROVIDER), origin: ORIGIN, settings: HERE };

const PLAN: OperationPlan = {
  ...{
    thing: 'token',
    way: 'overlap',
    target: { id: '3', name: null, createdAt: null },
    spec: null,
    bySession: false,
  },
  ...{ marked: false, project: null, key: null, entry: null, destinations: [], print: false, self: false },
  ...{ scopes: null, graceMs: null, retainOld: false, alias: null, login: null, settings: HERE },
};

function headerOf(settings: AccountSettings): OperationHeader {
  return {
    ...{ id: '0'.repeat(32), kind: 'rotate token', startedAt: '2026-11-22T12:00:00Z', profile: null },
    ...{ provider: 'fake', origin: ORIGIN, subject: 'token 3', plan: writePlan({ ...PLAN, settings }) },
  };
}

/** The saved credential of token 3, in an account. */
async function savedIn(settings: AccountSettings, kind: 'managing' | 'token' = 'token') {
  const store = new FakeStore().put('acme', 'kt_1', { kind, origin: ORIGIN, id: '3', settings });
  const saved = await store.find('acme');
  if (!saved) throw new Error('no credential');
  return { store, saved };
}

async function isRefused(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (isAppError(error)) return true;
    throw error;
  }
}

function loginDeps(store: FakeStore, profiles = new FakeProfiles()): LoginDeps {
  return {
    provider: PROVIDER,
    profiles,
    clock: { now: () => NOW, sleep: async () => undefined },
    transport: new FakeTransport(() => ({ status: 200, body: { items: [] } })),
    store: async () => store,
    journal: async () => ({
      whileNoneBegins: async (work) => work({ operations: [], broken: [] }),
    }),
  } as LoginDeps;
}

/** Everything that is found or refused by provider, origin and id: what it says of an account with these settings. */
const COMPARISONS: readonly (readonly [string, (settings: AccountSettings) => Promise<boolean>])[] = [
  [
    'a saved credential and a connection',
    async (settings) => {
      const { saved } = await savedIn(settings);
      return matchAccount(saved, CONNECTION) === 'same';
    },
  ],
  [
    'the managing credential that a connection is opened with',
    async (settings) => {
      const { store } = await savedIn(settings, 'managing');
      const profile = profileOf({ settings: HERE });
      const opened = openConnection(
        {
          ...{ provider: PROVIDER, profile, settings: HERE, origin: ORIGIN },
          ...{ credential: profile.credential, sources: {} },
        },
        {
          ...{ env: {}, now: NOW, store: async () => store, sessionSeals: async () => new FakeSeals() },
          vendorSession: async () => {
            throw new Error('there is none');
          },
        },
      );
      return !(await isRefused(opened));
    },
  ],
  [
    'an unfinished operation and the connection that takes it up',
    async (settings) => isOfPlace(headerOf(settings), { settings }, CONNECTION),
  ],
  [
    'an operation that is watched for what it left behind',
    async (settings) =>
      compareAccounts(accountOf(headerOf(settings)), connectedAccount(CONNECTION)) === 'same',
  ],
  [
    'an unfinished operation and a saved credential that is removed',
    async (settings) => {
      const { saved } = await savedIn(HERE);
      return replaces(headerOf(settings), saved);
    },
  ],
  [
    'the profiles of a saved credential',
    async (settings) => {
      const { saved } = await savedIn(settings);
      const others = profileOf({ name: 'p', settings: HERE, credential: { kind: 'store', name: 'other' } });
      return profilesOf(saved, [others]).length > 0;
    },
  ],
  [
    'a profile and another login to it',
    async (settings) => {
      const profiles = new FakeProfiles();
      await profiles.save(profileOf({ settings }));
      const target = { profile: 'acme', settings: HERE, origin: ORIGIN };
      return !(await isRefused(checkTarget(loginDeps(new FakeStore(), profiles), target)));
    },
  ],
  [
    'the saved credential that a login replaces',
    async (settings) => {
      const { store } = await savedIn(settings, 'managing');
      const profiles = new FakeProfiles();
      await profiles.save(profileOf({ settings: HERE }));
      const target = { profile: 'acme', provider: PROVIDER, origin: ORIGIN, settings: HERE };
      return !(await isRefused(chooseLoginEntry({ store, profiles }, target)));
    },
  ],
  [
    'the token that a login replaces and may end',
    async (settings) => {
      const { store } = await savedIn(settings, 'managing');
      const target = { profile: 'acme', settings: HERE, origin: ORIGIN };
      return (await findPrevious(loginDeps(store), target, profileOf({ settings: HERE }))) !== null;
    },
  ],
  [
    'a local name',
    async (settings) => {
      const profiles = new FakeProfiles();
      await profiles.saveAlias({ provider: 'fake', origin: ORIGIN, settings, name: 'ci', id: '3' });
      const body = { items: [{ ...tokenOf('3'), name: null }] };
      const client = new Client(CONNECTION, new FakeTransport(() => ({ status: 200, body })));
      const { items } = await allTokens({
        client,
        profiles,
        clock: { now: () => NOW, sleep: async () => undefined },
      });
      return items[0]?.name === 'ci';
    },
  ],
];

describe('A2 the same provider, origin and id are not enough', () => {
  test.each(COMPARISONS)('%s', async (_, isTaken) => {
    expect(await isTaken({ 'team-id': 'alpha', region: 'us' })).toBe(true);
    expect(await isTaken({ region: 'us', 'team-id': 'beta' })).toBe(false);
    expect(await isTaken({ region: 'us' })).toBe(false);
  });
});

test('a setting that only chooses an account of the credential does not bind it', async () => {
  const { store } = await savedIn({ region: 'us' }, 'managing');
  const profile = profileOf({ settings: HERE });
  const provider = fakeProvider();
  const isRequired = new Map(provider.settings.map(({ name, required }) => [name, required]));
  expect(isRequired).toEqual(
    new Map([
      ['region', true],
      ['team-id', false],
    ]),
  );
  const opened = await openConnection(
    {
      ...{ provider, profile, settings: HERE, origin: ORIGIN },
      ...{ credential: profile.credential, sources: {} },
    },
    {
      ...{ env: {}, now: NOW, store: async () => store, sessionSeals: async () => new FakeSeals() },
      vendorSession: async () => {
        throw new Error('there is none');
      },
    },
  );
  expect(opened.credentialName).toBe('acme');
});
