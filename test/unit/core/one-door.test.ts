import { describe, expect, test } from 'vitest';
import { chooseLoginEntry } from '../../../src/core/login-entry.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Profile } from '../../../src/ports/profiles.ts';
import type { NewVersion, Replacing } from '../../../src/ports/store.ts';
import { loadProvider } from '../../../src/providers/registry.ts';
import { FakeProfiles, FakeStore } from '../../support/fakes.ts';
import { createMemoryDisk } from '../../support/memory-disk.ts';
import { caught, createRig, entry } from '../adapters/store/store-rig.ts';

const HERE = { provider: 'devo', origin: 'https://api.devo.com', settings: { domain: 'alpha' } } as const;

function profile(name: string, more: Partial<Profile> = {}): Profile {
  return { name, ...HERE, credential: { kind: 'store', name }, tokenId: null, ...more };
}

describe('A1 a login saves', () => {
  test.each<
    [
      string,
      readonly Profile[],
      { entry?: Partial<NewVersion> | null; at?: string; saveAs?: string },
      unknown,
    ]
  >([
    ['under the name of a new profile', [], { entry: null }, { name: 'prod', from: null }],
    ['over the own managing credential', [profile('prod')], {}, { name: 'prod', from: '1' }],
    [
      'over an own one of an older keyturn',
      [profile('prod')],
      { entry: { settings: null } },
      { name: 'prod', from: '1' },
    ],
    [
      'where a renamed profile has its credential',
      [profile('prod', { credential: { kind: 'store', name: 'before' } })],
      { at: 'before' },
      { name: 'before', from: '1' },
    ],
    ['under the name that was asked for', [], { saveAs: 'prod-login' }, { name: 'prod-login', from: null }],
    [
      'not over an imported secret',
      [],
      { entry: { kind: 'imported', provider: null, origin: null } },
      'conflict',
    ],
    ['not over a token of the same account', [], { entry: { kind: 'token' } }, 'conflict'],
    [
      'not over a token of another vendor',
      [],
      { entry: { kind: 'token', provider: 'bluebricks' } },
      'conflict',
    ],
    ['over a managing credential without a profile', [], {}, { name: 'prod', from: '1', onlySame: true }],
    [
      'not over the credential of a profile that was renamed',
      [profile('old', { credential: { kind: 'store', name: 'prod' } })],
      {},
      'conflict',
    ],
    ['not over a token that took the name', [profile('prod')], { entry: { kind: 'token' } }, 'conflict'],
    ['not over another account', [profile('prod')], { entry: { settings: { domain: 'beta' } } }, 'conflict'],
    ['not over another origin', [profile('prod')], { entry: { origin: 'https://eu.devo.com' } }, 'conflict'],
    [
      'over what lies beside a session of the vendor',
      [profile('prod', { credential: { kind: 'vendor-cli', profile: null } })],
      {},
      { name: 'prod', from: '1', onlySame: true },
    ],
    [
      'over another name that was asked for',
      [profile('prod')],
      { at: 'svc', saveAs: 'svc' },
      { name: 'svc', from: '1', onlySame: true },
    ],
  ])('%s', async (_title, all, { entry: there = {}, at = 'prod', saveAs }, expected) => {
    const profiles = new FakeProfiles();
    for (const each of all) await profiles.save(each);
    const store = new FakeStore();
    if (there) store.put(at, 'only-copy', { ...HERE, kind: 'managing', ...there });
    const chosen = chooseLoginEntry(
      { store, profiles },
      { profile: 'prod', ...HERE, provider: await loadProvider(HERE.provider), saveAs },
    );
    if (expected !== 'conflict') {
      const { entry: at, otherwise } = await chosen;
      return expect({ ...at, ...(otherwise && { onlySame: true }) }).toEqual(expected);
    }
    const { facts } = await caught(chosen);
    expect(facts.code).toBe('conflict');
    expect(facts.hint).toContain(
      'keyturn login devo --region us --domain alpha --url https://api.devo.com --save-as prod-login -p prod',
    );
    expect((await store.open(at)).reveal()).toBe('only-copy');
    return undefined;
  });
});

describe('A1 the store', () => {
  const fresh = entry('svc', { ...HERE, id: '3' });
  const SAME = { version: '1' } as const;

  test.each<[string, Partial<NewVersion>, Replacing | undefined, 'kept' | 'replaced']>([
    ['nothing asked for', {}, undefined, 'kept'],
    ['the version that was looked at', {}, SAME, 'replaced'],
    ['a version that is gone', {}, { version: '9' }, 'kept'],
    ['another kind', { kind: 'managing' }, SAME, 'kept'],
    ['another provider', { provider: 'errova' }, SAME, 'kept'],
    ['another origin', { origin: 'https://eu.devo.com' }, SAME, 'kept'],
    ['another account', { settings: { domain: 'beta' } }, SAME, 'kept'],
    ['no account', { settings: null }, SAME, 'kept'],
    ['another project', { project: 'web' }, SAME, 'kept'],
    ['anything, as a person asked', { kind: 'imported', provider: null }, 'anything', 'replaced'],
  ])('saves over %s', async (_title, more, replacing, outcome) => {
    const { store, again } = createRig(createMemoryDisk().connect(), 'keychain');
    await store.save(fresh, Secret.of('first'));
    const saving = store.save({ ...fresh, ...more }, Secret.of('second'), replacing);
    if (outcome === 'kept') expect((await caught(saving)).code).toBe('conflict');
    else await saving;
    expect((await again().open('svc')).reveal()).toBe(outcome === 'kept' ? 'first' : 'second');
  });

  test('never replaces a managing credential because somebody forced it', async () => {
    const { store, again } = createRig(createMemoryDisk().connect(), 'keychain');
    await store.save({ ...fresh, kind: 'managing' }, Secret.of('first'));
    const forced = store.save({ ...fresh, kind: 'imported' }, Secret.of('second'), 'anything');
    expect((await caught(forced)).code).toBe('conflict');
    expect((await again().open('svc')).reveal()).toBe('first');
  });

  test('takes the same credential with the same secret once more', async () => {
    const { store } = createRig(createMemoryDisk().connect(), 'keychain');
    await store.save(fresh, Secret.of('first'));
    expect((await store.save(fresh, Secret.of('first'))).current.version).toBe('1');
    expect((await caught(store.save({ ...fresh, id: '4' }, Secret.of('first')))).code).toBe('conflict');
  });

  test.each<Partial<NewVersion>>([
    { kind: 'managing' },
    { provider: 'errova' },
    { origin: 'https://eu.devo.com' },
    { settings: { domain: 'beta' } },
    { project: 'web' },
  ])('stages nothing beside another identity: %o', async (more) => {
    const { store } = createRig(createMemoryDisk().connect(), 'keychain');
    await store.save(fresh, Secret.of('first'));
    const staged = store.stage({ ...fresh, ...more }, 'next', Secret.of('second'));
    expect((await caught(staged)).code).toBe('conflict');
    expect((await store.find('svc'))?.versions).toHaveLength(1);
  });
});
