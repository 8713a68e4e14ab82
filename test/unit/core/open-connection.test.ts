import { describe, expect, it } from 'vitest';
import { openConnection } from '../../../src/core/open-connection.ts';
import type { ResolvedConnection } from '../../../src/core/resolve-connection.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { FakeStore, fakeProvider, NOW, profileOf } from '../../support/fakes.ts';

const HERE = 'https://us.vendor.example';

interface Case {
  readonly resolved?: Partial<ResolvedConnection>;
  readonly store?: FakeStore;
  readonly token?: string;
  readonly session?: { readonly secret: string; readonly origin: string | null };
}

async function open({ resolved = {}, store = new FakeStore(), token, session }: Case) {
  const asked: (string | null)[] = [];
  const profile = profileOf();
  const connection = await openConnection(
    {
      provider: fakeProvider(),
      profile,
      settings: profile.settings,
      origin: HERE,
      credential: profile.credential,
      sources: {},
      ...resolved,
    },
    {
      env: token === undefined ? {} : { KEYTURN_TOKEN: token },
      now: NOW,
      store: async () => store,
      vendorSession: async (provider, name) => {
        asked.push(provider, name);
        return {
          secret: Secret.of(session?.secret ?? ''),
          origin: session?.origin ?? null,
          path: '/vendor.json',
        };
      },
    },
  );
  const { secret, credentialName, tokenId, origin } = connection;
  return { secret: secret.reveal(), credentialName, tokenId, origin, profile: connection.profile, asked };
}

describe('a kept credential', () => {
  it('is opened, and known by its id', async () => {
    const store = new FakeStore().put('acme', 'kt_1', { id: 'mt_1' });
    expect(await open({ store })).toMatchObject({
      secret: 'kt_1',
      credentialName: 'acme',
      tokenId: 'mt_1',
      origin: HERE,
      profile: 'acme',
    });
  });

  it('is known by the profile’s id, where the store has none', async () => {
    const store = new FakeStore().put('acme', 'kt_1');
    const resolved = { profile: profileOf({ tokenId: 'mt_2' }) };
    expect(await open({ store, resolved })).toMatchObject({ tokenId: 'mt_2' });
  });

  it('that is gone says how to log in', async () => {
    await expect(open({})).rejects.toMatchObject({
      facts: { code: 'auth', hint: 'run `keyturn login fake --profile acme`' },
    });
  });

  it.each([
    ['another origin', { origin: 'https://eu.vendor.example' }],
    ['the same host on another port', { origin: `${HERE}:8443` }],
    ['the same host unencrypted', { origin: 'http://us.vendor.example' }],
    ['no origin', { origin: null }],
    ['an empty origin', { origin: '' }],
    ['another provider', { provider: 'other' }],
    ['no provider', { provider: null }],
  ])('for %s is refused, and not even opened', async (_, more) => {
    const store = new FakeStore().put('acme', 'kt_1', more);
    await expect(open({ store })).rejects.toMatchObject({ code: 'auth' });
    expect(store.opened).toEqual([]);
  });
});

describe('the environment’s', () => {
  const resolved = { credential: { kind: 'environment' } } as const;

  it('is taken, and the store is left alone', async () => {
    const store = new FakeStore().put('acme', 'kt_1');
    expect(await open({ resolved, store, token: 'kt_env\n' })).toMatchObject({
      secret: 'kt_env',
      credentialName: null,
    });
    expect(store.opened).toEqual([]);
  });

  it.each(['', ' ', 'Bearer kt_canary', '"kt_canary"', 'kt\ncanary'])('%j is refused', async (token) => {
    await expect(open({ resolved, token })).rejects.toMatchObject({
      code: 'usage',
      message: expect.not.stringContaining('canary'),
    });
  });
});

describe('the session of the vendor’s own command', () => {
  const resolved = { credential: { kind: 'vendor-cli', profile: 'work' } } as const;

  it('is read when it is used', async () => {
    const opened = await open({ resolved, session: { secret: 'kt_cli', origin: HERE } });
    expect(opened).toMatchObject({ secret: 'kt_cli', credentialName: null, asked: ['fake', 'work'] });
    expect(await open({ resolved, session: { secret: 'kt_cli', origin: null } })).toMatchObject({
      origin: HERE,
    });
  });

  it('for another origin is refused', async () => {
    const session = { secret: 'kt_cli', origin: 'https://evil.example' };
    await expect(open({ resolved, session })).rejects.toMatchObject({ code: 'auth' });
  });
});

it('the wrong kind of credential never leaves here', async () => {
  const store = new FakeStore().put('acme', 'session-x');
  await expect(open({ store })).rejects.toMatchObject({
    code: 'auth',
    message: 'that is a session, not an admin token',
  });
});
