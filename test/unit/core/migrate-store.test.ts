import { describe, expect, test } from 'vitest';
import { createStoreMigration } from '../../../src/adapters/store/store-migration.ts';
import { type MigrateDeps, type MigrateRequest, migrateStore } from '../../../src/core/migrate-store.ts';
import { STORE_KINDS, type StoreKind } from '../../../src/domain/credential.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { OperationSummary } from '../../../src/ports/journal.ts';
import { header } from '../../contract/journal.ts';
import { createMemoryDisk } from '../../support/memory-disk.ts';
import { caught, createRig, entry, PATH } from '../adapters/store/store-rig.ts';

function journalOf(open: number): MigrateDeps['journal'] {
  const operations = Array.from(
    { length: open },
    (_, index): OperationSummary => ({
      header: header(`${index}`),
      state: 'attention',
      lastStep: null,
      dueAt: null,
      reason: null,
      endedAt: null,
      keyId: 'store-1',
    }),
  );
  const found = { operations, broken: [] };
  return { list: async () => found, whileNoneBegins: async (work) => work(found) };
}

const agreeToClear = async (): Promise<void> => undefined;

async function filled(kind: StoreKind) {
  const memory = createMemoryDisk();
  const rig = createRig(memory.connect(), kind);
  await rig.store.save(entry('acme'), Secret.of('kt_canary_acme'));
  await rig.store.stage(entry('acme'), 'next', Secret.of('kt_canary_next'));
  await rig.store.save(entry('beta'), Secret.of('kt_canary_beta'));
  const text = () => new TextDecoder().decode(memory.files().get(PATH));
  const migrate = (request: Partial<MigrateRequest>, openRotations = 0) =>
    migrateStore(
      { migration: createStoreMigration(rig.options), journal: journalOf(openRotations), agreeToClear },
      { from: kind, to: kind, dryRun: false, ...request },
    );
  return { memory, ...rig, text, migrate };
}

const pairs = STORE_KINDS.flatMap((from) => STORE_KINDS.map((to) => [from, to] as const)).filter(
  ([from, to]) => from !== 'file' || to !== 'file',
);

describe.each(pairs)('from %s to %s', (from, to) => {
  test('keeps every secret, changes the key, and nothing of the old form stays', async () => {
    const { migrate, again, text, keychain, memory } = await filled(from);
    const before = text();
    const vault = /^vault: "?([^\s"]+)"?/m.exec(before)?.[1];
    expect(await migrate({ to })).toEqual({
      from,
      to,
      done: true,
      path: PATH,
      credentials: ['acme', 'beta'],
      secrets: 3,
      oldKeyRemains: false,
      sharedItem: null,
    });
    expect((await again().facts()).kind).toBe(to);
    expect((await again().open('acme')).reveal()).toBe('kt_canary_acme');
    expect((await again().open('acme', 'next')).reveal()).toBe('kt_canary_next');
    expect((await again().open('beta')).reveal()).toBe('kt_canary_beta');
    expect(text().includes('kt_canary')).toBe(to === 'file');
    expect(text()).toContain('# Credentials kept');
    if (vault) expect(text()).not.toContain(vault);
    expect(keychain.items.size).toBe(to === 'keychain' ? 1 : 0);
    expect([...memory.files().keys()]).toEqual([PATH]);
  });

  test('a dry run opens everything and changes nothing', async () => {
    const { migrate, text, keychain } = await filled(from);
    const before = [text(), ...keychain.items];
    expect(await migrate({ to, dryRun: true })).toMatchObject({
      done: false,
      credentials: ['acme', 'beta'],
      secrets: 3,
    });
    expect([text(), ...keychain.items]).toEqual(before);
  });
});

test('a passphrase is changed with a new one', async () => {
  const { options, again } = await filled('passphrase');
  const migration = createStoreMigration({ ...options, newPassphrase: async () => Secret.of('another one') });
  await migration.reseal('passphrase', 'passphrase');
  expect((await caught(again().open('acme'))).code).toBe('auth');
  const store = again({ passphrase: async () => Secret.of('another one') });
  expect((await store.open('acme')).reveal()).toBe('kt_canary_acme');
});

describe('is refused, with nothing changed,', () => {
  test('from another kind than the file has', async () => {
    const { migrate, text } = await filled('keychain');
    const before = text();
    expect((await caught(migrate({ from: 'file', to: 'keychain' }))).facts).toMatchObject({
      code: 'usage',
      hint: 'run `keyturn credentials migrate --from keychain --to keychain`',
    });
    expect(text()).toBe(before);
  });

  test('from file to file', async () => {
    const { migrate } = await filled('file');
    expect((await caught(migrate({}))).code).toBe('usage');
  });

  test('while rotations are unfinished', async () => {
    const { migrate, text } = await filled('keychain');
    const before = text();
    expect((await caught(migrate({ to: 'file' }, 2))).facts).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('2 operations are unfinished'),
    });
    expect(text()).toBe(before);
  });

  test('when one secret does not open', async () => {
    const { migrate, text, memory, keychain } = await filled('keychain');
    memory.put(PATH, new TextEncoder().encode(text().replace('  beta:', '  gamma:')));
    const before = text();
    for (const dryRun of [true, false]) {
      expect((await caught(migrate({ to: 'file', dryRun }))).code).toBe('conflict');
    }
    expect(text()).toBe(before);
    expect(keychain.items.size).toBe(1);
  });

  test('when there is no store', async () => {
    const rig = createRig(createMemoryDisk().connect(), 'keychain');
    const deps = { migration: createStoreMigration(rig.options), journal: journalOf(0), agreeToClear };
    const error = await caught(migrateStore(deps, { from: 'keychain', to: 'file', dryRun: false }));
    expect(error.code).toBe('not-found');
  });

  test('when the keychain is locked', async () => {
    const { migrate, text, keychain } = await filled('file');
    const before = text();
    keychain.mood = 'locked';
    expect((await caught(migrate({ to: 'keychain' }))).code).toBe('unavailable');
    expect(text()).toBe(before);
  });
});

test('an old key that cannot be deleted now is deleted by the next proof', async () => {
  const { options, again, keychain } = await filled('keychain');
  const stubborn = {
    ...keychain,
    deletePassword: async (): Promise<boolean> => {
      keychain.mood = 'locked';
      return keychain.deletePassword('', '');
    },
  };
  const done = await createStoreMigration({ ...options, keychain: stubborn }).reseal('keychain', 'file');
  expect(done.oldKeyRemains).toBe(true);
  expect(keychain.items.size).toBe(1);
  keychain.mood = 'well';
  await again().prove();
  expect(keychain.items.size).toBe(0);
  expect((await again().open('acme')).reveal()).toBe('kt_canary_acme');
});
