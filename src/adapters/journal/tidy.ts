import { join } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import { claimSegment } from './claim-segment.ts';
import { type Found, lookUp } from './look-up.ts';
import { type Ending, endedPath, endedSecond, type OperationFiles, segmentPath } from './names.ts';
import { closeQuietly, quietly } from './spare.ts';
import { isUnfinished } from './state.ts';

/** How long a tombstone is kept: its marker is watched for a day, and a person may ask what happened last week. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;

/** An operation that was found, not one of one's own. */
type FoundOperation = Extract<Found, { readonly kind: 'operation' }>;

export interface Room {
  readonly disk: Disk;
  readonly locks: Locks;
  readonly folder: string;
  readonly nowSecond: number;
}

/**
 * After an operation was done or aborted: takes away every sealed byte and gives the tombstone its lasting name. May be cut
 * short anywhere and done again: by a kill, by the disk, and by a power cut, which is why nothing is flushed. The operation
 * itself has ended durably, and the next one that begins buries it.
 */
export async function bury(
  disk: Disk,
  folder: string,
  files: OperationFiles,
  tombstone: Ending & { readonly epoch: number },
): Promise<void> {
  const isDropped = await dropSegments(disk, folder, files, tombstone.epoch);
  // The tombstone's first name keeps a former owner out for as long as that one's segment is there.
  if (!isDropped) return;
  const from = segmentPath(folder, files.id, tombstone.epoch);
  await quietly(disk.rename(from, endedPath(folder, files.id, tombstone)));
}

/**
 * Buries an operation that another process ended. Its tombstone may be readable and not durable, so it is written once more
 * before anything is taken away. Throws what the disk throws until then, `locked` when another process is at it.
 */
export async function buryFound(
  disk: Disk,
  folder: string,
  { files, log, state: { state } }: FoundOperation,
  second: number,
): Promise<void> {
  const epoch = (files.epochs.at(-1) ?? 0) + 1;
  const file = await claimSegment(disk, folder, files.id, epoch);
  try {
    await file.write(log.bytes);
    await file.sync();
  } catch (error) {
    if (isAppError(error)) await quietly(disk.remove(segmentPath(folder, files.id, epoch)));
    throw error;
  } finally {
    await closeQuietly(file);
  }
  await disk.syncFolder(folder);
  await bury(disk, folder, files, { epoch, second, state: state === 'aborted' ? state : 'done' });
}

/**
 * Takes away what killed runs left and tombstones that are too old. Only for the holder of the lock on the folder: a
 * first segment that is not whole yet may be another's. An operation whose owner is still at it is left alone.
 */
export async function tidy(room: Room, groups: readonly OperationFiles[]): Promise<void> {
  const { disk, folder, nowSecond } = room;
  for (const files of groups) {
    if (files.epochs.length > 0) await tidyEnded(room, files.id);
    else await dropLoose(disk, folder, files);
    for (const name of files.ended) {
      if (endedSecond(name) + KEPT_SECONDS < nowSecond) await quietly(disk.remove(join(folder, name)));
    }
  }
}

async function tidyEnded(room: Room, id: string): Promise<void> {
  const { disk, locks, folder, nowSecond } = room;
  if (!(await findEnded(room, id))) return;
  try {
    await locks.hold(`operation-${id}`, 0, async () => {
      const found = await findEnded(room, id);
      if (found && found.files.ended.length > 0)
        await dropSegments(disk, folder, found.files, Number.POSITIVE_INFINITY);
      else if (found) await buryFound(disk, folder, found, nowSecond);
    });
  } catch (error) {
    if (!isAppError(error, 'locked')) throw error;
  }
}

async function findEnded(room: Room, id: string): Promise<FoundOperation | null> {
  const found = await lookUp(room.disk, room.folder, id);
  return found?.kind === 'operation' && !isUnfinished(found.state) ? found : null;
}

/** The oldest goes first, and one that cannot be removed keeps those after it, which fence off its owner. */
async function dropSegments(
  disk: Disk,
  folder: string,
  files: OperationFiles,
  before: number,
): Promise<boolean> {
  await dropLoose(disk, folder, files);
  try {
    for (const epoch of files.epochs) {
      if (epoch < before) await dropSegment(disk, segmentPath(folder, files.id, epoch));
    }
    return true;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return false;
  }
}

async function dropSegment(disk: Disk, path: string): Promise<void> {
  await quietly(disk.truncate(path, 0));
  await disk.remove(path);
}

async function dropLoose(disk: Disk, folder: string, files: OperationFiles): Promise<void> {
  for (const name of files.loose) await quietly(disk.remove(join(folder, name)));
}
