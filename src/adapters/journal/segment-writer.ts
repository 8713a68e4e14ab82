import { isAppError } from '../../domain/errors.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import { claimSegment, takenOver } from './claim-segment.ts';
import { checkFence } from './fence.ts';
import { findFiles } from './look-up.ts';
import { segmentPath, sparePath } from './names.ts';
import type { OperationKey } from './operation-key.ts';
import { type Entry, encodeLine, firstLink, nextLink, type Tombstone } from './records.ts';
import { FULL, followPlace, followToBlock, isOneBlock, type Place, tooLarge } from './segment-place.ts';
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
   * Writes a record, which outlives this process then. With `flush` it is durable when this resolves, as is every record
   * before it; without, it is when a later one is, or at `close`. `mustLand` is for what cannot be had again:
   * when the disk refuses it, the spare room is given back and the record goes to a new file, once. Throws `locked` when
   * another process took the operation over.
   */
  append(entry: Entry, how: { readonly mustLand: boolean; readonly flush: boolean }): Promise<void>;
  /** Makes every record durable. As `append`. */
  flush(mustLand: boolean): Promise<void>;
  /** Throws `locked` when another process took the operation over. */
  checkOwner(): Promise<void>;
  /** Ends the operation in a file of its own; resolves with the file's epoch. */
  entomb(tombstone: Tombstone): Promise<number>;
  /** Makes durable what is not yet, where the disk lets it. */
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
  return new FileSegmentWriter(options);
}

class FileSegmentWriter implements SegmentWriter {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #id: string;
  readonly #key: OperationKey;
  #place: Place;
  #top: number;
  #owns: boolean;
  /** How many bytes of the segment are durable. */
  #durable: number;
  /** Null after a failed write: neither what it left nor a later sync of that file is to be trusted. */
  #file: OpenFile | null;
  #claimed: OpenFile | null;
  #lost = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ disk, folder, id, key, place, segment }: WriterOptions) {
    this.#disk = disk;
    this.#folder = folder;
    this.#id = id;
    this.#key = key;
    this.#place = place;
    this.#durable = place.bytes.length;
    this.#top = segment.epoch;
    this.#owns = segment.epoch === place.epoch;
    this.#file = this.#owns ? segment.file : null;
    this.#claimed = this.#owns ? null : segment.file;
  }

  length(): number {
    return this.#place.bytes.length;
  }

  takeOver(mustLand: boolean): Promise<void> {
    return this.#inTurn(() => this.#land(() => this.#own(), mustLand));
  }

  append(entry: Entry, { mustLand, flush }: Parameters<SegmentWriter['append']>[1]): Promise<void> {
    return this.#inTurn(() => this.#land(() => this.#put(entry, flush), mustLand));
  }

  flush(mustLand: boolean): Promise<void> {
    return this.#inTurn(() => this.#land(() => this.#flush(), mustLand));
  }

  checkOwner(): Promise<void> {
    return this.#inTurn(() => this.#land(() => this.#check(), false));
  }

  entomb(tombstone: Tombstone): Promise<number> {
    return this.#inTurn(() => this.#land(() => this.#bury(tombstone), true));
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#closeAll());
  }

  async #put(entry: Entry, flush: boolean): Promise<void> {
    const target = this.#file ?? (await this.#succeed());
    await this.#checkLast(this.#place.epoch, this.#place.bytes.length);
    const follow = flush ? followToBlock : followPlace;
    const { line, next } = follow(this.#place, entry, this.#key);
    if (next.bytes.length > FULL) throw tooLarge();
    const length = next.bytes.length;
    const isFlushed = flush || !isOneBlock(this.#durable, length);
    this.#file = null;
    await this.#orClose(target, async () => {
      await target.write(line);
      if (isFlushed) await target.sync();
      await this.#checkLast(next.epoch, length);
    });
    this.#file = target;
    this.#place = next;
    if (isFlushed) this.#durable = length;
  }

  async #flush(): Promise<void> {
    const target = this.#file;
    const { bytes, epoch } = this.#place;
    if (target === null) return void (await this.#succeed());
    if (this.#durable === bytes.length) return;
    this.#file = null;
    await this.#orClose(target, async () => {
      await target.sync();
      await this.#checkLast(epoch, bytes.length);
    });
    this.#file = target;
    this.#durable = bytes.length;
  }

  /** Goes on in a new segment: a copy of every record that counts, and the line that makes them its own. */
  async #succeed(): Promise<OpenFile> {
    const target = await this.#claim();
    await this.#orClose(target, async () => {
      const { next } = followPlace(this.#place, { type: 'owner', epoch: this.#top }, this.#key);
      await this.#begin(target, next.bytes);
      this.#place = { ...next, epoch: this.#top };
      this.#durable = next.bytes.length;
    });
    this.#file = target;
    this.#owns = true;
    await quietly(this.#dropOlder());
    return target;
  }

  /**
   * Nobody reads them any more. Should one come back after a power cut, it still is not the newest. The oldest goes first,
   * and one that cannot be removed keeps those after it: see `fence.ts`.
   */
  async #dropOlder(): Promise<void> {
    const files = await findFiles(this.#disk, this.#folder, this.#id);
    for (const epoch of files?.epochs ?? []) {
      if (epoch < this.#top) await this.#disk.remove(segmentPath(this.#folder, this.#id, epoch));
    }
  }

  async #bury(tombstone: Tombstone): Promise<number> {
    if (this.#file) await closeQuietly(this.#file);
    this.#file = null;
    const target = await this.#claim();
    const line = encodeLine(tombstone, nextLink(firstLink(this.#id), tombstone), this.#key.open);
    await this.#orClose(target, () => this.#begin(target, line));
    await closeQuietly(target);
    return this.#top;
  }

  async #claim(): Promise<OpenFile> {
    const own = this.#claimed;
    this.#claimed = null;
    if (own) return own;
    const made = await claimSegment(this.#disk, this.#folder, this.#id, this.#top + 1);
    this.#top += 1;
    return made;
  }

  /** What a segment begins with, made durable with the segment's name. */
  async #begin(target: OpenFile, bytes: Uint8Array): Promise<void> {
    await target.write(bytes);
    await target.sync();
    await this.#disk.syncFolder(this.#folder);
    // After a successor's end no newer segment tells of it any more: that it removed the source of this one does.
    await this.#checkLast(this.#top, bytes.length, this.#place.epoch);
  }

  async #orClose(target: OpenFile, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isAppError(error)) await closeQuietly(target);
      throw error;
    }
  }

  async #check(): Promise<void> {
    await this.#checkLast(this.#top, this.#file ? this.#place.bytes.length : null);
  }

  #checkLast(epoch: number, length: number | null, source = epoch): Promise<void> {
    const segments = { disk: this.#disk, folder: this.#folder, id: this.#id };
    return checkFence(segments, { epoch, length, source, next: this.#top + 1 });
  }

  async #land<T>(work: () => Promise<T>, mustLand: boolean): Promise<T> {
    if (this.#lost) throw takenOver();
    try {
      return await work();
    } catch (error) {
      this.#lost ||= isAppError(error, 'locked');
      if (this.#lost || !mustLand || !isAppError(error)) throw error;
      await releaseSpare(this.#disk, sparePath(this.#folder, this.#id));
      return await work();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work, work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #own(): Promise<void> {
    if (!this.#owns) await this.#succeed();
  }

  /** A segment that was claimed and never became whole stays: see `fence.ts`. The next owner removes it. */
  async #closeAll(): Promise<void> {
    if (this.#file && this.#durable < this.#place.bytes.length) {
      await quietly(this.#file.sync());
    }
    for (const open of [this.#file, this.#claimed]) if (open) await closeQuietly(open);
    this.#file = this.#claimed = null;
    this.#lost = true;
  }
}
