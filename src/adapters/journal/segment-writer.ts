import { AppError, isAppError } from '../../domain/errors.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import { claimSegment, takenOver } from './claim-segment.ts';
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
  readonly #firstEpoch: number;
  #place: Place;
  #top: number;
  #owns: boolean;
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
    this.#firstEpoch = segment.epoch;
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

  append(entry: Entry, mustLand: boolean): Promise<void> {
    return this.#inTurn(() => this.#land(() => this.#put(entry), mustLand));
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

  async #put(entry: Entry): Promise<void> {
    const target = this.#file ?? (await this.#succeed());
    await this.#checkLast(this.#place.epoch, this.#place.bytes.length);
    const { line, next } = this.#follow(entry);
    if (next.bytes.length > FULL) throw tooLarge();
    this.#file = null;
    await this.#orClose(target, async () => {
      await target.write(line);
      await target.sync();
      await this.#checkLast(next.epoch, next.bytes.length);
    });
    this.#file = target;
    this.#place = next;
  }

  /** Goes on in a new segment: a copy of every record that counts, and the line that makes them its own. */
  async #succeed(): Promise<OpenFile> {
    const target = await this.#claim();
    await this.#orClose(target, async () => {
      const { next } = this.#follow({ type: 'owner', epoch: this.#top });
      await this.#begin(target, next.bytes);
      this.#place = { ...next, epoch: this.#top };
    });
    this.#file = target;
    this.#owns = true;
    await quietly(this.#dropOlder());
    return target;
  }

  /** Nobody reads them any more. Should one come back after a power cut, it still is not the newest. */
  async #dropOlder(): Promise<void> {
    const files = await findFiles(this.#disk, this.#folder, this.#id);
    for (const epoch of files?.epochs ?? []) {
      if (epoch < this.#top) await quietly(this.#disk.remove(segmentPath(this.#folder, this.#id, epoch)));
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

  /** `length` null: not known, because a write failed. `source`: another segment that must still be there. */
  async #checkLast(epoch: number, length: number | null, source = epoch): Promise<void> {
    const files = await findFiles(this.#disk, this.#folder, this.#id);
    const own = await this.#disk.facts(segmentPath(this.#folder, this.#id, epoch));
    const isLast =
      files?.epochs.at(-1) === this.#top && files.epochs.includes(source) && files.ended.length === 0;
    if (!isLast || !own || (length !== null && own.size !== length)) throw takenOver();
  }

  /** The record after all those that count. Throws `failure` when there are too many. */
  #follow(entry: Entry): { readonly line: Uint8Array; readonly next: Place } {
    const link = nextLink(this.#place.link, entry);
    const line = encodeLine(entry, link, this.#key.open);
    const bytes = new Uint8Array(Buffer.concat([this.#place.bytes, line]));
    if (bytes.length > LARGEST) throw tooLarge();
    return { line, next: { epoch: this.#place.epoch, bytes, link } };
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

  /** An owner that never was takes its segments back, unless a successor may already look at them. */
  async #closeAll(): Promise<void> {
    for (const open of [this.#file, this.#claimed]) if (open) await closeQuietly(open);
    this.#file = this.#claimed = null;
    for (let epoch = this.#firstEpoch; !this.#owns && !this.#lost && epoch <= this.#top; epoch += 1) {
      await quietly(this.#disk.remove(segmentPath(this.#folder, this.#id, epoch)));
    }
    this.#lost = true;
  }
}

function tooLarge(): AppError {
  return new AppError({ code: 'failure', message: `an operation cannot be larger than ${LARGEST} bytes` });
}
