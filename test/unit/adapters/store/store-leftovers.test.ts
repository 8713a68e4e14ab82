import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newKey, saveKeychainKey } from '../../../../src/adapters/store/data-key.ts';
import { markDataKey } from '../../../../src/adapters/store/data-key-markers.ts';
import { createStoreMigration } from '../../../../src/adapters/store/store-migration.ts';
import type { StoreKind } from '../../../../src/domain/credential.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { caught, createRig, entry, PATH } from './store-rig.ts';

const STALE = '0123456789abcdef0123456789abcdef';
const MARKER = `${dirname(PATH)}/.credentials.yaml.vault-${STALE}`;

function start(kind: StoreKind) {
  const memory = createMemoryDisk();
  const disk = memory.connect();
  const instead = { insteadOfKeychain: () => 'take another store' };
  return { memory, disk, ...createRig(disk, kind, instead) };
}

/** As a run leaves it that was killed between the marker and the key, or after the key. */
async function leaveMarker({ disk, keychain }: ReturnType<typeof start>): Promise<void> {
  const key = newKey({ bytes: (count) => new Uint8Array(count).fill(7) });
  await markDataKey(disk, PATH, { id: STALE, key });
  await saveKeychainKey(keychain, STALE, key);
}

describe('what a killed run leaves', () => {
  test.each(['keychain', 'passphrase', 'file'] as const)(
    'no reader of a %s store touches it',
    async (kind) => {
      const rig = start(kind);
      await rig.store.save(entry('acme'), Secret.of('s3cr3t'));
      await leaveMarker(rig);
      const store = rig.again();
      await store.facts();
      await store.list();
      await store.find('acme');
      await store.open('acme');
      await store.unlock();
      expect(rig.memory.files().has(MARKER)).toBe(true);
      expect(rig.keychain.items.has(`keyturn/vault:${STALE}`)).toBe(true);
    },
  );

  test.each<[string, (store: ReturnType<typeof start>['store']) => Promise<unknown>]>([
    ['save', (store) => store.save(entry('other'), Secret.of('other'))],
    ['stage', (store) => store.stage(entry('acme'), 'next', Secret.of('next'))],
    ['promote', (store) => store.promote('acme', '1', 'staged')],
    ['drop', (store) => store.dropVersion('acme', 'staged')],
    ['rename', (store) => store.rename('acme', 'renamed')],
    ['remove', (store) => store.remove('acme')],
  ])('the next write sweeps it: %s', async (_, write) => {
    for (const kind of ['keychain', 'file'] as const) {
      const rig = start(kind);
      await rig.store.save(entry('acme'), Secret.of('s3cr3t'));
      await rig.store.stage(entry('acme'), 'staged', Secret.of('staged'));
      const keys = rig.keychain.items.size;
      await leaveMarker(rig);
      await write(rig.again());
      expect([...rig.memory.files().keys()]).toEqual([PATH]);
      // The key in use stays.
      expect(rig.keychain.items.size).toBe(keys);
    }
  });

  test('a keychain out of reach does not fail the write, and is asked again by the next', async () => {
    const rig = start('file');
    await rig.store.save(entry('acme'), Secret.of('s3cr3t'));
    await leaveMarker(rig);
    rig.keychain.mood = 'locked';
    await rig.store.save(entry('other'), Secret.of('other'));
    expect((await rig.again().open('other')).reveal()).toBe('other');
    expect(rig.memory.files().has(MARKER)).toBe(true);
    rig.keychain.mood = 'well';
    await rig.store.remove('other');
    expect(rig.memory.files().has(MARKER)).toBe(false);
  });
});

describe('a keychain that is out of reach', () => {
  test('leaves nothing behind, and the hint names what else there is', async () => {
    const rig = start('keychain');
    rig.keychain.mood = 'locked';
    for (const work of [() => rig.store.prove(), () => rig.store.save(entry('acme'), Secret.of('s3cr3t'))]) {
      const { code, facts } = await caught(work());
      expect({ code, hint: facts.hint }).toEqual({
        code: 'unavailable',
        hint: 'unlock it; or take another store',
      });
    }
    expect([...rig.memory.files().keys()]).toEqual([]);
  });

  test('is no reason to offer another store for what is sealed under it', async () => {
    const rig = start('keychain');
    await rig.store.save(entry('acme'), Secret.of('s3cr3t'));
    rig.keychain.mood = 'locked';
    expect((await caught(rig.again().open('acme'))).facts.hint).toBe('unlock it');
  });
});

describe('withdraw', () => {
  test.each(['keychain', 'passphrase', 'file'] as const)(
    'takes back a %s store that prove made',
    async (kind) => {
      const rig = start(kind);
      await rig.store.prove();
      expect((await rig.store.facts()).kind).toBe(kind);
      await rig.store.withdraw();
      expect([...rig.memory.files().keys()]).toEqual([]);
      expect(rig.keychain.items.size).toBe(0);
      // And the same store can begin again.
      await rig.store.save(entry('acme'), Secret.of('s3cr3t'));
      expect((await rig.again().open('acme')).reveal()).toBe('s3cr3t');
    },
  );

  test.each(['keychain', 'file'] as const)(
    'leaves a %s store of others, and one with something in it',
    async (kind) => {
      const other = start(kind);
      await other.store.prove();
      const second = other.again();
      await second.prove();
      await second.withdraw();
      expect((await second.facts()).kind).toBe(kind);
      const filled = start(kind);
      await filled.store.prove();
      await filled.again().save(entry('acme'), Secret.of('s3cr3t'));
      await filled.store.withdraw();
      expect((await filled.again().open('acme')).reveal()).toBe('s3cr3t');
    },
  );
});

describe('migrate', () => {
  const migrate = async (from: StoreKind, to: StoreKind, mood: 'well' | 'forgetful') => {
    const rig = start(from);
    await rig.store.save(entry('acme'), Secret.of('s3cr3t'));
    await leaveMarker(rig);
    const stubborn = {
      ...rig.keychain,
      deletePassword: async (service: string, account: string) => {
        if (mood === 'forgetful') rig.keychain.mood = 'locked';
        return rig.keychain.deletePassword(service, account);
      },
    };
    const migration = createStoreMigration({ ...rig.options, keychain: stubborn });
    return { ...(await migration.reseal(from, to)), rig };
  };

  test.each([
    ['file', 'passphrase'],
    ['passphrase', 'file'],
    ['passphrase', 'passphrase'],
  ] as const)('%s to %s never says that an old key remains', async (from, to) => {
    expect((await migrate(from, to, 'forgetful')).oldKeyRemains).toBe(false);
  });

  test('keychain to file says it when the key could not be deleted, and only then', async () => {
    expect((await migrate('keychain', 'file', 'forgetful')).oldKeyRemains).toBe(true);
    const { oldKeyRemains, rig } = await migrate('keychain', 'file', 'well');
    expect({ oldKeyRemains, items: rig.keychain.items.size }).toEqual({ oldKeyRemains: false, items: 0 });
  });
});
