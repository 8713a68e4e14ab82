import { join } from 'node:path';
import type { Disk } from '../../ports/disk.ts';
import { lookUp } from './look-up.ts';
import { type AttemptFiles, endedPath, endedSecond, segmentPath } from './names.ts';
import { quietly } from './spare.ts';
import { isUnfinished } from './state.ts';

/** How long a tombstone is kept: its nonce is watched for a day, and a person may ask what happened last week. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;

/**
 * After an attempt was done or aborted: takes away every sealed byte and gives the tombstone its lasting name. May be cut
 * short anywhere and done again. The disk's errors are left for the next time: the attempt itself has ended durably.
 */
export async function bury(
  disk: Disk,
  folder: string,
  files: AttemptFiles,
  tombstone: { readonly epoch: number; readonly second: number },
): Promise<void> {
  await dropSegments(disk, folder, files, tombstone.epoch);
  await quietly(disk.syncFolder(folder));
  const from = segmentPath(folder, files.id, tombstone.epoch);
  await quietly(disk.rename(from, endedPath(folder, files.id, tombstone.second)));
  await quietly(disk.syncFolder(folder));
}

/**
 * Takes away what killed runs left and tombstones that are too old. Only for the holder of the lock on the folder: a
 * first segment that is not whole yet may be another's.
 */
export async function tidy(
  disk: Disk,
  folder: string,
  groups: readonly AttemptFiles[],
  nowSecond: number,
): Promise<void> {
  for (const files of groups) {
    if (files.ended.length > 0) await dropSegments(disk, folder, files, null);
    else if (files.epochs.length === 0) await dropLoose(disk, folder, files);
    else await buryEnded(disk, folder, files, nowSecond);
    for (const name of files.ended) {
      if (endedSecond(name) + KEPT_SECONDS < nowSecond) await quietly(disk.remove(join(folder, name)));
    }
  }
}

async function buryEnded(disk: Disk, folder: string, files: AttemptFiles, second: number): Promise<void> {
  const found = await lookUp(disk, folder, files.id);
  if (found?.kind !== 'attempt' || isUnfinished(found.state)) return;
  await bury(disk, folder, files, { epoch: found.log.epoch, second });
}

async function dropSegments(
  disk: Disk,
  folder: string,
  files: AttemptFiles,
  except: number | null,
): Promise<void> {
  for (const epoch of files.epochs) {
    if (epoch === except) continue;
    const path = segmentPath(folder, files.id, epoch);
    await quietly(disk.truncate(path, 0));
    await quietly(disk.remove(path));
  }
  await dropLoose(disk, folder, files);
}

async function dropLoose(disk: Disk, folder: string, files: AttemptFiles): Promise<void> {
  for (const name of files.loose) await quietly(disk.remove(join(folder, name)));
}
