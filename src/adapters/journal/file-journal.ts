import { basename } from 'node:path';
import { AppError, isAppError, usage } from '../../domain/errors.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import type {
  Journal,
  JournalHost,
  OperationChoice,
  OperationDetail,
  OperationHeader,
  OperationList,
  Unreadable,
} from '../../ports/journal.ts';
import type { Locks } from '../../ports/lock.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { checkPrivateFolder, ensureDurableFolder, ensurePrivateFolder } from '../disk/private.ts';
import { claimSegment } from './claim-segment.ts';
import { createFileOperation } from './file-operation.ts';
import { holdOperation, isHeld } from './hold-operation.ts';
import { JournalReader, notFound, type Verified } from './journal-reader.ts';
import { FIRST, groupNames, isOperationId, type OperationFiles, segmentPath, sparePath } from './names.ts';
import { openFirstSegment } from './open-first.ts';
import { contextOf, createOperationKey, openSealed, sealText } from './operation-key.ts';
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts';
import { createSettingAside } from './set-aside.ts';
import { closeQuietly, quietly, releaseSpare, takeSpare } from './spare.ts';
import { newState, type State } from './state.ts';
import { refuseOthers } from './subject.ts';
import { bury } from './tidy.ts';

export interface FileJournalOptions {
  readonly disk: Disk;
  readonly locks: Locks;
  readonly clock: Clock;
  readonly random: Random;
  /** Where the operations are, `<state>/attempts`; made when needed, 0700. */
  readonly folder: string;
  /**
   * Unlocks the sealing key: for new operations (null), or the one with the id that an operation was sealed under, which throws
   * `lost` when it is gone. `list` never asks.
   */
  sealer(keyId: string | null): Promise<Sealer>;
  /** Makes durable what another part wrote for an operation that ends or is left: its lines of the audit log. Never throws. */
  readonly beforeEnd?: (() => Promise<void>) | undefined;
}

interface Owned {
  readonly sealer: Sealer;
  readonly state: State;
  readonly writer: SegmentWriter;
}

const MOST_WAIT_MS = 10_000;

/** Journals as append-only files: `names.ts` tells which, `records.ts` what is in them, `segment-writer.ts` who may write. */
export function createFileJournal(options: FileJournalOptions): JournalHost {
  return new FileJournal(options);
}

class FileJournal implements JournalHost {
  readonly #disk: Disk;
  readonly #locks: Locks;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #folder: string;
  readonly #sealer: FileJournalOptions['sealer'];
  readonly #beforeEnd: () => Promise<void>;
  readonly #reader: JournalReader;
  #isFolderDurable = false;
  readonly #settingAside: ReturnType<typeof createSettingAside>;

  constructor({ disk, locks, clock, random, folder, sealer, beforeEnd }: FileJournalOptions) {
    this.#disk = disk;
    this.#locks = locks;
    this.#clock = clock;
    this.#random = random;
    this.#folder = folder;
    this.#sealer = sealer;
    this.#beforeEnd = beforeEnd ?? (async () => undefined);
    this.#reader = new JournalReader({ disk, folder, sealer });
    this.#settingAside = createSettingAside({ disk, locks, folder, verify: (id) => this.#verified(id) });
  }

  async prove(): Promise<void> {
    await this.#ensureFolder();
    const sealer = await this.#sealer(null);
    const id = Buffer.from(this.#random.bytes(16)).toString('hex');
    const probe = this.#random.bytes(32);
    const sealed = sealText(sealer, probe, contextOf(id, 'probe'));
    if (Buffer.compare(openSealed(sealer, sealed, contextOf(id, 'probe')), probe) !== 0) {
      throw new AppError({ code: 'unavailable', message: 'the sealing key does not open what it sealed' });
    }
    await takeSpare(this.#disk, this.#random, sparePath(this.#folder, id));
    await releaseSpare(this.#disk, sparePath(this.#folder, id));
  }

  async begin<T>(header: OperationHeader, work: (journal: Journal) => Promise<T>): Promise<T> {
    if (!isOperationId(header.id)) throw usage('the id of an operation is 32 hex digits');
    return this.#locks.hold(`operation-${header.id}`, 0, async () => {
      await this.#ensureFolder();
      // A person who has to type a passphrase is not waited for under the lock.
      await this.#sealer(null);
      const begun = await this.#locks.hold('operations', MOST_WAIT_MS, () => this.#open(header));
      return this.#run(begun, work);
    });
  }

  async resume<T>(id: string, work: (journal: Journal) => Promise<T>): Promise<T> {
    if (!isOperationId(id)) throw notFound('that is not the id of an operation');
    return holdOperation(this.#locks, id, async () => {
      await checkPrivateFolder(this.#disk, this.#folder);
      return this.#run(await this.#takeOver(id), work);
    });
  }

  whileNoneBegins<T>(work: (found: OperationList) => Promise<T>): Promise<T> {
    return this.#locks.hold('operations', MOST_WAIT_MS, async () =>
      work(await this.list({ only: 'unfinished' })),
    );
  }

  list(options?: OperationChoice): Promise<OperationList> {
    return this.#reader.list(options);
  }

  read(id: string): Promise<OperationDetail | null> {
    return this.#reader.read(id);
  }

  whyUnreadable(id: string): Promise<Unreadable | null> {
    return this.#settingAside.whyUnreadable(id);
  }

  setAside(id: string): Promise<readonly string[]> {
    return this.#settingAside.setAside(id);
  }

  async isRunning(id: string): Promise<boolean> {
    return isOperationId(id) && (await isHeld(this.#locks, id));
  }

  /** Only under the lock on the folder. */
  async #open(header: OperationHeader): Promise<Owned> {
    // Asked for again: before the lock was held, a migration may have put another key in its place.
    const sealer = await this.#sealer(null);
    const key = createOperationKey(sealer, this.#random, header.id);
    const writer = await openFirstSegment({
      disk: this.#disk,
      locks: this.#locks,
      folder: this.#folder,
      header,
      key,
      settleKey: () => sealer.settle(),
      nowSecond: this.#nowSecond(),
    });
    return { sealer, state: newState(header, { keyId: key.keyId, key: key.key }), writer };
  }

  async #ensureFolder(): Promise<void> {
    const ensure =
      this.#isFolderDurable || this.#reader.hasSeenFiles ? ensurePrivateFolder : ensureDurableFolder;
    await ensure(this.#disk, this.#folder);
    this.#isFolderDurable = true;
  }

  #verified(id: string): Promise<Verified> {
    return this.#reader.readVerified(id, this.#nowSecond());
  }

  #nowSecond(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  async #run<T>(operation: Owned, work: (journal: Journal) => Promise<T>): Promise<T> {
    const { id } = operation.state.header;
    const journal = createFileOperation({
      ...operation,
      disk: this.#disk,
      folder: this.#folder,
      clock: this.#clock,
      random: this.#random,
      beforeEnd: this.#beforeEnd,
      bury: (tombstone) => bury(this.#disk, this.#folder, ownFiles(id, tombstone.epoch), tombstone),
    });
    try {
      return await work(journal);
    } finally {
      await this.#beforeEnd();
      await operation.writer.close();
    }
  }

  async #takeOver(id: string): Promise<Owned> {
    const { state: seen, lastEpoch } = await this.#verified(id);
    const check = { disk: this.#disk, folder: this.#folder, header: seen.header, to: 'resume' } as const;
    await refuseOthers(check, groupNames(await this.#disk.list(this.#folder)));
    const epoch = lastEpoch + 1;
    const file = await claimSegment(this.#disk, this.#folder, id, epoch);
    // Read again: only now nobody else can add to what is read.
    const { log, state, sealer, key } = await this.#verifiedFor(id, epoch, file);
    const writer = createSegmentWriter({
      disk: this.#disk,
      folder: this.#folder,
      id,
      key,
      place: log,
      segment: { epoch, file },
    });
    try {
      await writer.takeOver(state.intents.size > 0);
    } catch (error) {
      if (isAppError(error)) await writer.close();
      throw error;
    }
    return { sealer, state, writer };
  }

  /** The segment that was claimed stays after a failure, as a fence, unless the operation has ended meanwhile. */
  async #verifiedFor(id: string, epoch: number, file: OpenFile): Promise<Verified> {
    try {
      return await this.#verified(id);
    } catch (error) {
      if (isAppError(error)) await closeQuietly(file);
      if (isAppError(error, 'not-found')) {
        await quietly(this.#disk.remove(segmentPath(this.#folder, id, epoch)));
      }
      throw error;
    }
  }
}

/** What an owner has left when it ends its operation in the segment of this epoch. What is not there need not be. */
function ownFiles(id: string, epoch: number): OperationFiles {
  const epochs = Array.from({ length: epoch - FIRST }, (_, index) => FIRST + index);
  return { id, epochs, ended: [], loose: [basename(sparePath('', id))] };
}
