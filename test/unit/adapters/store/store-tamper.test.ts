import { describe, expect, test } from 'vitest';
import type { LocalCredentialStore } from '../../../../src/adapters/store/credential-store.ts';
import type { StoreKind } from '../../../../src/domain/credential.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { createMemoryDisk, type MemoryDisk } from '../../../support/memory-disk.ts';
import { caught, createRig, entry, type FakeKeychain, PATH, type Rig } from './store-rig.ts';

const CANARY = 'kt_canary_0f9c27d4';

async function filled(kind: StoreKind): Promise<Rig & { readonly memory: MemoryDisk }> {
  const memory = createMemoryDisk();
  const rig = createRig(memory.connect(), kind);
  await rig.store.save(entry('acme'), Secret.of(CANARY));
  await rig.store.save(entry('beta', { origin: 'https://eu.errova.com' }), Secret.of('beta-secret-value'));
  return { memory, ...rig };
}

const read = (memory: MemoryDisk): string => new TextDecoder().decode(memory.files().get(PATH));
const write = (memory: MemoryDisk, text: string): void => memory.put(PATH, new TextEncoder().encode(text));
const sealedOf = (text: string, nth: number): string => [...text.matchAll(/sealed: (\S+)/g)][nth]?.[1] ?? '';

/** The error with everything it says, which must hold no secret. */
async function problem(work: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> {
  const error = await caught(work);
  const { code, message, hint = '' } = error.facts;
  for (const secret of [CANARY, 'beta-secret-value'])
    expect(JSON.stringify(error.facts)).not.toContain(secret);
  return { code, message, hint };
}

describe('a sealed value', () => {
  test('opens with no byte of it changed', async () => {
    const { memory, store } = await filled('keychain');
    const text = read(memory);
    const sealed = sealedOf(text, 0);
    expect(sealed.length).toBeGreaterThan(40);
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = sealed[at] === 'A' ? 'B' : 'A';
      write(memory, text.replace(sealed, `${sealed.slice(0, at)}${flipped}${sealed.slice(at + 1)}`));
      const { code } = await problem(store.open('acme'));
      expect(['conflict', 'usage']).toContain(code);
    }
    write(memory, text.replace(sealed, sealed.slice(0, 12)));
    expect((await problem(store.open('acme'))).code).toBe('conflict');
    write(memory, text);
    expect((await store.open('acme')).reveal()).toBe(CANARY);
  });

  test.each([
    ['another entry', (text: string) => text.replace(sealedOf(text, 1), sealedOf(text, 0)), 'beta'],
    ['another name', (text: string) => text.replace('  acme:', '  other:'), 'other'],
    [
      'another origin',
      (text: string) => text.replace('https://api.errova.com', 'https://api.evil.com'),
      'acme',
    ],
    ['another provider', (text: string) => text.replace('provider: errova', 'provider: devo'), 'acme'],
    ['another version', (text: string) => text.replaceAll('"1"', '"2"'), 'acme'],
  ])('does not open when moved to %s', async (_title, move, name) => {
    const { memory, store } = await filled('keychain');
    const text = read(memory);
    write(memory, move(text));
    expect(read(memory)).not.toBe(text);
    expect(await problem(store.open(name))).toMatchObject({
      code: 'conflict',
      message: `the secret of "${name}" does not open`,
    });
  });

  test('never has the same nonce twice', async () => {
    const { memory, store } = await filled('keychain');
    const first = sealedOf(read(memory), 0);
    await store.save(entry('acme'), Secret.of(CANARY), { version: '1' });
    expect(sealedOf(read(memory), 0).slice(0, 16)).not.toBe(first.slice(0, 16));
  });
});

describe('the keychain', () => {
  test.each([
    ['locked', 'the keychain is locked'],
    ['lying', 'another key'],
    ['newline', 'damaged'],
    ['truncating', 'damaged'],
    ['forgetful', 'has no key'],
  ] as const)('%s: reading and writing fail with exit 7 and change nothing', async (mood, words) => {
    const { memory, again, keychain } = await filled('keychain');
    const before = read(memory);
    keychain.mood = mood;
    for (const work of [
      (store: LocalCredentialStore) => store.open('acme'),
      (store: LocalCredentialStore) => store.save(entry('acme'), Secret.of('new')),
      (store: LocalCredentialStore) => store.prove(),
    ]) {
      const { code, message, hint } = await problem(work(again()));
      expect(code).toBe('unavailable');
      expect(message).toContain(words);
      expect(hint).not.toBe('');
    }
    expect(read(memory)).toBe(before);
    expect((await again().list()).map((credential) => credential.name)).toEqual(['acme', 'beta']);
  });

  test.each(['locked', 'lying', 'newline', 'truncating', 'forgetful'] as const)(
    '%s at the first write: exit 7, no file, and no fall-back to another store',
    async (mood) => {
      const memory = createMemoryDisk();
      const { store, keychain, again } = createRig(memory.connect(), 'keychain');
      keychain.mood = mood;
      expect((await problem(store.save(entry('acme'), Secret.of(CANARY)))).code).toBe('unavailable');
      expect(memory.files().has(PATH)).toBe(false);
      keychain.mood = 'well';
      await again().save(entry('acme'), Secret.of(CANARY));
      expect([...memory.files().keys()]).toEqual([PATH]);
      expect(keychain.items.size).toBe(1);
    },
  );

  test('forgetting an entry works while it is locked', async () => {
    const { again, keychain } = await filled('keychain');
    keychain.mood = 'locked';
    expect(await again().remove('acme')).toBe(true);
    keychain.mood = 'well';
    expect((await again().open('beta')).reveal()).toBe('beta-secret-value');
  });

  test('is asked once for many reads', async () => {
    const { again, keychain } = await filled('keychain');
    let asked = 0;
    const counting: FakeKeychain = {
      ...keychain,
      getPassword: (service, account) => {
        asked += 1;
        return keychain.getPassword(service, account);
      },
    };
    const store = again({ keychain: counting });
    await Promise.all(['acme', 'beta', 'acme'].map((name) => store.open(name)));
    expect(asked).toBe(1);
  });
});

describe('the passphrase', () => {
  test('that is wrong is exit 4, and the right one still opens', async () => {
    const { memory, again } = await filled('passphrase');
    const before = read(memory);
    let given = 'wrong';
    const store = again({ passphrase: async () => Secret.of(given) });
    expect((await problem(store.open('acme'))).code).toBe('auth');
    expect(await problem(store.save(entry('x'), Secret.of('y')))).toMatchObject({
      message: 'the passphrase is wrong',
    });
    expect(read(memory)).toBe(before);
    given = 'correct horse battery staple';
    expect((await store.open('acme')).reveal()).toBe(CANARY);
  });

  test.each([
    ['a cheaper N', (text: string) => text.replace('N: 32768', 'N: 16384')],
    ['an N of one', (text: string) => text.replace('N: 32768', 'N: 1')],
    ['an N that takes all memory', (text: string) => text.replace('N: 32768', 'N: 1073741824')],
    ['an N that is no power of two', (text: string) => text.replace('N: 32768', 'N: 40000')],
    ['an r of zero', (text: string) => text.replace('r: 8', 'r: 0')],
    ['a huge p', (text: string) => text.replace('p: 1', 'p: 100000')],
    ['no salt', (text: string) => text.replace(/salt: [\w-]+/, 'salt: AA')],
    ['another function', (text: string) => text.replace('name: scrypt', 'name: md5')],
    ['no kdf', (text: string) => text.replace(/^kdf:.*$/m, '')],
  ])('with %s in the header is refused', async (_title, edit) => {
    const { memory, again } = await filled('passphrase');
    const text = read(memory);
    write(memory, edit(text));
    expect(read(memory)).not.toBe(text);
    expect((await problem(again().open('acme'))).code).toBe('usage');
  });

  test('with other parameters that are allowed is wrong', async () => {
    const { memory, again } = await filled('passphrase');
    write(memory, read(memory).replace('N: 32768', 'N: 65536'));
    expect((await problem(again().open('acme'))).code).toBe('auth');
  });

  test('that is short is refused for a new store', async () => {
    const memory = createMemoryDisk();
    const { store } = createRig(memory.connect(), 'passphrase', {
      passphrase: async () => Secret.of('1234567'),
    });
    expect((await problem(store.save(entry('acme'), Secret.of(CANARY)))).code).toBe('usage');
    expect(memory.files().size).toBe(0);
  });

  test('is asked for once, and before the lock is taken', async () => {
    const memory = createMemoryDisk();
    const events: string[] = [];
    const rig = createRig(memory.connect(), 'passphrase', {
      passphrase: async () => {
        events.push('asked');
        return Secret.of('correct horse battery staple');
      },
      locks: {
        hold: (_name, _waitMs, work) => {
          events.push('lock');
          return work(async () => undefined);
        },
      },
    });
    await rig.store.save(entry('acme'), Secret.of(CANARY));
    await rig.store.open('acme');
    expect(events.filter((event) => event === 'asked')).toHaveLength(1);
    expect(events[0]).toBe('asked');
  });
});

describe('the schema', () => {
  test('a newer one is refused untouched', async () => {
    const { memory, again } = await filled('file');
    write(memory, read(memory).replace('schema: 1', 'schema: 2'));
    const before = read(memory);
    for (const work of [
      () => again().list(),
      () => again().open('acme'),
      () => again().save(entry('x'), Secret.of('y')),
      () => again().remove('acme'),
    ]) {
      expect(await problem(work())).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('newer keyturn'),
      });
    }
    expect(read(memory)).toBe(before);
  });

  test('an older one is refused untouched', async () => {
    const { memory, again } = await filled('file');
    write(memory, read(memory).replace('schema: 1', 'schema: 0'));
    const before = read(memory);
    expect((await problem(again().save(entry('x'), Secret.of('y')))).code).toBe('usage');
    expect(read(memory)).toBe(before);
  });
});

describe('a file that others could have touched', () => {
  test.each([
    ['0666', { mode: 0o666 }, 'chmod 600'],
    ['0640', { mode: 0o640 }, 'chmod 600'],
    ['of another user', { owned: false }, 'of your own'],
  ])('%s is refused with what to do', async (_title, state, hint) => {
    const { memory, again } = await filled('file');
    const bytes = memory.files().get(PATH) ?? new Uint8Array();
    memory.put(PATH, bytes, state);
    for (const work of [() => again().open('acme'), () => again().save(entry('x'), Secret.of('y'))]) {
      const found = await problem(work());
      expect(found.code).toBe('usage');
      expect(found.hint).toContain(hint);
    }
  });

  test('a folder that is open to others is refused with the chmod', async () => {
    const memory = createMemoryDisk();
    memory.plant('/home/ann/.config/keyturn', { folder: 0o755 });
    const { store } = createRig(memory.connect(), 'file');
    expect(await problem(store.save(entry('x'), Secret.of(CANARY)))).toMatchObject({
      code: 'usage',
      hint: 'chmod 700 /home/ann/.config/keyturn',
    });
    expect(memory.files().size).toBe(0);
  });

  test('a link of one’s own stays a link, the file behind it is replaced', async () => {
    const memory = createMemoryDisk();
    memory.plant('/home/ann/dotfiles', { folder: 0o700 });
    memory.plant('/home/ann/.config/keyturn', { folder: 0o700 });
    memory.plant(PATH, { link: '/home/ann/dotfiles/credentials.yaml' });
    const { store, again } = createRig(memory.connect(), 'file');
    await store.save(entry('acme'), Secret.of(CANARY));
    await store.save(entry('acme'), Secret.of('second'), { version: '1' });
    expect([...memory.files().keys()]).toEqual(['/home/ann/dotfiles/credentials.yaml']);
    expect(await memory.connect().facts(PATH)).toMatchObject({ kind: 'link' });
    expect((await again().open('acme')).reveal()).toBe('second');
  });

  test('a folder in the place of the file is refused', async () => {
    const memory = createMemoryDisk();
    memory.plant('/home/ann/.config/keyturn', { folder: 0o700 });
    memory.plant(PATH, { folder: 0o700 });
    const { store } = createRig(memory.connect(), 'file');
    expect((await problem(store.save(entry('x'), Secret.of('y')))).code).toBe('usage');
  });
});

describe('comments and order', () => {
  test('survive every kind of edit', async () => {
    const { memory, again } = await filled('file');
    write(
      memory,
      read(memory)
        .replace('  acme:', '  # the one for production\n  acme: # ask Ann')
        .replace('    kind: token', '    note: mine # unknown to keyturn\n    kind: token # a kind')
        .concat('# the end\n'),
    );
    const store = again();
    await store.save(entry('acme', { scopes: null }), Secret.of('second'), { version: '1' });
    await store.stage(entry('acme'), 'next', Secret.of('third'));
    await store.promote('acme', '2', 'next');
    await store.dropVersion('acme', '2');
    await store.rename('acme', 'acme-eu');
    await store.remove('beta');
    await store.save(entry('gamma'), Secret.of('fourth'));
    const text = read(memory);
    for (const comment of [
      '# Credentials kept',
      '# the one for production',
      '# ask Ann',
      '# unknown to keyturn',
      '# a kind',
      '# the end',
    ]) {
      expect(text).toContain(comment);
    }
    expect(text).toContain('note: mine');
    expect(text.indexOf('acme-eu:')).toBeLessThan(text.indexOf('gamma:'));
    expect((await again().open('acme-eu')).reveal()).toBe('third');
  });
});

test('the file tells everything but the secrets', async () => {
  const { memory } = await filled('keychain');
  const shown = read(memory)
    .replace(/(vault|check|place|sealed): \S+/g, '$1: …')
    .replace(/^#.*\n/gm, '');
  expect(shown.trim()).toMatchInlineSnapshot(`
    "schema: 1
    generation: 2
    store: keychain
    vault: …
    check: …
    place: …
    credentials:
      acme:
        kind: token
        provider: errova
        origin: https://api.errova.com
        current: "1"
        versions:
          "1":
            id: tok_acme
            scopes: [ org.read ]
            createdAt: 2026-11-22T12:00:00Z
            savedAt: 2026-11-22T12:00:00Z
            seal: 2
            sealed: …
      beta:
        kind: token
        provider: errova
        origin: https://eu.errova.com
        current: "1"
        versions:
          "1":
            id: tok_beta
            scopes: [ org.read ]
            createdAt: 2026-11-22T12:00:00Z
            savedAt: 2026-11-22T12:00:00Z
            seal: 2
            sealed: …"
  `);
});
