import { expect, test } from 'vitest';
import { createFileJournal } from '../../../../src/adapters/journal/file-journal.ts';
import { createInstallationKeys } from '../../../../src/adapters/store/installation-keys.ts';
import { createJournalSealer } from '../../../../src/adapters/store/journal-sealer.ts';
import { createStoreMigration } from '../../../../src/adapters/store/store-migration.ts';
import { migrateStore } from '../../../../src/core/migrate-store.ts';
import { isAppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Locks } from '../../../../src/ports/lock.ts';
import { header } from '../../../contract/journal.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { clock, createQueueLocks, createRig, entry, random } from '../store/store-rig.ts';

/** One queue for each name, as lock files are. */
function createNamedLocks(): Locks {
  const queues = new Map<string, Locks>();
  return {
    hold(name, waitMs, work) {
      const queue = queues.get(name) ?? createQueueLocks();
      queues.set(name, queue);
      return queue.hold(name, waitMs, work);
    },
  };
}

/** Two processes: one migrates, one begins an operation; `pause` holds the second up when it has asked for its key. */
async function start(pause: () => Promise<void> = async () => undefined) {
  const memory = createMemoryDisk();
  const locks = createNamedLocks();
  const rig = createRig(memory.connect(), 'keychain', { locks });
  await rig.store.save(entry('acme'), Secret.of('kept'));
  const journal = (wait: () => Promise<void>) => {
    const disk = memory.connect();
    const keys = { disk, random, locks, stateDir: '/state', store: rig.again(), makeStore: false };
    const sealers = createJournalSealer(createInstallationKeys({ ...keys, variable: undefined }), random);
    const sealer = async (keyId: string | null) => {
      const made = await (keyId === null ? sealers.openSealer() : sealers.openSealerFor(keyId));
      await wait();
      return made;
    };
    return createFileJournal({ disk, locks, clock, random, folder: '/state/attempts', sealer });
  };
  const quiet = journal(async () => undefined);
  const migrate = () =>
    migrateStore(
      { migration: createStoreMigration(rig.options), journal: quiet, agreeToClear: async () => undefined },
      { from: 'keychain', to: 'keychain', dryRun: false },
    );
  return { beginner: journal(pause), host: quiet, migrate };
}

test('A5: an operation that took its key before a migration begins under the new one', async () => {
  let isFirst = true;
  const work: { migrate?: () => Promise<unknown> } = {};
  const { beginner, host, migrate } = await start(async () => {
    if (!isFirst) return;
    isFirst = false;
    await work.migrate?.();
  });
  work.migrate = migrate;
  await beginner.begin(header('a'), async () => undefined);
  const { operations, broken } = await host.list({ verified: true });
  expect({ states: operations.map(({ state }) => state), broken }).toEqual({ states: ['open'], broken: [] });
  await host.resume(header('a').id, async (journal) => journal.end('done', null));
});

test('A5: of a migration and a beginning at once, what was begun stays readable', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { beginner, host, migrate } = await start();
    const migrated = migrate().then(
      () => 'migrated',
      (error: unknown) => (isAppError(error, 'conflict') ? 'refused' : Promise.reject(error)),
    );
    const steps = Array.from({ length: round * 3 });
    for (const _ of steps) await Promise.resolve();
    await beginner.begin(header('a'), async () => undefined);
    expect(['migrated', 'refused']).toContain(await migrated);
    expect(await host.list({ verified: true })).toMatchObject({
      operations: [{ state: 'open' }],
      broken: [],
    });
  }
});
