import { AppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { Secret } from '../../domain/secret.ts';
import { toInstant } from '../../domain/time.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Captured, Journal, JournalCapture, OperationHeader, StepOptions } from '../../ports/journal.ts';
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
  /** Makes durable what another part wrote for the operation. */
  readonly beforeEnd: () => Promise<void>;
  /** Takes away what a tombstone of this epoch replaces. */
  readonly bury: (tombstone: Ending & { readonly epoch: number }) => Promise<void>;
}

/** The journal of one operation: its state and its only writer. */
export function createFileOperation(options: OperationOptions): Journal {
  return new FileOperation(options);
}

class FileOperation implements Journal {
  readonly header: OperationHeader;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #sealer: Sealer;
  readonly #state: State;
  readonly #writer: SegmentWriter;
  readonly #beforeEnd: () => Promise<void>;
  readonly #bury: OperationOptions['bury'];
  #ended = false;

  constructor({ disk, folder, clock, random, sealer, state, writer, beforeEnd, bury }: OperationOptions) {
    this.header = state.header;
    this.#disk = disk;
    this.#folder = folder;
    this.#clock = clock;
    this.#random = random;
    this.#sealer = sealer;
    this.#state = state;
    this.#writer = writer;
    this.#beforeEnd = beforeEnd;
    this.#bury = bury;
  }

  has(step: string): boolean {
    return this.#state.results.has(step);
  }

  result(step: string): Json | null {
    return this.#state.results.get(step) ?? null;
  }

  async captured(step: string): Promise<Captured | null> {
    const found = this.#state.captures.get(step);
    return found ? openCapture(this.#sealer, this.header.id, { step, found }) : null;
  }

  async step<T extends Json>(step: string, work: () => Promise<T>, options?: StepOptions): Promise<T> {
    const known = this.#state.results.get(step);
    if (known !== undefined) return asRecorded<T>(known);
    await this.#checkOwner();
    return this.#recordResult(step, await work(), options?.durable ?? false);
  }

  async once<T extends Json>(
    step: string,
    send: (capture: JournalCapture) => Promise<T>,
    ifInterrupted: (captured: Captured | null) => Promise<T>,
  ): Promise<T> {
    const known = this.#state.results.get(step);
    if (known !== undefined) return asRecorded<T>(known);
    await this.#checkOwner();
    const interrupted = this.#state.intents.has(step);
    const result = interrupted
      ? await ifInterrupted(await this.captured(step))
      : await this.#sendOnce(step, send);
    return this.#recordResult(step, result, false);
  }

  async settle(): Promise<void> {
    if (this.#ended) throw over();
    await this.#writer.flush(this.#state.intents.size > 0);
  }

  stash(secret: Secret): Promise<void> {
    const index = this.#state.keeps;
    const bytes = new TextEncoder().encode(secret.reveal());
    return this.#record({ type: 'stash', index, sealed: this.#seal(bytes, 'stash', index) }, false);
  }

  async stashed(): Promise<Secret | null> {
    if (!this.#state.stashed) return null;
    const { index, sealed } = this.#state.stashed;
    const opened = openSealed(this.#sealer, sealed, contextOf(this.header.id, 'stash', index));
    return Secret.of(new TextDecoder().decode(opened));
  }

  async end(how: 'done' | 'aborted' | 'attention', reason: string | null): Promise<void> {
    if (how === 'attention') {
      await this.#record({ type: 'attention', reason }, true);
      this.#ended = true;
      return;
    }
    if (this.#ended) throw over();
    await this.#beforeEnd();
    const now = this.#clock.now();
    const { header, sealedKey, lastStep } = this.#state;
    const tombstone = { header, ...sealedKey, state: how, reason, lastStep, at: toInstant(now) } as const;
    const epoch = await this.#writer.entomb({ type: 'ended', ...tombstone });
    this.#ended = true;
    await this.#bury({ epoch, state: how, second: Math.floor(now / 1000) });
  }

  /**
   * A record is durable before the first effect outside that depends on it. So these are flushed: an intent, before its
   * request is sent; each part of an answer, before it is read; a decision that a later run could make otherwise; and the end.
   * Every other record tells of work that a later run finds done, or does again with the same effect. It is written at once,
   * so that a killed process leaves it, and only a power cut may take it away.
   */
  async #record(entry: Entry, flush: boolean): Promise<void> {
    if (this.#ended) throw over();
    // Before the first intent nothing was sent: a full disk then ends the operation harmlessly, and the spare room stays.
    await this.#writer.append(entry, { mustLand: this.#state.intents.size > 0, flush });
    apply(this.#state, entry);
  }

  /** Checked before each step too: a process that resumes after losing its lock must not revoke. */
  async #checkOwner(): Promise<void> {
    if (this.#ended) throw over();
    await this.#writer.checkOwner();
  }

  async #recordResult<T extends Json>(step: string, result: T, flush: boolean): Promise<T> {
    const value = throughJson(result);
    await this.#record({ type: 'result', step, value }, flush);
    return value;
  }

  async #sendOnce<T extends Json>(step: string, send: (capture: JournalCapture) => Promise<T>): Promise<T> {
    // If this file fails, the answer goes to a new file that starts with a copy of it.
    await takeSpare(
      this.#disk,
      this.#random,
      sparePath(this.#folder, this.header.id),
      SPARE_BYTES + this.#writer.length(),
    );
    await this.#record({ type: 'intent', step }, true);
    const { capture, stop } = this.#createCapture(step);
    try {
      return await send(capture);
    } finally {
      stop();
    }
  }

  /** Bytes are sealed and durable in order and without a gap: after one failure nothing more is captured. */
  #createCapture(step: string): { capture: JournalCapture; stop: () => void } {
    let open = true;
    let index = 0;
    let queue: Promise<void> = Promise.resolve();
    const inTurn = (entry: () => Entry, flush: boolean): Promise<void> => {
      const turn = queue.then(() => {
        if (!open) throw over();
        return this.#record(entry(), flush);
      });
      queue = turn;
      return turn;
    };
    const seal = (bytes: Uint8Array): Entry => {
      const sealed = this.#seal(bytes, 'chunk', step, index);
      index += 1;
      return { type: 'chunk', step, index: index - 1, sealed };
    };
    return {
      capture: {
        head: (status, requestId) => inTurn(() => ({ type: 'head', step, status, requestId }), false),
        chunk: (bytes) => inTurn(() => seal(bytes), true),
        whole: () => inTurn(() => ({ type: 'whole', step }), false),
      },
      stop: () => {
        open = false;
      },
    };
  }

  #seal(bytes: Uint8Array, kind: 'chunk' | 'stash', ...rest: readonly (string | number)[]): string {
    return sealText(this.#sealer, bytes, contextOf(this.header.id, kind, ...rest));
  }
}

/** Converts through JSON, so that every run sees the same value. */
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
