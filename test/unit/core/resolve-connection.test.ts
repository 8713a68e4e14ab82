import { describe, expect, it } from 'vitest';
import { resolveConnection, variableOf } from '../../../src/core/resolve-connection.ts';
import { AppError } from '../../../src/domain/errors.ts';
import type { Profile } from '../../../src/ports/profiles.ts';
import { FakeProfiles, fakeProvider, profileOf } from '../../support/fakes.ts';

interface Case {
  readonly profile?: string;
  readonly provider?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly profiles?: readonly Profile[];
  readonly current?: string | null;
}

async function resolve({ profile, provider, env = {}, profiles = [], current = null }: Case) {
  const { credential, sources, ...rest } = await resolveConnection(
    { profile, provider, env },
    {
      profiles: new FakeProfiles(profiles, current),
      loadProvider: async (id) => {
        if (id === 'fake' || id === 'other') return { ...fakeProvider(), id };
        throw new AppError({ code: 'usage', message: `there is no provider "${id}"` });
      },
    },
  );
  return {
    provider: rest.provider.id,
    profile: rest.profile?.name ?? null,
    settings: rest.settings,
    origin: rest.origin,
    credential,
    sources,
  };
}

const acme = profileOf();
const eu = profileOf({
  name: 'eu',
  settings: { region: 'eu', 'team-id': 't1' },
  origin: 'https://eu.vendor.example',
  credential: { kind: 'store', name: 'eu-key' },
});
const moved = profileOf({ name: 'moved', origin: 'https://proxy.example' });
const other = profileOf({ name: 'other', provider: 'other' });
const cli = profileOf({ name: 'cli', credential: { kind: 'vendor-cli', profile: 'work' } });

describe('which profile', () => {
  it.each<[string, Case, string | null, string | undefined]>([
    ['the flag', { profile: 'eu', env: { KEYTURN_PROFILE: 'acme' }, current: 'acme' }, 'eu', '--profile'],
    ['the variable', { env: { KEYTURN_PROFILE: 'eu' }, current: 'acme' }, 'eu', 'KEYTURN_PROFILE'],
    [
      'an empty variable counts for nothing',
      { env: { KEYTURN_PROFILE: '' }, current: 'acme' },
      'acme',
      'current profile',
    ],
    ['the current one', { current: 'acme' }, 'acme', 'current profile'],
    [
      'the current one, when it is of the provider',
      { provider: 'fake', current: 'eu' },
      'eu',
      'current profile',
    ],
    [
      'the only one of the provider',
      { provider: 'other', current: 'acme' },
      'other',
      'only profile of other',
    ],
    [
      'the only one of the variable’s provider',
      { env: { KEYTURN_PROVIDER: 'other' } },
      'other',
      'only profile of other',
    ],
  ])('%s', async (_, wishes, name, source) => {
    const resolved = await resolve({ profiles: [acme, eu, other], ...wishes });
    expect([resolved.profile, resolved.sources['profile']]).toEqual([name, source]);
  });

  it.each<[string, Case, string]>([
    ['a flag that names none', { profile: 'gone' }, 'not-found'],
    ['a variable that names none', { env: { KEYTURN_PROFILE: 'gone' } }, 'not-found'],
    ['a profile of another provider than the flag', { profile: 'acme', provider: 'other' }, 'usage'],
    [
      'a profile of another provider than the variable',
      { profile: 'acme', env: { KEYTURN_PROVIDER: 'other' } },
      'usage',
    ],
    ['several of the provider, none of them current', { provider: 'fake', current: 'other' }, 'conflict'],
    ['none at all', { profiles: [] }, 'auth'],
    ['none of the provider', { provider: 'other', profiles: [acme] }, 'auth'],
    ['a current one that is gone', { current: 'gone', profiles: [] }, 'auth'],
    ['a provider that is none', { env: { KEYTURN_TOKEN: 'kt', KEYTURN_PROVIDER: 'nobody' } }, 'usage'],
  ])('%s is refused', async (_, wishes, code) => {
    await expect(resolve({ profiles: [acme, eu, other], ...wishes })).rejects.toMatchObject({ code });
  });
});

describe('which credential', () => {
  const ENV = { KEYTURN_TOKEN: 'kt', KEYTURN_PROVIDER: 'fake', KEYTURN_REGION: 'us' };

  it('the environment alone is enough, and no file is needed', async () => {
    expect(await resolve({ env: ENV })).toEqual({
      provider: 'fake',
      profile: null,
      settings: { region: 'us' },
      origin: 'https://us.vendor.example',
      credential: { kind: 'environment' },
      sources: {
        provider: 'KEYTURN_PROVIDER',
        region: 'KEYTURN_REGION',
        origin: 'provider',
        credential: 'KEYTURN_TOKEN',
      },
    });
  });

  it('the environment beats the store', async () => {
    const env = { KEYTURN_TOKEN: 'kt', KEYTURN_PROFILE: 'acme' };
    const resolved = await resolve({ env, profiles: [acme], current: 'acme' });
    expect(resolved).toMatchObject({ profile: 'acme', credential: { kind: 'environment' } });
    expect(resolved.sources['credential']).toBe('KEYTURN_TOKEN');
  });

  it.each<[string, Case]>([
    ['the current profile', { profiles: [acme], current: 'acme' }],
    [
      'the current profile, and settings of another provider',
      { profiles: [eu], env: { KEYTURN_ORG: 'x' }, current: 'eu' },
    ],
    ['the only profile', { profiles: [acme] }],
    ['an empty KEYTURN_PROVIDER', { profiles: [acme], env: { KEYTURN_PROVIDER: '' }, current: 'acme' }],
    ['an empty KEYTURN_PROFILE', { profiles: [acme], env: { KEYTURN_PROFILE: '' }, current: 'acme' }],
    [
      'KEYTURN_URL alone',
      { profiles: [acme], env: { KEYTURN_URL: 'https://us.vendor.example' }, current: 'acme' },
    ],
    ['a profile at another address', { profiles: [moved], env: { KEYTURN_PROFILE: 'moved' } }],
    [
      'one at another address, and settings that lead home',
      { profiles: [moved], env: { KEYTURN_PROFILE: 'moved', KEYTURN_REGION: 'eu' } },
    ],
    [
      'a profile of another provider',
      { profiles: [acme], env: { KEYTURN_PROFILE: 'acme', KEYTURN_PROVIDER: 'other' } },
    ],
    [
      'a provider without its settings, though the current profile has them',
      { profiles: [acme], env: { KEYTURN_PROVIDER: 'fake' }, current: 'acme' },
    ],
  ])('A8 KEYTURN_TOKEN borrows nothing from %s', async (_, { env, ...more }) => {
    const work = resolve({ ...more, env: { ...env, KEYTURN_TOKEN: 'kt' } });
    await expect(work).rejects.toMatchObject({ code: 'usage' });
  });

  it('with a provider named, the environment does not borrow the current profile', async () => {
    const resolved = await resolve({ env: ENV, profiles: [eu], current: 'eu' });
    expect(resolved).toMatchObject({ profile: null, origin: 'https://us.vendor.example' });
  });

  it('a set but empty KEYTURN_TOKEN is refused, and never silently the store’s credential', async () => {
    const empty = resolve({ env: { KEYTURN_TOKEN: '' }, profiles: [acme], current: 'acme' });
    await expect(empty).rejects.toMatchObject({ code: 'usage', message: 'KEYTURN_TOKEN is set but empty' });
  });

  it.each<[string, Case]>([
    ['an explicit profile', { profile: 'acme', env: ENV }],
    ['an explicit profile, though the token is empty', { profile: 'acme', env: { KEYTURN_TOKEN: '' } }],
    ['no provider', { env: { KEYTURN_TOKEN: 'kt' } }],
  ])('KEYTURN_TOKEN and %s are refused', async (_, wishes) => {
    await expect(resolve({ profiles: [acme], ...wishes })).rejects.toMatchObject({ code: 'usage' });
  });

  it('the profile’s own: an entry of the store, or the vendor’s command', async () => {
    const stored = await resolve({ profile: 'eu', profiles: [eu] });
    expect(stored.credential).toEqual({ kind: 'store', name: 'eu-key' });
    expect(stored.sources['credential']).toBe('credential "eu-key"');
    const session = await resolve({ profile: 'cli', profiles: [cli] });
    expect(session.credential).toEqual({ kind: 'vendor-cli', profile: 'work' });
    expect(session.sources['credential']).toContain('vendor’s own command');
  });
});

describe('which settings', () => {
  it('a variable beats the profile; each source is told', async () => {
    const resolved = await resolve({ profile: 'eu', profiles: [eu], env: { KEYTURN_TEAM_ID: 't2' } });
    expect(resolved.settings).toEqual({ region: 'eu', 'team-id': 't2' });
    expect(resolved.sources).toMatchObject({ region: 'profile', 'team-id': 'KEYTURN_TEAM_ID' });
  });

  it('are checked, whereever they come from', async () => {
    const resolved = await resolve({
      env: { KEYTURN_TOKEN: 'kt', KEYTURN_PROVIDER: 'fake', KEYTURN_REGION: 'EU' },
    });
    expect(resolved.settings).toEqual({ region: 'eu' });
  });

  it('one that is missing is named, with its variable', async () => {
    const work = resolve({ env: { KEYTURN_TOKEN: 'kt', KEYTURN_PROVIDER: 'fake', KEYTURN_REGION: '' } });
    await expect(work).rejects.toMatchObject({
      facts: {
        code: 'usage',
        message: 'Fake needs "region"',
        hint: expect.stringContaining('KEYTURN_REGION'),
      },
    });
  });

  it('have variables named after them', () => {
    expect(fakeProvider().settings.map(variableOf)).toEqual(['KEYTURN_REGION', 'KEYTURN_TEAM_ID']);
  });
});

describe('which origin', () => {
  it('is the profile’s, though the provider’s own is another', async () => {
    const resolved = await resolve({ profile: 'moved', profiles: [moved] });
    expect([resolved.origin, resolved.sources['origin']]).toEqual(['https://proxy.example', 'profile']);
  });

  it.each<[string, Case]>([
    ['a setting that leads elsewhere', { env: { KEYTURN_REGION: 'eu' } }],
    ['KEYTURN_URL', { env: { KEYTURN_URL: 'https://evil.example' } }],
    ['KEYTURN_URL of the same origin', { env: { KEYTURN_URL: 'https://us.vendor.example' } }],
  ])('a stored credential never follows %s', async (_, wishes) => {
    await expect(resolve({ profiles: [acme], current: 'acme', ...wishes })).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(resolve({ profiles: [cli], current: 'cli', ...wishes })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('a setting that leads to the same place is accepted', async () => {
    const resolved = await resolve({ profiles: [moved], current: 'moved', env: { KEYTURN_REGION: 'us' } });
    expect(resolved.origin).toBe('https://proxy.example');
  });

  it('KEYTURN_URL goes with KEYTURN_TOKEN, and is checked', async () => {
    const env = { KEYTURN_TOKEN: 'kt', KEYTURN_PROVIDER: 'fake', KEYTURN_REGION: 'us' };
    const resolved = await resolve({ env: { ...env, KEYTURN_URL: 'https://proxy.example/' } });
    expect([resolved.origin, resolved.sources['origin']]).toEqual(['https://proxy.example', 'KEYTURN_URL']);
    for (const url of ['http://proxy.example', 'https://user@proxy.example', 'proxy.example']) {
      await expect(resolve({ env: { ...env, KEYTURN_URL: url } })).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('A8 a token of the environment goes where the settings lead; to a profile’s other address only when told', async () => {
    const env = { KEYTURN_TOKEN: 'kt', KEYTURN_REGION: 'eu', KEYTURN_PROFILE: 'acme' };
    expect((await resolve({ env, profiles: [acme] })).origin).toBe('https://eu.vendor.example');
    const told = { KEYTURN_TOKEN: 'kt', KEYTURN_PROFILE: 'moved', KEYTURN_URL: 'https://proxy.example' };
    expect((await resolve({ env: told, profiles: [moved] })).origin).toBe('https://proxy.example');
  });
});
