import { describe, expect, test } from 'vitest';
import { createProfiles } from '../../../../src/adapters/config/config-file.ts';
import type { Profile } from '../../../../src/ports/profiles.ts';
import { createMemoryDisk, Killed } from '../../../support/memory-disk.ts';
import { caught, createQueueLocks, noLocks, random } from '../store/store-rig.ts';

const PATH = '/home/ann/.config/keyturn/config.yaml';

function start() {
  const memory = createMemoryDisk();
  const again = (watch?: Parameters<typeof memory.connect>[0]) =>
    createProfiles({ disk: memory.connect(watch), random, locks: createQueueLocks(), path: PATH });
  const read = (): string => new TextDecoder().decode(memory.files().get(PATH));
  const write = (text: string): void => memory.put(PATH, new TextEncoder().encode(text));
  return { memory, again, profiles: again(), read, write };
}

function profile(name: string, more: Partial<Profile> = {}): Profile {
  return {
    name,
    provider: 'devo',
    settings: { region: 'us', domain: '0123' },
    origin: 'https://api-us.devo.com',
    credential: { kind: 'store', name },
    tokenId: null,
    ...more,
  };
}

describe('profiles', () => {
  test('there are none at first, and looking makes no file', async () => {
    const { profiles, memory } = start();
    expect(await profiles.list()).toEqual([]);
    expect(await profiles.find('x')).toBeNull();
    expect(await profiles.current()).toBeNull();
    expect(await profiles.remove('x')).toBe(false);
    expect(await profiles.aliases({ provider: 'devo', origin: 'https://x', settings: null })).toEqual([]);
    await profiles.removeAlias({ provider: 'devo', origin: 'https://x', settings: null, id: 'i' });
    expect(memory.files().size).toBe(0);
    expect((await caught(profiles.use('x'))).code).toBe('not-found');
    expect((await caught(profiles.rename('x', 'y'))).code).toBe('not-found');
    expect(memory.files().size).toBe(0);
  });

  test('come back as they were saved; the first becomes current', async () => {
    const { profiles, again } = start();
    const first = profile('acme', { tokenId: '9007199254740993' });
    const second = profile('from-cli', { credential: { kind: 'vendor-cli', profile: null }, settings: {} });
    const third = profile('named', { credential: { kind: 'vendor-cli', profile: 'work' } });
    for (const each of [first, second, third]) await profiles.save(each);
    expect(await again().list()).toEqual([first, second, third]);
    expect(await again().current()).toBe('acme');
    await profiles.save({ ...first, tokenId: null });
    expect(await again().find('acme')).toEqual({ ...first, tokenId: null });
    await profiles.use('named');
    expect(await again().current()).toBe('named');
  });

  test('are renamed and removed; the current pointer follows', async () => {
    const { profiles, again } = start();
    await profiles.save(profile('one'));
    await profiles.save(profile('two'));
    expect((await caught(profiles.rename('one', 'two'))).code).toBe('conflict');
    await profiles.rename('one', 'uno');
    expect(await again().current()).toBe('uno');
    expect((await again().list()).map((each) => each.name)).toEqual(['uno', 'two']);
    expect(await profiles.remove('uno')).toBe(true);
    expect(await again().current()).toBeNull();
    expect(await profiles.remove('two')).toBe(true);
    await profiles.save(profile('new'));
    expect(await again().current()).toBe('new');
  });

  test.each(['../x', '__proto__', '', 'a b'])('refuse the name %j', async (name) => {
    const { profiles } = start();
    expect((await caught(profiles.save(profile(name)))).code).toBe('usage');
    await profiles.save(profile('fine'));
    expect((await caught(profiles.rename('fine', name))).code).toBe('usage');
  });

  test('setting names that pollute are names and nothing more', async () => {
    const { profiles, again, write, read } = start();
    await profiles.save(profile('acme'));
    write(read().replace('region: us', '__proto__: us'));
    const found = await again().find('acme');
    expect(Object.keys(found?.settings ?? {})).toEqual(['__proto__', 'domain']);
    expect(Reflect.get({}, 'us')).toBeUndefined();
  });
});

describe('aliases', () => {
  const alias = {
    provider: 'prefactor',
    origin: 'https://app.prefactorai.com',
    settings: { 'account-id': 'one' },
    name: 'ci',
    id: 'tok_1',
  };

  test('are kept by provider and origin', async () => {
    const { profiles, again } = start();
    await profiles.saveAlias(alias);
    await profiles.saveAlias({ ...alias, origin: 'https://other.example', id: 'tok_9' });
    await profiles.saveAlias({ ...alias, name: 'renamed' });
    expect(await again().aliases(alias)).toEqual([{ ...alias, name: 'renamed' }]);
    await profiles.removeAlias(alias);
    await profiles.removeAlias(alias);
    expect(await again().aliases(alias)).toEqual([]);
  });

  test('of one account are not those of another at the same place', async () => {
    const { again, profiles, read } = start();
    const other = { ...alias, settings: { 'account-id': 'two' } };
    await profiles.saveAlias(alias);
    await profiles.saveAlias({ ...other, name: 'theirs' });
    await profiles.saveAlias({ ...other, name: 'ci', id: 'tok_2' });
    expect(await again().aliases(alias)).toEqual([alias]);
    await profiles.removeAlias(other);
    expect(await again().aliases(alias)).toEqual([alias]);
    expect(await again().aliases(other)).toEqual([{ ...other, name: 'ci', id: 'tok_2' }]);
    expect(read()).toContain('account-id: one');
  });

  test('that an older keyturn wrote belong to any account, until they are saved again', async () => {
    const { again, profiles, read, write } = start();
    await profiles.saveAlias({ ...alias, settings: null });
    expect(read()).not.toContain('account-id');
    write(read());
    expect(await again().aliases(alias)).toEqual([{ ...alias, settings: null }]);
    await profiles.saveAlias(alias);
    expect(await again().aliases({ ...alias, settings: {} })).toEqual([]);
  });

  test('a name stands for one token: saving it again moves it', async () => {
    const { profiles } = start();
    await profiles.saveAlias(alias);
    await profiles.saveAlias({ ...alias, id: 'tok_2' });
    expect(await profiles.aliases(alias)).toEqual([{ ...alias, id: 'tok_2' }]);
  });
});

describe('the file', () => {
  test('is private, keeps comments and order, and counts its generations', async () => {
    const { profiles, again, read, write, memory } = start();
    await profiles.save(profile('one'));
    expect(await memory.connect().facts(PATH)).toMatchObject({ mode: 0o600 });
    write(`${read().replace('  one:', '  # mine\n  one: # first')}# the end\n`);
    await again().save(profile('two'));
    await again().rename('one', 'uno');
    await again().use('two');
    for (const text of ['# mine', '# first', '# the end', '# Configuration of keyturn', 'generation: 4']) {
      expect(read()).toContain(text);
    }
  });

  test.each([
    ['a newer schema', (text: string) => text.replace('schema: 1', 'schema: 2'), 'newer keyturn'],
    ['an older schema', (text: string) => text.replace('schema: 1', 'schema: 0'), 'line 4'],
    ['text that does not parse', (text: string) => `${text}  - x: [`, 'line'],
    ['nothing in it', () => '', 'empty'],
    ['an origin in clear', (text: string) => text.replace('https://api', 'http://api'), 'line'],
    ['an unknown source', (text: string) => text.replace('kind: store', 'kind: magic'), 'line'],
    [
      'a current profile that is missing',
      (text: string) => text.replace('current: acme', 'current: none'),
      'line',
    ],
  ])('with %s is refused and never overwritten', async (_title, edit, words) => {
    const { profiles, again, read, write } = start();
    await profiles.save(profile('acme'));
    const before = edit(read());
    write(before);
    for (const work of [
      () => again().list(),
      () => again().save(profile('b')),
      () => again().remove('acme'),
    ]) {
      const error = await caught(work());
      expect(error.code).toBe('usage');
      expect(error.message).toContain(words);
    }
    expect(read()).toBe(before);
  });

  test('survives a kill at any effect', async () => {
    for (let n = 1, struck = true; struck; n += 1) {
      const { profiles, again, memory } = start();
      await profiles.save(profile('acme'));
      struck = false;
      const dying = again((effect) => {
        if (effect.n !== n) return null;
        struck = true;
        return { kind: 'kill', when: 'during', bytes: 9 };
      });
      await dying.save(profile('beta')).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      memory.crash('power');
      const names = (await again().list()).map((each) => each.name);
      expect([['acme'], ['acme', 'beta']]).toContainEqual(names);
      await again().save(profile('last'));
      expect([...memory.files().keys()]).toEqual([PATH]);
    }
  });

  test('a change by somebody without the lock, right before the rename, is not lost', async () => {
    const { memory, profiles, read, write, again } = start();
    await profiles.save(profile('first'));
    let changes = 0;
    const disk = memory.connect((effect) => {
      if (effect.name === 'read' && effect.path.endsWith('.tmp') && changes < 3) {
        changes += 1;
        write(`${read()}  # by hand, ${changes}\n`);
      }
      return null;
    });
    await createProfiles({ disk, random, locks: noLocks, path: PATH }).save(profile('second'));
    expect((await again().list()).map((each) => each.name)).toEqual(['first', 'second']);
    for (const n of [1, 2, 3]) expect(read()).toContain(`# by hand, ${n}`);
  });

  test('one that never stops changing ends in exit 13, not in a loss', async () => {
    const { memory, profiles, read, write, again } = start();
    await profiles.save(profile('first'));
    const disk = memory.connect((effect) => {
      if (effect.name === 'read' && effect.path.endsWith('.tmp')) write(`${read()}# again\n`);
      return null;
    });
    const restless = createProfiles({ disk, random, locks: noLocks, path: PATH });
    expect((await caught(restless.save(profile('second')))).code).toBe('locked');
    expect((await again().list()).map((each) => each.name)).toEqual(['first']);
    expect([...memory.files().keys()]).toEqual([PATH]);
  });
});
