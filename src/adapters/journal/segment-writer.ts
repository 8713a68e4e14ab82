import { AppError, isAppError } from '../../domain/errors.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import type { AttemptKey } from './attempt-key.ts';
import { findFiles } from './look-up.ts';
import { segmentPath, sparePath } from './names.ts';
import { LARGEST } from './read-attempt.ts';
import { type Entry, encodeLine, firstLink, type Link, nextLink, type Tombstone } from './records.ts';
import { closeQuietly, quietly, releaseSpare } from './spare.ts';

export interface SegmentWriter {
  /**
   * Makes a record durable. `mustLand` is for what cannot be had again: when the disk refuses it, the spare room is given
   * back and the record goes to a new file, once. Throws `locked` when another process took the attempt over.
   */
  append(entry: Entry, mustLand: boolean): Promise<void>;
  /** Throws `locked` when another process took the attempt over. */
  checkOwner(): Promise<void>;
  /** Ends the attempt in a file of its own; resolves with the file's epoch. */
  entomb(tombstone: Tombstone): Promise<number>;
  close(): Promise<void>;
}

export interface WriterOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly id: string;
  readonly key: AttemptKey;
  /** Where the records end that count so far. */
  readonly place: Place;
  /** The segment that this owner made: the one of `place`, or a newer one that is still empty. */
  readonly segment: { readonly epoch: number; readonly file: OpenFile };
}

interface Place {
  readonly epoch: number;
  readonly length: number;
  readonly link: Link;
}

/** Makes a segment. Nobody else can make it too: the one that fails is refused. */
export async function claimSegment(disk: Disk, folder: string, id: string, epoch: number): Promise<OpenFile> {
  try {
    return await disk.create(segmentPath(folder, id, epoch), 0o600);
  } catch (error) {
    throw isAppError(error, 'conflict') ? takenOver() : error;
  }
}

/**
 * Writes an attempt's records as its only owner. Whoever takes the attempt over makes the next segment first,
 * exclusively, and reads afterwards. So an owner that still finds its segment the last one AFTER its record is durable
 * knows that every successor will read that record; one that does not is refused, and what it wrote late never counts.
 * No lock is needed for that, which matters because a suspended process can lose a lock without knowing.
 */
export function createSegmentWriter(options: WriterOptions): SegmentWriter {
  const { disk, folder, id, key } = options;
  let { place } = options;
  let top = options.segment.epoch;
  /** Null after a failed write: what it left is unknown, and a failed sync is not to be trusted again on that file. */
  let file: OpenFile | null = top === place.epoch ? options.segment.file : null;
  let claimed: OpenFile | null = file ? null : options.segment.file;
  let lost = false;
  let queue: Promise<unknown> = Promise.resolve();

  async function put(entry: Entry): Promise<void> {
    const target = file ?? (await succeed());
    await checkLast(place.epoch, place.length);
    const { line, link } = encode(place.link, entry);
    const length = place.length + line.length;
    if (length > LARGEST) throw tooLarge();
    file = null;
    await orClose(target, async () => {
      await target.write(line);
      await target.sync();
      await checkLast(place.epoch, length);
    });
    file = target;
    place = { epoch: place.epoch, length, link };
  }

  /** Goes on in a new segment, whose first line says how much of the one before counts. */
  async function succeed(): Promise<OpenFile> {
    const target = await claim();
    const from = { epoch: place.epoch, length: place.length };
    const { line, link } = encode(place.link, { type: 'owner', epoch: top, from });
    await begin(target, line);
    place = { epoch: top, length: line.length, link };
    file = target;
    return target;
  }

  async function entomb(tombstone: Tombstone): Promise<number> {
    if (file) await closeQuietly(file);
    file = null;
    const target = await claim();
    const { line } = encode(firstLink(id), tombstone);
    await begin(target, line);
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

  /** The first line of a segment, with the segment's name. */
  async function begin(target: OpenFile, line: Uint8Array): Promise<void> {
    await orClose(target, async () => {
      await target.write(line);
      await target.sync();
      await disk.syncFolder(folder);
      await checkLast(top, line.length);
    });
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
    if (claimed) await checkLast(top, 0);
    else await checkLast(top, file ? place.length : null);
  }

  /** `length` null: not known, because a write failed. */
  async function checkLast(epoch: number, length: number | null): Promise<void> {
    const files = await findFiles(disk, folder, id);
    const own = await disk.facts(segmentPath(folder, id, epoch));
    const isLast = files?.epochs.at(-1) === top && files.ended.length === 0;
    if (!isLast || !own || (length !== null && own.size !== length)) throw takenOver();
  }

  function encode(after: Link, entry: Entry): { line: Uint8Array; link: Link } {
    const link = nextLink(after, entry);
    return { line: encodeLine(entry, link, key.open), link };
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

  return {
    append: (entry, mustLand) => inTurn(() => land(() => put(entry), mustLand)),
    checkOwner: () => inTurn(() => land(checkOwner, false)),
    entomb: (tombstone) => inTurn(() => land(() => entomb(tombstone), true)),
    close: () =>
      inTurn(async () => {
        lost = true;
        if (file) await closeQuietly(file);
        if (claimed) {
          // Nothing was recorded, so nothing has changed for whoever comes next.
          await closeQuietly(claimed);
          await quietly(disk.remove(segmentPath(folder, id, top)));
        }
        file = claimed = null;
      }),
  };
}

function takenOver(): AppError {
  return new AppError({
    code: 'locked',
    message: 'another keyturn took this attempt over',
    hint: 'see `keyturn rotations list`',
  });
}

function tooLarge(): AppError {
  return new AppError({ code: 'failure', message: `an attempt cannot be larger than ${LARGEST} bytes` });
}
