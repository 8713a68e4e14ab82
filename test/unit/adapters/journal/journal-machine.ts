import { createHash } from 'node:crypto';
import { createFileJournal } from '../../../../src/adapters/journal/file-journal.ts';
import type { JournalHost } from '../../../../src/ports/journal.ts';
import type { Locks } from '../../../../src/ports/lock.ts';
import type { Sealer } from '../../../../src/ports/sealer.ts';
import {
  createFakeClock,
  createFakeLocks,
  createFakeSealer,
  createSeededRandom,
} from '../../../contract/journal-fakes.ts';
import { createMemoryDisk, type MemoryDisk, type Watch } from '../../../support/memory-disk.ts';

export const FOLDER = '/home/state/attempts';

/** Locks that let everybody in: what a suspended process believes to hold. */
export const NO_LOCKS: Locks = { hold: (_name, _waitMs, work) => work(async () => undefined) };

export function createJournalMachine(options: { capacity?: number; seed?: string } = {}) {
  const disk = createMemoryDisk(options.capacity === undefined ? {} : { capacity: options.capacity });
  const clock = createFakeClock();
  const random = createSeededRandom(options.seed ?? 'unit');
  const locks = createFakeLocks();
  const vault = createFakeSealer('vault', random);
  const start = (more: { watch?: Watch; locks?: Locks; sealer?: () => Promise<Sealer> } = {}): JournalHost =>
    createFileJournal({
      disk: disk.connect(more.watch),
      locks: more.locks ?? locks.forProcess(),
      clock,
      random,
      folder: FOLDER,
      sealer: more.sealer ?? (async () => vault),
    });
  return { disk, clock, random, start };
}

/** The whole disk, to put back later or on another machine. */
export function copyFiles(disk: MemoryDisk): ReadonlyMap<string, Uint8Array> {
  return disk.files();
}

/** What is on the disk, as a text that is quick to compare. */
export function digestFiles(disk: MemoryDisk): string {
  const lines = [...disk.files()].map(
    ([path, bytes]) => `${path} ${createHash('sha256').update(bytes).digest('hex')}`,
  );
  return lines.sort().join('\n');
}

export function restoreFiles(disk: MemoryDisk, files: ReadonlyMap<string, Uint8Array>): void {
  for (const path of disk.files().keys()) disk.erase(path);
  for (const [path, bytes] of files) disk.put(path, bytes);
}

export function segment(id: string, epoch: number): string {
  return `${FOLDER}/${id}.${epoch}.journal`;
}
