import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCredentialStore } from '../../../../src/adapters/store/credential-store.ts';
import { newKey, saveKeychainKey } from '../../../../src/adapters/store/data-key.ts';
import { markDataKey } from '../../../../src/adapters/store/data-key-markers.ts';
import { createStoreMigration } from '../../../../src/adapters/store/store-migration.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { createRig, entry, PATH } from './store-rig.ts';

const OTHER = 'fedcba9876543210fedcba9876543210';
const ITEM = `keyturn/vault:${OTHER}`;
const OTHER_PATH = '/home/somebody-else/.config/keyturn/credentials.yaml';
const markerAt = (path: string, id: string): string => `${dirname(path)}/.credentials.yaml.vault-${id}`;
const keyOf = (byte: number) => newKey({ bytes: (count) => new Uint8Array(count).fill(byte) });
const text = (value: string) => new TextEncoder().encode(value);

/** A store, and the key of another store in the same keychain. */
async function start() {
  const memory = createMemoryDisk();
  const disk = memory.connect();
  const rig = createRig(disk, 'keychain');
  await rig.store.save(entry('acme'), Secret.of('s3cr3t'));
  await saveKeychainKey(rig.keychain, OTHER, keyOf(5));
  await disk.makeFolder(dirname(OTHER_PATH), 0o700);
  return { memory, disk, ...rig };
}

type Rig = Awaited<ReturnType<typeof start>>;

async function valid({ disk, memory }: Rig, path: string, byte: number): Promise<Uint8Array> {
  await markDataKey(disk, path, { id: OTHER, key: keyOf(byte) });
  const bytes = memory.files().get(markerAt(path, OTHER)) ?? new Uint8Array();
  memory.erase(markerAt(path, OTHER));
  expect(bytes).toHaveLength(43);
  return bytes;
}

describe('A23 a marker that another program put beside the store', () => {
  test.each<[string, (rig: Rig) => Uint8Array | Promise<Uint8Array>]>([
    ['is empty, as an older keyturn made them', () => new Uint8Array()],
    ['holds text', () => text('delete it')],
    ['holds a code of the right length', () => text('A'.repeat(43))],
    ['is longer than one', () => text('A'.repeat(5_000))],
    ['is made under another key', (rig) => valid(rig, PATH, 6)],
    ['is copied from beside the other store', (rig) => valid(rig, OTHER_PATH, 5)],
  ])('%s: it goes, and the key of the other store stays', async (_title, make) => {
    const rig = await start();
    rig.memory.put(markerAt(PATH, OTHER), await make(rig));
    await rig.again().save(entry('next'), Secret.of('another'));
    expect(rig.keychain.items.has(ITEM)).toBe(true);
    expect([...rig.memory.files().keys()]).toEqual([PATH]);
    expect((await rig.again().open('acme')).reveal()).toBe('s3cr3t');
  });

  test('is a folder: it stands in nobody’s way', async () => {
    const rig = await start();
    await rig.disk.createFolder(markerAt(PATH, OTHER), 0o700);
    await rig.again().save(entry('next'), Secret.of('another'));
    expect(rig.keychain.items.has(ITEM)).toBe(true);
    expect((await rig.again().open('next')).reveal()).toBe('another');
  });

  test('names the dataKey in use: the key in use stays', async () => {
    const rig = await start();
    const [item = ''] = [...rig.keychain.items.keys()].filter((name) => name !== ITEM);
    rig.memory.put(markerAt(PATH, item.replace('keyturn/dataKey:', '')), new Uint8Array());
    await rig.again().save(entry('next'), Secret.of('another'));
    expect((await rig.again().open('acme')).reveal()).toBe('s3cr3t');
    expect(rig.keychain.items.size).toBe(2);
  });

  test('are many: a write looks at a few, and each later one at a few more', async () => {
    const rig = await start();
    for (let n = 0; n < 40; n += 1)
      rig.memory.put(markerAt(PATH, n.toString(16).padStart(32, '0')), new Uint8Array());
    for (const left of [24, 8, 0]) {
      await rig.again().save(entry(`next-${left}`), Secret.of('another'));
      expect([...rig.memory.files().keys()].filter((path) => path !== PATH)).toHaveLength(left);
    }
  });

  test('of this store itself makes the key go that it names', async () => {
    const rig = await start();
    await markDataKey(rig.disk, PATH, { id: OTHER, key: keyOf(5) });
    await rig.again().save(entry('next'), Secret.of('another'));
    expect(rig.keychain.items.has(ITEM)).toBe(false);
    expect([...rig.memory.files().keys()]).toEqual([PATH]);
  });
});

describe('B8 a migration of a store with a key in the keychain', () => {
  const COPY = '/home/ann/backup/credentials.yaml';

  test.each<[string, string, (text: string) => string, boolean]>([
    ['at the path where it was made', PATH, (file) => file, false],
    ['copied to another path', COPY, (file) => file, true],
    ['that an older keyturn made', PATH, (file) => file.replace(/^place: .*\n/m, ''), true],
    ['whose code was changed', PATH, (file) => file.replace(/^place: .{4}/m, 'place: AAAA'), true],
  ])('%s', async (_title, path, edit, stays) => {
    for (const to of ['file', 'keychain', 'passphrase'] as const) {
      const rig = await start();
      const [item = ''] = [...rig.keychain.items.keys()].filter((name) => name !== ITEM);
      const file = new TextDecoder().decode(rig.memory.files().get(PATH));
      if (path !== PATH) await rig.disk.makeFolder(dirname(path), 0o700);
      rig.memory.put(path, text(edit(file)));
      const migration = createStoreMigration({ ...rig.options, path });
      const { oldKeyRemains, sharedItem } = await migration.reseal('keychain', to);
      expect([oldKeyRemains, rig.keychain.items.has(item)]).toEqual([stays, stays]);
      expect(sharedItem?.includes(item.replace('keyturn/', '')) ?? false).toBe(stays);
      if (path !== PATH) expect((await rig.again().open('acme')).reveal()).toBe('s3cr3t');
      // Another write deletes nothing that the migration left.
      const later = createCredentialStore({ ...rig.options, path });
      await later.save(entry('next'), Secret.of('another'));
      expect(rig.keychain.items.has(item)).toBe(stays);
    }
  });
});
