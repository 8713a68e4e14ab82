import { join } from 'node:path';
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import type { Locks } from '../../ports/lock.ts';
import { takenOver } from './claim-segment.ts';
import { endedSecond, FIRST, groupNames, newPath, type OperationFiles, segmentPath } from './names.ts';
import type { OperationKey } from './operation-key.ts';
import { readFirstLine } from './read-operation.ts';
import { encodeLine, firstLink, nextLink } from './records.ts';
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts';
import { closeQuietly, quietly } from './spare.ts';
import { refuseOthers } from './subject.ts';
import { tidy } from './tidy.ts';

export interface FirstSegment {
  readonly disk: Disk;
  readonly locks: Locks;
  readonly folder: string;
  readonly header: OperationHeader;
  readonly key: OperationKey;
  /** Makes the key that the operation's key is sealed under outlive a power cut. */
  settleKey(): Promise<void>;
  readonly nowSecond: number;
}

/**
 * Makes a new operation durable. Under its own name it appears whole or not at all, so an empty journal is never a
 * beginning. Wants the lock on the folder; when two get through anyway, at most one of the same subject stays.
 */
export async function openFirstSegment(options: FirstSegment): Promise<SegmentWriter> {
  const { disk, folder, header, key } = options;
  const { id } = header;
  const groups = groupNames(await disk.list(folder));
  await tidy(options, groups);
  if (groups.some((files) => files.id === id && files.epochs.length + files.ended.length > 0)) throw usedId();
  await refuseOthers({ disk, folder, header, to: 'begin' }, groups);
  if (!(await wasUsed(options, groups))) await options.settleKey();

  const link = nextLink(firstLink(id), headerEntry(options));
  const line = encodeLine(headerEntry(options), link, key.open);
  const path = segmentPath(folder, id, FIRST);
  const file = await disk.create(newPath(folder, id), 0o600);
  try {
    await file.write(line);
    await file.sync();
    await disk.rename(newPath(folder, id), path);
    await disk.syncFolder(folder);
    const now = groupNames(await disk.list(folder));
    await refuseOthers({ disk, folder, header, to: 'begin' }, now);
    // A process that was suspended before the rename may find that another one began with this id, and even ended.
    if (!now.some((files) => files.id === id && isAlone(files))) throw takenOver();
  } catch (error) {
    if (isAppError(error)) await takeBack(options, file);
    throw error;
  }
  const place = { epoch: FIRST, bytes: line, link };
  return createSegmentWriter({ disk, folder, id, key, place, segment: { epoch: FIRST, file } });
}

/** Whether an operation that has ended was sealed under the same key: then that one was made durable before. */
async function wasUsed(
  { disk, folder, key }: FirstSegment,
  groups: readonly OperationFiles[],
): Promise<boolean> {
  const newest = groups.flatMap(({ ended }) => ended).reduce<string | null>(laterOf, null);
  if (newest === null) return false;
  try {
    const line = await readFirstLine(disk, join(folder, newest));
    return line?.entry.type === 'ended' && line.entry.keyId === key.keyId;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

function laterOf(a: string | null, b: string): string {
  return a !== null && endedSecond(a) > endedSecond(b) ? a : b;
}

function isAlone({ epochs, ended }: OperationFiles): boolean {
  return epochs.join() === String(FIRST) && ended.length === 0;
}

function headerEntry({ header, key }: FirstSegment) {
  return { type: 'header', header, keyId: key.keyId, key: key.key } as const;
}

/** Nothing was sent yet: what was written of the operation may go. */
async function takeBack({ disk, folder, header }: FirstSegment, file: OpenFile): Promise<void> {
  await closeQuietly(file);
  await quietly(disk.remove(newPath(folder, header.id)));
  await quietly(disk.remove(segmentPath(folder, header.id, FIRST)));
  await quietly(disk.syncFolder(folder));
}

function usedId(): AppError {
  return new AppError({ code: 'conflict', message: 'an operation with this id was made before' });
}
