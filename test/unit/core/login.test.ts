import { describe, expect, it } from 'vitest';
import { checkTarget, loginFromVendorCli, loginWithToken } from '../../../src/core/login.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { OperationList, OperationSummary } from '../../../src/ports/journal.ts';
import {
  type Answer,
  FakeClock,
  FakeProfiles,
  FakeSeals,
  FakeStore,
  FakeTransport,
  fakeProvider,
  profileOf,
} from '../../support/fakes.ts';

const TARGET = { profile: 'acme', settings: { region: 'us' }, origin: 'https://us.vendor.example' };

/** `open`: an operation of somebody else that is not finished. */
function rig(
  answer: Answer = { body: { account: 'acme-inc' } },
  profiles = new FakeProfiles(),
  open: readonly OperationSummary[] = [],
) {
  const transport = new FakeTransport(() => answer);
  const store = new FakeStore();
  const deps = {
    provider: fakeProvider({ facts: { secretShown: 'once' } }),
    profiles,
    clock: new FakeClock(),
    transport,
    store: async () => store,
    journal: async () => ({
      whileNoneBegins: <T>(work: (found: OperationList) => Promise<T>) =>
        work({ operations: open, broken: [] }),
    }),
  };
  return { deps, transport, store, profiles };
}

describe('loginWithToken', () => {
  it('proves the secret with a read, keeps it, and makes the profile', async () => {
    const { deps, transport, store, profiles } = rig();
    const result = await loginWithToken(deps, TARGET, {
      secret: async () => Secret.of('kt_1'),
      tokenId: 'mt_1',
    });
    expect(transport.sent).toMatchObject([
      { method: 'GET', path: '/me', origin: TARGET.origin, secret: 'kt_1' },
      { method: 'GET', path: '/tokens/mt_1', secret: 'kt_1' },
    ]);
    expect(store.kept.get('acme')?.secret.reveal()).toBe('kt_1');
    expect(await store.find('acme')).toMatchObject({
      kind: 'managing',
      provider: 'fake',
      origin: TARGET.origin,
      current: { id: 'mt_1', scopes: ['admin'] },
    });
    expect(await profiles.find('acme')).toEqual({
      name: 'acme',
      provider: 'fake',
      settings: { region: 'us' },
      origin: TARGET.origin,
      credential: { kind: 'store', name: 'acme' },
      tokenId: 'mt_1',
    });
    expect(result).toMatchObject({ kind: 'admin token', identity: { account: 'acme-inc' } });
  });

  it.each<[string, string, Answer]>([
    ['the wrong kind of credential', 'session-x', { body: {} }],
    ['a credential that the vendor refuses', 'kt_1', { status: 401, body: { message: 'no' } }],
    ['a vendor that does not answer', 'kt_1', new AppError({ code: 'unavailable', message: 'down' })],
  ])('%s leaves nothing behind', async (_, secret, answer) => {
    const { deps, store, profiles } = rig(answer);
    const work = loginWithToken(deps, TARGET, { secret: async () => Secret.of(secret), tokenId: null });
    await expect(work).rejects.toBeInstanceOf(AppError);
    expect([store.kept.size, profiles.all.size]).toEqual([0, 0]);
    // A store that was made to be proved is taken back.
    expect(store.withdrawn).toBe(store.proved);
  });

  it('a refused login leaves the store where an unfinished operation needs its key', async () => {
    const open = { state: 'open', header: {} } as OperationSummary;
    const { deps, store } = rig({ status: 401, body: {} }, new FakeProfiles(), [open]);
    const work = loginWithToken(deps, TARGET, { secret: async () => Secret.of('kt_1'), tokenId: null });
    await expect(work).rejects.toMatchObject({ code: 'auth' });
    expect(store).toMatchObject({ proved: 1, withdrawn: 0 });
  });

  it.each([
    ['kt_1', 'kt_1', null],
    ['kt_2', 'kt_1', 'conflict'],
  ])('%s over %s that no profile uses any more: %s', async (given, kept, refusal) => {
    const { deps, transport, store, profiles } = rig();
    store.put('acme', kept, {
      kind: 'managing',
      provider: 'fake',
      origin: TARGET.origin,
      settings: TARGET.settings,
    });
    const work = loginWithToken(deps, TARGET, { secret: async () => Secret.of(given), tokenId: null });
    if (refusal === null) await work;
    else await expect(work).rejects.toMatchObject({ code: refusal });
    expect((await store.open('acme')).reveal()).toBe(kept);
    expect([profiles.all.size, transport.sent.length > 0]).toEqual(refusal === null ? [1, true] : [0, false]);
  });

  it('a login that succeeds takes nothing back', async () => {
    const { deps, store } = rig();
    await loginWithToken(deps, TARGET, { secret: async () => Secret.of('kt_1'), tokenId: null });
    expect(store).toMatchObject({ proved: 1, withdrawn: 0 });
  });

  it('the wrong kind is not sent', async () => {
    const { deps, transport } = rig();
    await expect(
      loginWithToken(deps, TARGET, { secret: async () => Secret.of('session-x'), tokenId: null }),
    ).rejects.toMatchObject({
      code: 'auth',
    });
    expect(transport.sent).toEqual([]);
  });

  it('a store that cannot keep it is found out before anything is sent', async () => {
    const { deps, transport, store } = rig();
    store.broken = new AppError({ code: 'unavailable', message: 'the keychain is locked' });
    await expect(
      loginWithToken(deps, TARGET, { secret: async () => Secret.of('kt_1'), tokenId: null }),
    ).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(transport.sent).toEqual([]);
  });
});

describe('loginFromVendorCli', () => {
  it('proves the session and copies it nowhere', async () => {
    const { deps, store, profiles, transport } = rig();
    await loginFromVendorCli(deps, TARGET, {
      ...{ secret: Secret.of('kt_cli'), profile: 'work', tokenId: null },
      ...{ path: '/vendor.json', seals: new FakeSeals() },
    });
    expect(transport.sent).toMatchObject([{ secret: 'kt_cli' }]);
    expect(store.kept.size).toBe(0);
    expect(await profiles.find('acme')).toMatchObject({
      credential: { kind: 'vendor-cli', profile: 'work', pin: { file: '/vendor.json', account: null } },
    });
  });

  it('a session that the vendor refuses makes no profile', async () => {
    const { deps, profiles } = rig({ status: 401, body: {} });
    const work = loginFromVendorCli(deps, TARGET, {
      secret: Secret.of('kt_cli'),
      profile: null,
      tokenId: null,
      path: '/vendor.json',
      seals: new FakeSeals(),
    });
    await expect(work).rejects.toMatchObject({ code: 'auth' });
    expect(profiles.all.size).toBe(0);
  });
});

describe('checkTarget', () => {
  const check = (more: Parameters<typeof profileOf>[0]) =>
    checkTarget(rig(undefined, new FakeProfiles([profileOf(more)])).deps, TARGET);

  it('a new name, and the same place again, are welcome', async () => {
    expect(await check({ name: 'other' })).toBeNull();
    expect(await check({})).toMatchObject({ name: 'acme' });
  });

  it.each([
    ['provider', { provider: 'other' }],
    ['origin', { origin: 'https://proxy.example' }],
    ['setting', { settings: { region: 'eu' } }],
    ['setting more', { settings: { region: 'us', 'team-id': '1' } }],
    ['setting less', { settings: {} }],
  ])('the same name for another %s is refused', async (_, more) => {
    await expect(check(more)).rejects.toMatchObject({ code: 'conflict' });
  });
});
