import { AppError, isAppError } from '../../domain/errors.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import { findFiles } from './look-up.ts';
import { segmentPath, sparePath } from './names.ts';
import type { OperationKey } from './operation-key.ts';
import { LARGEST } from './read-operation.ts';
import { type Entry, encodeLine, firstLink, type Link, nextLink, type Tombstone } from './records.ts';
import { closeQuietly, quietly, releaseSpare } from './spare.ts';

export interface SegmentWriter {
  /** Of the records that count, in bytes. */
  length(): number;
  /**
   * Makes all that a former owner left durable in a segment of one's own; nothing may be done before. `mustLand` as for
   * `append`. Throws `locked` when another process took the operation over.
   */
  takeOver(mustLand: boolean): Promise<void>;
  /**
   * Makes a record durable. `mustLand` is for what cannot be had again: when the disk refuses it, the spare room is given
   * back and the record goes to a new file, once. Throws `locked` when another process took the operation over.
   */
  append(entry: Entry, mustLand: boolean): Promise<void>;
  /** Throws `locked` when another process took the operation over. */
  checkOwner(): Promise<void>;
  /** Ends the operation in a file of its own; resolves with the file's epoch. */
  entomb(tombstone: Tombstone): Promise<number>;
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly id: string;
  readonly key: OperationKey;
  /** The records that count so far, and the segment that they are in. */
  readonly place: Place;
  /** The segment that this owner made: the one of `place`, or a newer one that is still empty. */
  readonly segment: { readonly epoch: number; readonly file: OpenFile };
}

interface Place {
  readonly epoch: number;
  readonly bytes: Uint8Array;
  readonly link: Link;
}

/** Beyond this only takeovers are recorded, so that an operation that is full can still be taken up. In bytes. */
const FULL = LARGEST - 1024 * 1024;

/** Makes a segment. Nobody else can make it too: the one that fails is refused. */
export async function claimSegment(disk: Disk, folder: string, id: string, epoch: number): Promise<OpenFile> {
  try {
    return await disk.create(segmentPath(folder, id, epoch), 0o600);
  } catch (error) {
    throw isAppError(error, 'conflict') ? takenOver() : error;
  }
}

/**
 * Writes an operation's records as its only owner. Whoever takes the operation over makes the next segment first,
 * exclusively, and reads afterwards. So an owner that still finds its segment the last one AFTER its record is durable
 * knows that every successor will read that record; one that does not is refused, and what it wrote late never counts.
 * No lock is needed for that, which matters because a suspended process can lose a lock without knowing.
 *
 * A record can be read and yet not be durable: after a failed sync the system may drop what was written, and every later
 * sync of that file succeeds. So nothing is built on a file that somebody else synced, or whose sync failed: each segment
 * begins with a copy of all records that count, durable before anything is done with them.
 */
export function createSegmentWriter(options: WriterOptions): SegmentWriter {
  const { disk, folder, id, key, segment } = options;
  let { place } = options;
  let top = segment.epoch;
  let owns = top === place.epoch;
  /** Null after a failed write: neither what it left nor a later sync of that file is to be trusted. */
  let file: OpenFile | null = owns ? segment.file : null;
  let claimed: OpenFile | null = owns ? null : segment.file;
  let lost = false;
  let queue: Promise<unknown> = Promise.resolve();

  async function put(entry: Entry): Promise<void> {
    const target = file ?? (await succeed());
    await checkLast(place.epoch, place.bytes.length);
    const { line, next } = follow(entry);
    if (next.bytes.length > FULL) throw tooLarge();
    file = null;
    await orClose(target, async () => {
      await target.write(line);
      await target.sync();
      await checkLast(next.epoch, next.bytes.length);
    });
    file = target;
    place = next;
  }

  /** Goes on in a new segment: a copy of every record that counts, and the line that makes them its own. */
  async function succeed(): Promise<OpenFile> {
    const target = await claim();
    await orClose(target, async () => {
      const { next } = follow({ type: 'owner', epoch: top });
      await begin(target, next.bytes);
      place = { ...next, epoch: top };
    });
    file = target;
    owns = true;
    await quietly(dropOlder());
    return target;
  }

  /** Nobody reads them any more. Should one come back after a power cut, it still is not the newest. */
  async function dropOlder(): Promise<void> {
    const files = await findFiles(disk, folder, id);
    for (const epoch of files?.epochs ?? []) {
      if (epoch < top) await quietly(disk.remove(segmentPath(folder, id, epoch)));
    }
  }

  async function entomb(tombstone: Tombstone): Promise<number> {
    if (file) await closeQuietly(file);
    file = null;
    const target = await claim();
    const line = encodeLine(tombstone, nextLink(firstLink(id), tombstone), key.open);
    await orClose(target, () => begin(target, line));
    await closeQuietly(target);
    return top;
  }

  async function claim(): Promise<OpenFile> {
    const own = claimed;
    claimed = null;
    if (own) return own;
    const made = await claimSegment(disk, folder, id, top + 1);
    top += 1;
    return made;
  }

  /** What a segment begins with, made durable with the segment's name. */
  async function begin(target: OpenFile, bytes: Uint8Array): Promise<void> {
    await target.write(bytes);
    await target.sync();
    await disk.syncFolder(folder);
    // After a successor's end no newer segment tells of it any more: that it removed the source of this one does.
    await checkLast(top, bytes.length, place.epoch);
  }

  async function orClose(target: OpenFile, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isAppError(error)) await closeQuietly(target);
      throw error;
    }
  }

  async function checkOwner(): Promise<void> {
    await checkLast(top, file ? place.bytes.length : null);
  }

  /** `length` null: not known, because a write failed. `source`: another segment that must still be there. */
  async function checkLast(epoch: number, length: number | null, source = epoch): Promise<void> {
    const files = await findFiles(disk, folder, id);
    const own = await disk.facts(segmentPath(folder, id, epoch));
    const isLast = files?.epochs.at(-1) === top && files.epochs.includes(source) && files.ended.length === 0;
    if (!isLast || !own || (length !== null && own.size !== length)) throw takenOver();
  }

  /** The record after all those that count. Throws `failure` when there are too many. */
  function follow(entry: Entry): { readonly line: Uint8Array; readonly next: Place } {
    const link = nextLink(place.link, entry);
    const line = encodeLine(entry, link, key.open);
    const bytes = new Uint8Array(Buffer.concat([place.bytes, line]));
    if (bytes.length > LARGEST) throw tooLarge();
    return { line, next: { epoch: place.epoch, bytes, link } };
  }

  async function land<T>(work: () => Promise<T>, mustLand: boolean): Promise<T> {
    if (lost) throw takenOver();
    try {
      return await work();
    } catch (error) {
      lost ||= isAppError(error, 'locked');
      if (lost || !mustLand || !isAppError(error)) throw error;
      await releaseSpare(disk, sparePath(folder, id));
      return await work();
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work, work);
    queue = turn.catch(() => undefined);
    return turn;
  }

  async function takeOver(): Promise<void> {
    if (!owns) await succeed();
  }

  /** An owner that never was takes its segments back, unless a successor may already look at them. */
  async function close(): Promise<void> {
    for (const open of [file, claimed]) if (open) await closeQuietly(open);
    file = claimed = null;
    for (let epoch = segment.epoch; !owns && !lost && epoch <= top; epoch += 1) {
      await quietly(disk.remove(segmentPath(folder, id, epoch)));
    }
    lost = true;
  }

  return {
    length: () => place.bytes.length,
    takeOver: (mustLand) => inTurn(() => land(takeOver, mustLand)),
    append: (entry, mustLand) => inTurn(() => land(() => put(entry), mustLand)),
    checkOwner: () => inTurn(() => land(checkOwner, false)),
    entomb: (tombstone) => inTurn(() => land(() => entomb(tombstone), true)),
    close: () => inTurn(close),
  };
}

function takenOver(): AppError {
  return new AppError({
    code: 'locked',
    message: 'another keyturn took this operation over',
    hint: 'see `keyturn rotations list`',
  });
}

function tooLarge(): AppError {
  return new AppError({ code: 'failure', message: `an operation cannot be larger than ${LARGEST} bytes` });
}
