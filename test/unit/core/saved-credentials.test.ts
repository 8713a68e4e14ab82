import { describe, expect, test } from 'vitest';
import { describeInactive, markSaved, usableStore } from '../../../src/core/saved-credentials.ts';
import type { CredentialKind, Inactive } from '../../../src/domain/credential.ts';
import { FakeProfiles, FakeStore, fakeProvider, ORIGIN } from '../../support/fakes.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const HERE = { provider: fakeProvider(), origin: ORIGIN, settings: {}, credentialName: null };
const ENDED: Inactive = { state: 'ended', at: '2026-11-28T11:00:00Z' };
const DISABLED: Inactive = { state: 'disabled', at: '2026-11-28T11:00:00Z' };

function usable(store: FakeStore, allowManaging = true) {
  const profile = {
    name: 'work',
    provider: 'fake',
    settings: {},
    origin: ORIGIN,
    credential: { kind: 'store', name: 'work' },
    tokenId: null,
  } as const;
  const loadProvider = async () => fakeProvider();
  return usableStore({ store, profiles: new FakeProfiles([profile]), now: NOW, allowManaging, loadProvider });
}

async function kept(inactive: Inactive | null, expiresAt: string | null, kind: CredentialKind = 'token') {
  const store = new FakeStore().put('ci', 'the-secret', { origin: ORIGIN, kind, id: '1', expiresAt });
  await store.mark('ci', '1', inactive);
  return store;
}

describe('a secret is handed out', () => {
  test.each([
    ['while nothing says that it ended', null, null],
    ['while its end is still to come', null, '2026-12-28T12:00:00Z'],
  ])('%s', async (_, inactive, expiresAt) => {
    expect((await usable(await kept(inactive, expiresAt)).open('ci')).reveal()).toBe('the-secret');
  });
});

describe('a secret that works no more is refused, unopened, with what to do', () => {
  test.each([
    ['ended', ENDED, null, 'keyturn tokens create --name ci --save ci-2 -p work'],
    ['ended', ENDED, '2026-12-28T12:00:00Z', 'keyturn tokens create --name ci --save ci-2 -p work'],
    ['is disabled since', DISABLED, null, 'keyturn tokens enable ci -p work'],
    ['expired', null, '2026-11-28T12:00:00Z', 'keyturn tokens rotate ci -p work'],
    ['expired', DISABLED, '2026-11-28T11:59:59Z', 'keyturn tokens rotate ci -p work'],
  ])('%s', async (word, inactive, expiresAt, next) => {
    const store = await kept(inactive, expiresAt);
    await expect(usable(store).open('ci')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(word),
      facts: { next, id: '1', profile: 'work' },
    });
    expect(store.opened).toEqual([]);
  });

  test.each([
    ['managing', 'keyturn login fake --region us -p work'],
    ['key', 'keyturn keys rotate ci -p work'],
    ['imported', 'keyturn credentials import ci --force'],
  ] as const)('%s', async (kind, next) => {
    await expect(usable(await kept(ENDED, null, kind)).open('ci')).rejects.toMatchObject({ facts: { next } });
  });
});

test('a name that is not there offers the closest ones', async () => {
  await expect(usable(await kept(null, null)).open('cii')).rejects.toMatchObject({
    code: 'not-found',
    facts: { hint: 'did you mean "ci"? see `keyturn credentials list`' },
  });
});

describe('marking', () => {
  const wanted = { id: 'a', createdAt: null };

  test('the entries of the token at this provider and origin, and no other', async () => {
    const here = { origin: ORIGIN, kind: 'token' } as const;
    const store = new FakeStore()
      .put('mine', 'x', { ...here, id: 'a' })
      .put('managing', 'x', { ...here, kind: 'managing', id: 'a' })
      .put('other id', 'x', { ...here, id: 'b' })
      .put('no id', 'x', { ...here, id: null })
      .put('a key', 'x', { ...here, kind: 'key', id: 'a' })
      .put('elsewhere', 'x', { ...here, origin: 'https://eu.example', id: 'a' })
      .put('another vendor', 'x', { ...here, provider: 'other', id: 'a' });
    expect(await markSaved(store, HERE, [{ ...wanted, inactive: ENDED, except: 'managing' }])).toEqual([
      'mine',
    ]);
    expect((await store.list()).filter(({ current }) => current.inactive).map(({ name }) => name)).toEqual([
      'mine',
    ]);
    expect(store.opened).toEqual([]);
  });

  test.each([
    [null, DISABLED, 'disabled'],
    [DISABLED, null, undefined],
    [DISABLED, ENDED, 'ended'],
    // A list that lags behind shows an ended token as alive.
    [ENDED, null, 'ended'],
    [ENDED, DISABLED, 'ended'],
  ])('%o, then %o', async (before, after, state) => {
    const store = new FakeStore().put('ci', 'x', { origin: ORIGIN, kind: 'token', id: 'a' });
    await store.mark('ci', '1', before);
    await markSaved(store, HERE, [{ ...wanted, inactive: after }]);
    expect((await store.find('ci'))?.current.inactive?.state).toBe(state);
  });
});

test('what works is not described', async () => {
  const [credential] = await (await kept(null, null)).list();
  expect(credential && describeInactive(credential, NOW)).toBeNull();
});

describe('A11 a managing credential is handed out only when the person says so', () => {
  test.each([
    ['managing', false, false],
    ['managing', true, true],
    ['token', false, true],
    ['key', false, true],
    ['imported', false, true],
  ] as const)('%s, with "--allow-managing" %s: %s', async (kind, allowed, isGiven) => {
    const store = await kept(null, null, kind);
    const opened = usable(store, allowed).open('ci');
    if (isGiven) expect((await opened).reveal()).toBe('the-secret');
    else
      await expect(opened).rejects.toMatchObject({
        facts: { code: 'conflict', hint: expect.stringContaining('--allow-managing') },
      });
    expect(store.opened).toEqual(isGiven ? ['ci'] : []);
  });
});
