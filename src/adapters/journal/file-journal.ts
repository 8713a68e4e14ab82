import { AppError, isAppError, usage } from '../../domain/errors.ts';
import { parseInstant } from '../../domain/time.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import type {
  BrokenOperation,
  Journal,
  JournalHost,
  OperationChoice,
  OperationList,
  OperationSummary,
} from '../../ports/journal.ts';
import type { Locks } from '../../ports/lock.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { checkPrivateFolder, ensureDurableFolder } from '../disk/private.ts';
import { isWanted, mayBe } from './choice.ts';
import { broken } from './decode-line.ts';
import { createFileOperation } from './file-operation.ts';
import { holdOperation, isHeld } from './hold-operation.ts';
import { type Found, findFiles, lookAt, lookUp } from './look-up.ts';
import { type Ending, groupNames, isOperationId, segmentPath, sparePath } from './names.ts';
import { openFirstSegment } from './open-first.ts';
import {
  contextOf,
  createOperationKey,
  type OperationKey,
  openOperationKey,
  openSealed,
  sealText,
  verifyCodes,
} from './operation-key.ts';
import type { OperationLog } from './read-operation.ts';
import { claimSegment, createSegmentWriter, type SegmentWriter } from './segment-writer.ts';
import { createSettingAside } from './set-aside.ts';
import { openAnswers, stepsOf } from './show.ts';
import { closeQuietly, quietly, releaseSpare, takeSpare } from './spare.ts';
import { isUnfinished, newState, type State, summarize } from './state.ts';
import { refuseOthers } from './subject.ts';
import { bury, buryFound } from './tidy.ts';

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
}

interface Owned {
  readonly sealer: Sealer;
  readonly state: State;
  readonly writer: SegmentWriter;
}

interface Verified {
  readonly sealer: Sealer;
  readonly log: OperationLog;
  readonly state: State;
  readonly key: OperationKey;
  readonly lastEpoch: number;
}

const MOST_WAIT_MS = 10_000;

/** Journals as append-only files: `names.ts` tells which, `records.ts` what is in them, `segment-writer.ts` who may write. */
export function createFileJournal(options: FileJournalOptions): JournalHost {
  const { disk, locks, clock, random, folder } = options;
  const nowSecond = (): number => Math.floor(clock.now() / 1000);

  async function buryAt(id: string, tombstone: Ending & { readonly epoch: number }): Promise<void> {
    const files = await findFiles(disk, folder, id);
    if (files) await bury(disk, folder, files, tombstone);
  }

  async function run<T>(operation: Owned, work: (journal: Journal) => Promise<T>): Promise<T> {
    const { id } = operation.state.header;
    const journal = createFileOperation({
      ...operation,
      disk,
      folder,
      clock,
      random,
      bury: (tombstone) => buryAt(id, tombstone),
    });
    try {
      return await work(journal);
    } finally {
      await operation.writer.close();
    }
  }

  async function sealerOf(keyId: string): Promise<Sealer> {
    try {
      return await options.sealer(keyId);
    } catch (error) {
      throw isAppError(error, 'lost') ? broken('the key that it was sealed under is gone') : error;
    }
  }

  /** Opens the operation's key and verifies every record with it. Throws `failure`. */
  async function unlock(log: OperationLog, state: State): Promise<{ sealer: Sealer; key: OperationKey }> {
    const sealer = await sealerOf(state.sealedKey.keyId);
    const key = openOperationKey(sealer, state.sealedKey, log.id);
    verifyCodes(log, key);
    return { sealer, key };
  }

  /** A store that is locked is no broken journal: only `failure` tells of one, everything else goes on. */
  async function verify(found: Extract<Found, { kind: 'operation' }>): Promise<Found> {
    try {
      await unlock(found.log, found.state);
      return found;
    } catch (error) {
      if (isAppError(error, 'failure')) return { kind: 'broken', error };
      throw error;
    }
  }

  /** Reads with the codes verified. Throws `not-found` when there is nothing that can be taken up. */
  async function readVerified(id: string): Promise<Verified> {
    const found = await lookUp(disk, folder, id);
    if (!found) throw notFound(`no operation "${id}"`);
    if (found.kind === 'broken') throw found.error;
    const { files, log, state } = found;
    const { sealer, key } = await unlock(log, state);
    if (isUnfinished(state)) return { log, state, sealer, key, lastEpoch: files.epochs.at(-1) ?? 0 };
    if (files.ended.length === 0) await buryFound(disk, folder, found, nowSecond());
    throw notFound(`the operation "${id}" is ${state.state}`);
  }

  async function takeOver(id: string): Promise<Owned> {
    const { state: seen, lastEpoch } = await readVerified(id);
    await refuseOthers({ disk, folder, header: seen.header, to: 'resume' });
    const epoch = lastEpoch + 1;
    const file = await claimSegment(disk, folder, id, epoch);
    // Read again: only now nobody else can add to what is read.
    const { log, state, sealer, key } = await orTakeBack(file, segmentPath(folder, id, epoch), () =>
      readVerified(id),
    );
    const writer = createSegmentWriter({ disk, folder, id, key, place: log, segment: { epoch, file } });
    try {
      await writer.takeOver(state.intents.size > 0);
    } catch (error) {
      if (isAppError(error)) await writer.close();
      throw error;
    }
    return { sealer, state, writer };
  }

  async function orTakeBack<T>(file: OpenFile, path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isAppError(error)) {
        await closeQuietly(file);
        await quietly(disk.remove(path));
      }
      throw error;
    }
  }

  async function list({ verified = false, only }: OperationChoice = {}): Promise<OperationList> {
    const operations: OperationSummary[] = [];
    const broken: BrokenOperation[] = [];
    for (const files of groupNames(await disk.list(folder))) {
      const seen = mayBe(files, only) ? await lookAt(disk, folder, files) : null;
      if (seen?.kind === 'operation' && !isWanted(seen.state, only)) continue;
      const found = verified && seen?.kind === 'operation' ? await verify(seen) : seen;
      if (found?.kind === 'operation') operations.push(summarize(found.state));
      if (found?.kind === 'broken') broken.push({ id: files.id, reason: found.error.message });
    }
    return { operations: operations.sort(byStart), broken };
  }

  return {
    prove: async () => {
      await ensureDurableFolder(disk, folder);
      const sealer = await options.sealer(null);
      const id = Buffer.from(random.bytes(16)).toString('hex');
      const probe = random.bytes(32);
      const opened = openSealed(
        sealer,
        sealText(sealer, probe, contextOf(id, 'probe')),
        contextOf(id, 'probe'),
      );
      if (Buffer.compare(opened, probe) !== 0) {
        throw new AppError({ code: 'unavailable', message: 'the sealing key does not open what it sealed' });
      }
      await takeSpare(disk, random, sparePath(folder, id));
      await releaseSpare(disk, sparePath(folder, id));
    },

    begin: async (header, work) => {
      if (!isOperationId(header.id)) throw usage('the id of an operation is 32 hex digits');
      return locks.hold(`operation-${header.id}`, 0, async () => {
        await ensureDurableFolder(disk, folder);
        // A person who has to type a passphrase is not waited for under the lock.
        await options.sealer(null);
        const begun = await locks.hold('operations', MOST_WAIT_MS, async () => {
          // Asked for again: before the lock was held, a migration may have put another key in its place.
          const sealer = await options.sealer(null);
          const key = createOperationKey(sealer, random, header.id);
          const writer = await openFirstSegment({ disk, locks, folder, header, key, nowSecond: nowSecond() });
          return { sealer, state: newState(header, { keyId: key.keyId, key: key.key }), writer };
        });
        return run(begun, work);
      });
    },

    resume: async (id, work) => {
      if (!isOperationId(id)) throw notFound('that is not the id of an operation');
      return holdOperation(locks, id, async () => {
        await checkPrivateFolder(disk, folder);
        return run(await takeOver(id), work);
      });
    },

    whileNoneBegins: (work) =>
      locks.hold('operations', MOST_WAIT_MS, async () => work(await list({ only: 'unfinished' }))),

    list,

    read: async (id) => {
      const found = isOperationId(id) ? await lookUp(disk, folder, id) : null;
      if (found?.kind === 'broken') throw found.error;
      if (!found) return null;
      const { log, state } = found;
      return {
        ...summarize(state),
        steps: stepsOf(state),
        answers: async () => openAnswers((await unlock(log, state)).sealer, state),
      };
    },

    ...createSettingAside({ disk, locks, folder, verify: readVerified }),

    isRunning: (id) => (isOperationId(id) ? isHeld(locks, id) : Promise.resolve(false)),
  };
}

function byStart(a: OperationSummary, b: OperationSummary): number {
  const apart = (parseInstant(a.header.startedAt) ?? 0) - (parseInstant(b.header.startedAt) ?? 0);
  return apart !== 0 ? apart : a.header.id < b.header.id ? -1 : 1;
}

function notFound(message: string): AppError {
  return new AppError({ code: 'not-found', message, hint: 'see `keyturn rotations list`' });
}
