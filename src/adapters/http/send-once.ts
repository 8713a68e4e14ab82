import type { AppError } from '../../domain/errors.ts';
import type { Capture, Outcome } from '../../ports/transport.ts';
import { BoundedBuffer } from './bounded-buffer.ts';
import { CapturedBody } from './captured-body.ts';
import type { HttpClient } from './client.ts';
import { type Exchange, exchange } from './exchange.ts';
import { requestIdOf } from './headers.ts';
import type { WireRequest } from './wire.ts';

/** An answer to an issuing request is small; what is beyond this is cut. */
const LIMIT = 1024 * 1024;

export interface OnceOptions {
  /** Made for this request: it opens one connection and no second one. */
  readonly client: HttpClient;
  readonly wire: WireRequest;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly stopNow: AbortSignal | undefined;
  onWait(why: AppError): void;
  readonly capture: Capture;
}

export interface Sending {
  readonly outcome: Outcome;
  readonly exchange: Exchange;
}

/** One attempt on a connection of its own, the answer captured as it arrives. Never rejects. */
export async function exchangeOnce(options: OnceOptions): Promise<Sending> {
  const { client, wire, timeoutMs, signal, stopNow } = options;
  const raw = new BoundedBuffer(LIMIT);
  const body = new CapturedBody(raw);
  const captured = new CaptureQueue(options.capture, body);
  const result = await exchange({
    client,
    wire,
    timeoutMs,
    body: raw,
    signal,
    interruptible: false,
    stopNow,
    onWait: (why) => options.onWait(why),
    onHead: ({ status, header }) => {
      body.setHead(header);
      captured.head(status, requestIdOf(header));
      return null;
    },
    onBody: () => captured.more(),
  });
  // Not awaited: the answer must not wait for the other side to close.
  client.close().catch(() => undefined);
  await captured.settled();
  const unread = body.finish();
  captured.more();
  await captured.settled();
  return { outcome: toOutcome(result, body, { captured, unread }), exchange: result };
}

export function notSent(error: AppError): Outcome {
  return { kind: 'not-sent', reason: error.message, error };
}

function toOutcome(
  { sent, head, failure }: Exchange,
  body: CapturedBody,
  { captured, unread }: { readonly captured: CaptureQueue; readonly unread: string | null },
): Outcome {
  if (failure !== null && !sent) return notSent(failure.error);
  const mark = captured.failed ? ({ captureFailed: true } as const) : {};
  // An answer that arrived whole is one, though it is in a coding that keyturn cannot read.
  if (failure === null && head !== null && (unread === null || body.isUnknown || head.status >= 300)) {
    return {
      kind: 'answered',
      reply: { ...head, body: body.slice() },
      ...mark,
      ...(unread !== null && { unread }),
    };
  }
  const reason = failure?.error.message ?? unread ?? 'the answer cannot be read';
  return {
    kind: 'ambiguous',
    reason: captured.failed ? `${reason}; keeping the answer failed too` : reason,
    status: head?.status ?? null,
    bytes: captured.bytes,
    ...(captured.failed ? { ...mark, partial: body.slice() } : {}),
  };
}

/**
 * Hands an answer over in order, each part awaited before the next. What arrives while one part is being kept goes
 * into the next one, so that an answer of many small pieces does not cost as many writes to the disk.
 */
class CaptureQueue {
  readonly #capture: Capture;
  readonly #body: CapturedBody;
  #tail: Promise<void> = Promise.resolve();
  #scheduled = false;
  bytes = 0;
  failed = false;

  constructor(capture: Capture, body: CapturedBody) {
    this.#capture = capture;
    this.#body = body;
  }

  head(status: number, requestId: string | null): void {
    this.#then(() => this.#capture.head(status, requestId));
  }

  more(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#then(async () => {
      this.#scheduled = false;
      const part = this.#body.slice(this.bytes);
      if (part.length === 0) return;
      await this.#capture.chunk(part);
      this.bytes += part.length;
    });
  }

  settled(): Promise<void> {
    return this.#tail;
  }

  /** After a part that was not kept nothing more is: a hole in the middle would look like an answer. */
  #then(step: () => Promise<void>): void {
    this.#tail = this.#tail.then(async () => {
      if (this.failed) return;
      try {
        await step();
      } catch {
        this.failed = true;
      }
    });
  }
}
