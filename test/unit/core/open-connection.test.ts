import { describe, expect, it } from 'vitest';
import { openConnection } from '../../../src/core/open-connection.ts';
import type { ResolvedConnection } from '../../../src/core/resolved-connection.ts';
import { pinSession } from '../../../src/core/session-pin.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Profile, SessionPin } from '../../../src/ports/profiles.ts';
import { FakeSeals, FakeStore, fakeProvider, NOW, profileOf } from '../../support/fakes.ts';

const HERE = 'https://us.vendor.example';

interface Case {
  readonly resolved?: Partial<ResolvedConnection>;
  readonly store?: FakeStore;
  readonly token?: string;
  readonly session?: { readonly secret: string; readonly origin: string | null };
  readonly seals?: FakeSeals;
}

async function open({
  resolved = {},
  store = new FakeStore(),
  token,
  session,
  seals = new FakeSeals(),
}: Case) {
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
      sessionSeals: async () => seals,
      vendorSession: async (provider, name, file) => {
        asked.push(provider, name, file);
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

  it('A6 is not known by the profile’s id, which anybody may write, where the store has none', async () => {
    const store = new FakeStore().put('acme', 'kt_1');
    const resolved = { profile: profileOf({ tokenId: 'mt_2' }) };
    expect(await open({ store, resolved })).toMatchObject({ tokenId: null });
  });

  it('that is gone says how to log in', async () => {
    await expect(open({})).rejects.toMatchObject({
      facts: { code: 'auth', hint: 'run `keyturn login fake --region us -p acme`' },
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

describe('A10 the session of the vendor’s own command is the one that a login agreed to', () => {
  const FILE = '/home/ann/.vendor/session.json';
  const agreed = {
    ...profileOf({ settings: { region: 'us' }, tokenId: 'mt_1' }),
    session: 'work',
    file: FILE,
    account: null,
  };

  async function use(more: {
    readonly secret?: string;
    readonly origin?: string | null;
    readonly profile?: Partial<Profile>;
    readonly pin?: Partial<SessionPin>;
    readonly session?: string;
    readonly seals?: FakeSeals;
  }) {
    const seals = new FakeSeals();
    const made = await pinSession(seals, agreed, Secret.of('kt_cli'));
    const source = {
      kind: 'vendor-cli',
      profile: more.session ?? 'work',
      pin: { ...made, ...more.pin },
    } as const;
    const profile = {
      ...profileOf({ settings: { region: 'us' }, tokenId: 'mt_1' }),
      ...more.profile,
      credential: source,
    };
    return open({
      resolved: { profile, origin: profile.origin, credential: source },
      session: { secret: more.secret ?? 'kt_cli', origin: more.origin ?? null },
      seals: more.seals ?? seals,
    });
  }

  it('is read from its file when it is used', async () => {
    expect(await use({})).toMatchObject({
      secret: 'kt_cli',
      credentialName: null,
      tokenId: 'mt_1',
      asked: ['fake', 'work', FILE],
    });
    expect(await use({ origin: HERE })).toMatchObject({ origin: HERE });
  });

  it.each<[string, Parameters<typeof use>[0]]>([
    ['another origin in the session’s file', { origin: 'https://evil.example' }],
    ['another port in the session’s file', { origin: `${HERE}:8443` }],
    ['another secret that does not tell whose it is', { secret: 'kt_other' }],
    ['another file', { pin: { file: '/tmp/evil.json' } }],
    ['another account', { pin: { account: 'evil' } }],
    ['a seal that nobody made', { pin: { seal: 'seal-9' } }],
    ['an empty seal', { pin: { seal: '' } }],
    ['a seal of another installation', { seals: new FakeSeals() }],
    ['another origin in config.yaml', { profile: { origin: 'https://evil.example' } }],
    ['other settings in config.yaml', { profile: { settings: { region: 'eu' } } }],
    ['another token id in config.yaml', { profile: { tokenId: 'mt_2' } }],
    ['no token id in config.yaml', { profile: { tokenId: null } }],
    ['another profile of the vendor’s command', { session: 'evil' }],
  ])('%s is refused', async (_, more) => {
    await expect(use(more)).rejects.toMatchObject({
      facts: { code: 'auth', hint: expect.stringContaining('--from-cli') },
    });
  });

  it('a profile that no login made is refused, and no file is read', async () => {
    const resolved = { credential: { kind: 'vendor-cli', profile: 'work' } } as const;
    await expect(open({ resolved, session: { secret: 'kt_cli', origin: HERE } })).rejects.toMatchObject({
      code: 'auth',
    });
  });
});

it('the wrong kind of credential never leaves here', async () => {
  const store = new FakeStore().put('acme', 'session-x');
  await expect(open({ store })).rejects.toMatchObject({
    code: 'auth',
    message: 'that is a session, not an admin token',
  });
});
