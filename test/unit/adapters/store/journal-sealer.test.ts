import { describe, expect, test } from 'vitest';
import { createInstallationKeys } from '../../../../src/adapters/store/installation-keys.ts';
import { createJournalSealer } from '../../../../src/adapters/store/journal-sealer.ts';
import { createStoreMigration } from '../../../../src/adapters/store/store-migration.ts';
import type { StoreKind } from '../../../../src/domain/credential.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { caught, createRig, entry, random } from './store-rig.ts';

const STATE = '/home/ann/.local/state/keyturn';
const KEY = `${STATE}/journal.key`;
const bytes = new TextEncoder().encode('{"secret":"kt_canary"}');

function start(kind: StoreKind, { makeStore = false, variable = '' } = {}) {
  const memory = createMemoryDisk();
  const rig = createRig(memory.connect(), kind);
  const again = () =>
    createJournalSealer(
      createInstallationKeys({
        disk: memory.connect(),
        random,
        locks: rig.options.locks,
        stateDir: STATE,
        store: rig.again(),
        makeStore,
        variable,
      }),
      random,
    );
  return { memory, rig, again };
}

describe.each(['keychain', 'passphrase', 'file'] as const)('with a %s store', (kind) => {
  test('seals what only this place opens', async () => {
    const { rig, again, memory } = start(kind);
    await rig.store.save(entry('acme'), Secret.of('x'));
    const sealer = await again().openSealer();
    const sealed = sealer.seal(bytes, 'operation-1');
    expect(new TextDecoder().decode(sealed)).not.toContain('canary');
    const later = await again().openSealerFor(sealer.keyId);
    expect(later.open(sealed, 'operation-1')).toEqual(bytes);
    expect((await again().openSealer()).keyId).toBe(sealer.keyId);
    expect(() => later.open(sealed, 'operation-2')).toThrow('does not open');
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => later.open(changed, 'operation-1')).toThrow('does not open');
    }
    expect(() => later.open(sealed.slice(0, 20), 'operation-1')).toThrow('does not open');
    expect(memory.files().has(KEY)).toBe(kind === 'file');
  });
});

test('without any store a key file beside the journal serves, private and made once', async () => {
  const { again, memory } = start('keychain');
  const [one, two] = await Promise.all([again().openSealer(), again().openSealer()]);
  expect(one.keyId).toBe(two.keyId);
  expect(two.open(one.seal(bytes, 'a'), 'a')).toEqual(bytes);
  expect([...memory.files().keys()]).toEqual([KEY]);
  expect(await memory.connect().facts(KEY)).toMatchObject({ mode: 0o600, size: 32 });
});

test('where a store was chosen it is made', async () => {
  const { again, rig } = start('keychain', { makeStore: true });
  expect((await again().openSealer()).keyId).toMatch(/^store-/);
  expect((await rig.store.facts()).kind).toBe('keychain');
});

describe('B3 a record under the key file of the state folder', () => {
  const variable = 'a value of the environment, 32 characters or more';

  test.each<[StoreKind | null, string, string | null]>([
    [null, '', null],
    ['file', '', null],
    [null, variable, 'KEYTURN_JOURNAL_KEY is set'],
    ['file', variable, 'KEYTURN_JOURNAL_KEY is set'],
    ['keychain', '', 'the credential store is sealed'],
    ['passphrase', '', 'the credential store is sealed'],
    ['keychain', variable, 'the credential store is sealed'],
  ])('store %s, variable "%s"', async (kind, value, reason) => {
    const { again, memory } = start(kind ?? 'keychain');
    const before = await again().openSealer();
    const later = start(kind ?? 'keychain', { variable: value });
    const file = memory.files().get(KEY);
    if (kind !== null) await later.rig.store.save(entry('acme'), Secret.of('x'));
    expect(file).toBeDefined();
    if (file) later.memory.put(KEY, file);
    if (reason === null) {
      const found = await later.again().openSealerFor(before.keyId);
      return expect(found.open(before.seal(bytes, 'a'), 'a')).toEqual(bytes);
    }
    const error = await caught(later.again().openSealerFor(before.keyId));
    expect([error.code, error.message]).toEqual(['lost', expect.stringContaining(reason)]);
    expect(error.message).toContain('journal.key');
  });
});

test('a key that is gone is told as lost', async () => {
  const { again, rig } = start('keychain');
  await rig.store.save(entry('acme'), Secret.of('x'));
  const sealer = await again().openSealer();
  await createStoreMigration(rig.options).reseal('keychain', 'keychain');
  expect((await caught(again().openSealerFor(sealer.keyId))).code).toBe('lost');
  const without = start('keychain');
  expect((await caught(without.again().openSealerFor('file-0000'))).code).toBe('lost');
  without.memory.put(KEY, new Uint8Array(31));
  expect((await caught(without.again().openSealerFor('file-0000'))).code).toBe('unavailable');
  without.memory.put(KEY, new Uint8Array(32), { mode: 0o644 });
  expect((await caught(without.again().openSealerFor('file-0000'))).code).toBe('usage');
});

test('a locked keychain is unavailable, never another key', async () => {
  const { again, rig, memory } = start('keychain');
  await rig.store.save(entry('acme'), Secret.of('x'));
  rig.keychain.mood = 'locked';
  expect((await caught(again().openSealer())).code).toBe('unavailable');
  expect(memory.files().has(KEY)).toBe(false);
});

describe('with KEYTURN_JOURNAL_KEY', () => {
  const variable = 'a value of the environment, 32 characters or more';

  test('no key lies beside the journal, and the same value opens it again', async () => {
    const { again, memory } = start('keychain', { variable });
    const sealer = await again().openSealer();
    expect(sealer.keyId).toMatch(/^variable-/);
    expect((await again().openSealerFor(sealer.keyId)).open(sealer.seal(bytes, 'a'), 'a')).toEqual(bytes);
    expect([...memory.files().keys()]).toEqual([]);
  });

  test('another value opens nothing, and says which variable is meant', async () => {
    const sealer = await start('keychain', { variable }).again().openSealer();
    for (const other of ['', `${variable}!`]) {
      const error = await caught(start('keychain', { variable: other }).again().openSealerFor(sealer.keyId));
      expect(error).toMatchObject({
        code: 'unavailable',
        facts: { hint: expect.stringContaining('KEYTURN_JOURNAL_KEY') },
      });
    }
  });

  test('a value that can be guessed is refused', async () => {
    expect((await caught(start('keychain', { variable: 'hunter2' }).again().openSealer())).code).toBe(
      'usage',
    );
  });

  test('a store that there is comes first', async () => {
    const { again, rig } = start('keychain', { variable });
    await rig.store.save(entry('acme'), Secret.of('x'));
    expect((await again().openSealer()).keyId).toMatch(/^store-/);
  });
});
