import { describe, expect, test } from 'vitest';
import { STORE_KINDS } from '../../src/domain/credential.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createMemoryDisk } from '../support/memory-disk.ts';
import { caught, createRig, entry, PATH, START } from '../unit/adapters/store/store-rig.ts';

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe.each(STORE_KINDS)('a %s store', (kind) => {
  const start = () => {
    const memory = createMemoryDisk();
    return { memory, ...createRig(memory.connect(), kind) };
  };

  test('has nothing before anything was saved, and makes no file by looking', async () => {
    const { store, memory } = start();
    expect(await store.facts()).toEqual({ kind: null, path: PATH });
    expect(await store.list()).toEqual([]);
    expect(await store.find('acme')).toBeNull();
    expect(await store.remove('acme')).toBe(false);
    await store.dropVersion('acme', '1');
    expect((await caught(store.open('acme'))).code).toBe('not-found');
    expect((await caught(store.promote('acme', null, '1'))).code).toBe('not-found');
    expect((await caught(store.rename('acme', 'other'))).code).toBe('not-found');
    expect(await store.unlock()).toBeNull();
    expect(memory.files().size).toBe(0);
  });

  test('remembers that a token ended, is disabled, or works again, and opens nothing for it', async () => {
    const { store, again } = start();
    await store.save(entry('acme'), Secret.of('s3cr3t-value'));
    const at = '2026-11-28T12:00:00Z';
    for (const state of ['disabled', 'ended'] as const) {
      await store.mark('acme', '1', { state, at });
      const found = await again().find('acme');
      expect(found?.current.inactive).toEqual({ state, at });
      expect(found?.versions[0]?.inactive).toEqual({ state, at });
    }
    await store.rename('acme', 'other');
    expect((await again().find('other'))?.current.inactive?.state).toBe('ended');
    await store.mark('other', '1', null);
    expect((await again().find('other'))?.current.inactive).toBeUndefined();
    await store.mark('absent', '1', { state: 'ended', at });
    await store.mark('other', '9', { state: 'ended', at });
    expect((await again().open('other')).reveal()).toBe('s3cr3t-value');
    await store.mark('other', '1', { state: 'ended', at });
    const renewed = await store.save(entry('other'), Secret.of('another-value'), { version: '1' });
    expect(renewed.current.inactive).toBeUndefined();
  });

  test('gives back what was saved, in another process too', async () => {
    const { store, again, memory } = start();
    const saved = await store.save(
      entry('acme', { kind: 'managing', expiresAt: '2027-01-01T00:00:00Z' }),
      Secret.of('s3cr3t-value'),
    );
    expect(saved).toEqual({
      name: 'acme',
      kind: 'managing',
      provider: 'errova',
      origin: 'https://api.errova.com',
      settings: null,
      project: null,
      current: {
        version: '1',
        id: 'tok_acme',
        scopes: ['org.read'],
        createdAt: '2026-11-22T12:00:00Z',
        expiresAt: '2027-01-01T00:00:00Z',
        savedAt: new Date(START).toISOString().replace('.000', ''),
      },
      versions: [saved.current],
    });
    const other = again();
    expect(await other.find('acme')).toEqual(saved);
    expect(await other.list()).toEqual([saved]);
    expect((await other.open('acme')).reveal()).toBe('s3cr3t-value');
    expect((await other.open('acme', '1')).reveal()).toBe('s3cr3t-value');
    expect(await other.facts()).toEqual({ kind, path: PATH });
    expect(text(memory.files().get(PATH)).includes('s3cr3t-value')).toBe(kind === 'file');
  });

  test('keeps facts that look like something else as they are', async () => {
    const { store, again } = start();
    const odd = entry('constructor', {
      id: '9007199254740993',
      scopes: ['no', '1e3', '', '# x', "it's: {a}"],
      provider: null,
      origin: null,
    });
    await store.save({ ...odd, project: '~' }, Secret.of('0123'));
    const found = await again().find('constructor');
    expect(found?.current.id).toBe('9007199254740993');
    expect(found?.current.scopes).toEqual(odd.scopes);
    expect(found?.project).toBe('~');
    expect((await again().open('constructor')).reveal()).toBe('0123');
  });

  test('keeps a secret of which nothing is known', async () => {
    const { store, again } = start();
    const nothing = { provider: null, origin: null, settings: null, project: null, id: null, scopes: null };
    await store.save(
      entry('bare', { ...nothing, kind: 'imported', createdAt: null }),
      Secret.of('bare-secret'),
    );
    await store.save(entry('full'), Secret.of('full-secret'));
    await store.save(
      entry('full', { ...nothing, kind: 'imported', createdAt: null }),
      Secret.of('bare-too'),
      'anything',
    );
    expect(await again().find('full')).toEqual({
      ...(await again().find('bare')),
      name: 'full',
      current: { ...(await again().find('bare'))?.current, version: '2' },
      versions: [{ ...(await again().find('bare'))?.current, version: '2' }],
    });
    expect((await again().open('bare')).reveal()).toBe('bare-secret');
    expect((await again().open('full')).reveal()).toBe('bare-too');
  });

  test('a second save is the new current version, the one before is gone', async () => {
    const { store, again } = start();
    await store.save(entry('acme'), Secret.of('first'));
    const second = await store.save(entry('acme', { id: 'tok_2' }), Secret.of('second'), { version: '1' });
    expect(second.versions.map((version) => version.version)).toEqual(['2']);
    expect((await again().open('acme')).reveal()).toBe('second');
    expect((await caught(again().open('acme', '1'))).code).toBe('not-found');
  });

  test('stages, promotes and drops a version', async () => {
    const { store, again } = start();
    await store.save(entry('acme'), Secret.of('old-secret'));
    const staged = await store.stage(entry('acme', { id: 'tok_new' }), 'r-7f3a', Secret.of('new-secret'));
    expect(staged.current.version).toBe('1');
    expect((await again().open('acme')).reveal()).toBe('old-secret');
    expect((await again().open('acme', 'r-7f3a')).reveal()).toBe('new-secret');
    expect((await caught(store.dropVersion('acme', '1'))).code).toBe('conflict');
    expect((await caught(store.promote('acme', 'other', 'r-7f3a'))).code).toBe('conflict');
    expect((await caught(store.promote('acme', '1', 'nowhere'))).code).toBe('not-found');
    expect((await store.promote('acme', '1', 'r-7f3a')).current.id).toBe('tok_new');
    expect((await store.promote('acme', '1', 'r-7f3a')).current.id).toBe('tok_new');
    expect((await again().open('acme')).reveal()).toBe('new-secret');
    await store.dropVersion('acme', '1');
    await store.dropVersion('acme', '1');
    expect((await again().find('acme'))?.versions.map((version) => version.version)).toEqual(['r-7f3a']);
  });

  test('a staged version is written once', async () => {
    const { store, memory } = start();
    await store.save(entry('acme'), Secret.of('old-secret'));
    await store.stage(entry('acme'), 'next', Secret.of('new-secret'));
    const before = text(memory.files().get(PATH));
    await store.stage(entry('acme'), 'next', Secret.of('new-secret'));
    expect(text(memory.files().get(PATH))).toBe(before);
    expect((await caught(store.stage(entry('acme'), 'next', Secret.of('another')))).code).toBe('conflict');
    const elsewhere = entry('acme', { origin: 'https://evil.example' });
    expect((await caught(store.stage(elsewhere, 'third', Secret.of('x')))).code).toBe('conflict');
  });

  test('an entry may start with a staged version', async () => {
    const { store, again } = start();
    const staged = await store.stage(entry('fresh'), 'v1', Secret.of('staged-secret'));
    expect(staged.current.version).toBe('v1');
    expect((await again().open('fresh', 'v1')).reveal()).toBe('staged-secret');
    expect((await store.promote('fresh', null, 'v1')).current.version).toBe('v1');
    await store.stage(entry('gone'), 'v1', Secret.of('staged-secret'));
    await store.dropVersion('gone', 'v1');
    expect(await store.find('gone')).toBeNull();
  });

  test('removes and renames', async () => {
    const { store, again } = start();
    await store.save(entry('one'), Secret.of('secret-one'));
    await store.save(entry('two'), Secret.of('secret-two'));
    await store.stage(entry('one'), 'next', Secret.of('secret-next'));
    expect((await caught(store.rename('one', 'two'))).code).toBe('conflict');
    expect((await caught(store.rename('none', 'x'))).code).toBe('not-found');
    await store.rename('one', 'uno');
    expect((await again().list()).map((credential) => credential.name)).toEqual(['uno', 'two']);
    expect((await again().open('uno')).reveal()).toBe('secret-one');
    expect((await again().open('uno', 'next')).reveal()).toBe('secret-next');
    expect(await again().find('one')).toBeNull();
    expect(await store.remove('two')).toBe(true);
    expect(await store.remove('two')).toBe(false);
    expect(await store.remove('uno')).toBe(true);
    await store.save(entry('later'), Secret.of('secret-later'));
    expect((await again().open('later')).reveal()).toBe('secret-later');
  });

  test.each(['../x', '', '__proto__', 'a b', 'a:b', '$(x)', '-x', 'x'.repeat(129), 'nul\0'])(
    'refuses the name %j',
    async (name) => {
      const { store } = start();
      expect((await caught(store.save(entry(name), Secret.of('x')))).code).toBe('usage');
      await store.save(entry('fine'), Secret.of('x'));
      expect((await caught(store.stage(entry(name), 'v', Secret.of('x')))).code).toBe('usage');
      expect((await caught(store.rename('fine', name))).code).toBe('usage');
      expect((await store.list()).map((credential) => credential.name)).toEqual(['fine']);
    },
  );

  test('proves without leaving a trace but the file', async () => {
    const { store, again, memory, keychain } = start();
    await store.prove();
    const first = text(memory.files().get(PATH));
    await again().prove();
    expect(text(memory.files().get(PATH))).toBe(first);
    expect([...memory.files().keys()]).toEqual([PATH]);
    expect(keychain.items.size).toBe(kind === 'keychain' ? 1 : 0);
    await again().save(entry('acme'), Secret.of('kept'));
    expect((await again().open('acme')).reveal()).toBe('kept');
  });

  test('twenty writers in one process lose nothing', async () => {
    const { again } = start();
    await again().prove();
    const writer = again();
    const names = Array.from({ length: 20 }, (_, index) => `w${index}`);
    await Promise.all(names.map((name) => writer.save(entry(name), Secret.of(`secret-${name}`))));
    expect((await again().list()).map((credential) => credential.name).sort()).toEqual([...names].sort());
  });

  test('a kind that was asked for never changes an existing file', async () => {
    const { store, again } = start();
    await store.save(entry('acme'), Secret.of('kept'));
    const other = again({ kindForNewFile: kind === 'file' ? 'keychain' : 'file' });
    await other.save(entry('second'), Secret.of('kept too'));
    expect((await other.facts()).kind).toBe(kind);
  });
});
