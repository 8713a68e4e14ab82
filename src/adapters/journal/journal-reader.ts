import { AppError, isAppError } from '../../domain/errors.ts';
import { parseInstant } from '../../domain/time.ts';
import type { Disk } from '../../ports/disk.ts';
import type {
  BrokenOperation,
  OperationChoice,
  OperationDetail,
  OperationList,
  OperationSummary,
} from '../../ports/journal.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { isWanted, mayBe } from './choice.ts';
import { broken } from './decode-line.ts';
import { type Found, lookAt, lookUp } from './look-up.ts';
import { groupNames, isOperationId } from './names.ts';
import { type OperationKey, openOperationKey, verifyCodes } from './operation-key.ts';
import type { OperationLog } from './read-operation.ts';
import { openAnswers, stepsOf } from './show.ts';
import { isUnfinished, type State, summarize } from './state.ts';
import { buryFound } from './tidy.ts';

interface ReaderOptions {
  readonly disk: Disk;
  readonly folder: string;
  /** Unlocks the key that an operation was sealed under. Throws `lost` when it is gone or does not count. */
  sealer(keyId: string): Promise<Sealer>;
}

export interface Verified {
  readonly sealer: Sealer;
  readonly log: OperationLog;
  readonly state: State;
  readonly key: OperationKey;
  readonly lastEpoch: number;
}

/** Reads operations beside their owners. */
export class JournalReader {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #sealer: ReaderOptions['sealer'];
  /** Whoever put a file there has made the folder durable. */
  hasSeenFiles = false;

  constructor({ disk, folder, sealer }: ReaderOptions) {
    this.#disk = disk;
    this.#folder = folder;
    this.#sealer = sealer;
  }

  async list({ verified = false, only }: OperationChoice = {}): Promise<OperationList> {
    const operations: OperationSummary[] = [];
    const broken: BrokenOperation[] = [];
    const names = await this.#disk.list(this.#folder);
    this.hasSeenFiles ||= names.length > 0;
    for (const files of groupNames(names)) {
      const seen = mayBe(files, only) ? await lookAt(this.#disk, this.#folder, files) : null;
      if (seen?.kind === 'operation' && !isWanted(seen.state, only)) continue;
      const found = verified && seen?.kind === 'operation' ? await this.#verify(seen) : seen;
      if (found?.kind === 'operation') operations.push(summarize(found.state));
      if (found?.kind === 'broken') broken.push({ id: files.id, reason: found.error.message });
    }
    return { operations: operations.sort(byStart), broken };
  }

  async read(id: string): Promise<OperationDetail | null> {
    const found = isOperationId(id) ? await lookUp(this.#disk, this.#folder, id) : null;
    if (found?.kind === 'broken') throw found.error;
    if (!found) return null;
    const { log, state } = found;
    return {
      ...summarize(state),
      steps: stepsOf(state),
      answers: async () => openAnswers((await this.#unlock(log, state)).sealer, state),
    };
  }

  /** Reads with the codes verified, and buries an operation that another process ended. Throws `not-found` when there is nothing that can be taken up. */
  async readVerified(id: string, nowSecond: number): Promise<Verified> {
    const found = await lookUp(this.#disk, this.#folder, id);
    if (!found) throw notFound(`no operation "${id}"`);
    if (found.kind === 'broken') throw found.error;
    const { files, log, state } = found;
    const { sealer, key } = await this.#unlock(log, state);
    if (isUnfinished(state)) return { log, state, sealer, key, lastEpoch: files.epochs.at(-1) ?? 0 };
    if (files.ended.length === 0) await buryFound(this.#disk, this.#folder, found, nowSecond);
    throw notFound(`the operation "${id}" is ${state.state}`);
  }

  async #sealerOf(keyId: string, id: string): Promise<Sealer> {
    try {
      return await this.#sealer(keyId);
    } catch (error) {
      if (!isAppError(error, 'lost')) throw error;
      const { hint } = error.facts;
      const abort = `keyturn rotations abort ${id}`;
      throw broken(error.message).with({
        message: `the operation ${id} cannot be opened: ${error.message}`,
        ...(hint !== undefined && { hint: hint.replace('`keyturn rotations abort`', `\`${abort}\``) }),
        operation: id,
        next: abort,
      });
    }
  }

  /** Opens the operation's key and verifies every record with it. Throws `failure`. */
  async #unlock(log: OperationLog, state: State): Promise<{ sealer: Sealer; key: OperationKey }> {
    const sealer = await this.#sealerOf(state.sealedKey.keyId, log.id);
    const key = openOperationKey(sealer, state.sealedKey, log.id);
    verifyCodes(log, key);
    return { sealer, key };
  }

  /**
   * A store that is locked is no broken journal, and its error is thrown. An operation that lacks only KEYTURN_JOURNAL_KEY is told
   * of by its own error, and holds up no other.
   */
  async #verify(found: Extract<Found, { kind: 'operation' }>): Promise<Found> {
    try {
      await this.#unlock(found.log, found.state);
      return found;
    } catch (error) {
      if (isAppError(error, 'failure')) return { kind: 'broken', error };
      if (isAppError(error, 'unavailable') && found.state.sealedKey.keyId.startsWith('variable-'))
        return { kind: 'broken', error };
      throw error;
    }
  }
}

function byStart(a: OperationSummary, b: OperationSummary): number {
  const apart = (parseInstant(a.header.startedAt) ?? 0) - (parseInstant(b.header.startedAt) ?? 0);
  return apart !== 0 ? apart : a.header.id < b.header.id ? -1 : 1;
}

export function notFound(message: string): AppError {
  return new AppError({ code: 'not-found', message, hint: 'see `keyturn rotations list`' });
}
