import { AppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { Secret } from '../../domain/secret.ts';
import { toInstant } from '../../domain/time.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Captured, Journal, JournalCapture } from '../../ports/journal.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Ending, sparePath } from './names.ts';
import { contextOf, openSealed, sealText } from './operation-key.ts';
import type { Entry } from './records.ts';
import type { SegmentWriter } from './segment-writer.ts';
import { openCapture } from './show.ts';
import { SPARE_BYTES, takeSpare } from './spare.ts';
import { apply, type State } from './state.ts';

export interface OperationOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly sealer: Sealer;
  readonly state: State;
  readonly writer: SegmentWriter;
  /** Takes away what a tombstone of this epoch replaces. */
  readonly bury: (tombstone: Ending & { readonly epoch: number }) => Promise<void>;
}

/** The journal that `rotate` runs on: the state of the operation, and its only writer. */
export function createFileOperation(options: OperationOptions): Journal {
  const { disk, folder, clock, random, sealer, state, writer, bury } = options;
  const { id } = state.header;
  let ended = false;

  async function record(entry: Entry): Promise<void> {
    if (ended) throw over();
    // Before the first intent nothing was sent: a full disk then ends the operation harmlessly, and the spare room stays.
    await writer.append(entry, state.intents.size > 0);
    apply(state, entry);
  }

  /** Before anything is done, not only when it is recorded: a process that was suspended for long must not revoke. */
  async function checkOwner(): Promise<void> {
    if (ended) throw over();
    await writer.checkOwner();
  }

  async function recordResult<T extends Json>(step: string, result: T): Promise<T> {
    const value = throughJson(result);
    await record({ type: 'result', step, value });
    return value;
  }

  const recorded = (step: string): Json | undefined => state.results.get(step);

  async function sendOnce<T extends Json>(
    step: string,
    send: (capture: JournalCapture) => Promise<T>,
  ): Promise<T> {
    // The new file that an answer goes to when this one fails begins with a copy of this one.
    await takeSpare(disk, random, sparePath(folder, id), SPARE_BYTES + writer.length());
    await record({ type: 'intent', step });
    const { capture, stop } = createCapture(step);
    try {
      return await send(capture);
    } finally {
      stop();
    }
  }

  /** Bytes are sealed and durable in order and without a gap: after one failure nothing more is captured. */
  function createCapture(step: string): { capture: JournalCapture; stop: () => void } {
    let open = true;
    let index = 0;
    let queue: Promise<void> = Promise.resolve();
    const inTurn = (entry: () => Entry): Promise<void> => {
      const turn = queue.then(() => {
        if (!open) throw over();
        return record(entry());
      });
      queue = turn;
      return turn;
    };
    const seal = (bytes: Uint8Array): Entry => {
      const sealed = sealText(sealer, bytes, contextOf(id, 'chunk', step, index));
      index += 1;
      return { type: 'chunk', step, index: index - 1, sealed };
    };
    return {
      capture: {
        head: (status, requestId) => inTurn(() => ({ type: 'head', step, status, requestId })),
        chunk: (bytes) => inTurn(() => seal(bytes)),
        whole: () => inTurn(() => ({ type: 'whole', step })),
      },
      stop: () => {
        open = false;
      },
    };
  }

  async function captured(step: string): Promise<Captured | null> {
    const found = state.captures.get(step);
    return found ? openCapture(sealer, id, { step, found }) : null;
  }

  return {
    header: state.header,
    has: (step) => state.results.has(step),
    result: (step) => recorded(step) ?? null,
    captured,
    step: async <T extends Json>(step: string, work: () => Promise<T>) => {
      const known = recorded(step);
      if (known !== undefined) return asRecorded<T>(known);
      await checkOwner();
      return recordResult(step, await work());
    },
    once: async <T extends Json>(
      step: string,
      send: (capture: JournalCapture) => Promise<T>,
      ifInterrupted: (captured: Captured | null) => Promise<T>,
    ) => {
      const known = recorded(step);
      if (known !== undefined) return asRecorded<T>(known);
      await checkOwner();
      const interrupted = state.intents.has(step);
      const result = interrupted ? await ifInterrupted(await captured(step)) : await sendOnce(step, send);
      return recordResult(step, result);
    },
    keep: (secret) => {
      const index = state.keeps;
      const bytes = new TextEncoder().encode(secret.reveal());
      return record({ type: 'keep', index, sealed: sealText(sealer, bytes, contextOf(id, 'keep', index)) });
    },
    kept: async () => {
      if (!state.kept) return null;
      const { index, sealed } = state.kept;
      return Secret.of(new TextDecoder().decode(openSealed(sealer, sealed, contextOf(id, 'keep', index))));
    },
    end: async (how, reason) => {
      if (how === 'attention') {
        await record({ type: 'attention', reason });
        ended = true;
        return;
      }
      if (ended) throw over();
      const now = clock.now();
      const { header, sealedKey, lastStep } = state;
      const epoch = await writer.entomb({
        type: 'ended',
        header,
        ...sealedKey,
        state: how,
        reason,
        lastStep,
        at: toInstant(now),
      });
      ended = true;
      await bury({ epoch, state: how, second: Math.floor(now / 1000) });
    },
  };
}

/** As a later run will read it back, so that the first run and every other see the same. */
function throughJson<T extends Json>(value: T): T {
  return asRecorded(JSON.parse(canonicalJson(value)));
}

/** A recorded result is what the same step of the same operation returned: its caller knows the type, the file does not. */
function asRecorded<T extends Json>(value: Json): T {
  return value as T;
}

function over(): AppError {
  return new AppError({ code: 'failure', message: 'nothing can be recorded in an operation that has ended' });
}
