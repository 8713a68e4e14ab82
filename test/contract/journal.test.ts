import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeDisk } from '../../src/adapters/disk/node-disk.ts';
import { createFileJournal } from '../../src/adapters/journal/file-journal.ts';
import type { Disk } from '../../src/ports/disk.ts';
import { createMemoryDisk } from '../support/memory-disk.ts';
import { journalContract, type Machine } from './journal.ts';
import { createFakeClock, createFakeLocks, createFakeSealer, createSeededRandom } from './journal-fakes.ts';
import { type WatchedDisk, watchDisk } from './watched-disk.ts';

journalContract('the file host on a disk in memory', async () => {
  const disk = createMemoryDisk();
  return createMachine('/home/state/attempts', (at) => disk.connect(({ n }) => at?.(n)), {
    contents: async () => [...disk.files().values()],
    dispose: async () => undefined,
  });
});

journalContract(
  'the file host in a real folder',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-journal-'));
    const operations = join(folder, 'state', 'operations');
    const disk = createNodeDisk();
    const views: WatchedDisk[] = [];
    const connect: Connect = (at) => {
      const view = watchDisk(disk, ({ n }) => at?.(n));
      views.push(view);
      return view;
    };
    return createMachine(operations, connect, {
      contents: async () => {
        const names = await readdir(operations).catch(() => []);
        return Promise.all(names.map((name) => readFile(join(operations, name))));
      },
      dispose: async () => {
        for (const view of views) await view.closeAll();
        await rm(folder, { recursive: true });
      },
    });
  },
  5,
);

type Connect = (at: Parameters<Machine['start']>[0]) => Disk;

function createMachine(
  folder: string,
  connect: Connect,
  rest: Pick<Machine, 'contents' | 'dispose'>,
): Machine {
  const clock = createFakeClock();
  const random = createSeededRandom('contract');
  const locks = createFakeLocks();
  const sealer = createFakeSealer('vault', random);
  return {
    ...rest,
    start: (at) => {
      const own = locks.forProcess();
      const host = createFileJournal({
        disk: connect(at),
        locks: own,
        clock,
        random,
        folder,
        sealer: async () => sealer,
      });
      return { host, loseLocks: own.release };
    },
  };
}
