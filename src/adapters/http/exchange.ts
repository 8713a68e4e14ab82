import { type AppError, interruption, isAppError } from '../../domain/errors.ts';
import type { Head, HttpClient, Listener, OpenRequest } from './client.ts';
import { type Failure, lasting, secondsText, toFailure } from './failures.ts';
import type { WireRequest } from './wire.ts';

/** Receives the body; its limit is the cap. */
export interface Body {
  readonly limit: number;
  /** False where the chunk is too much. An `AppError` that it throws ends the exchange. */
  append(chunk: Uint8Array): boolean;
  /** Pending while no more can be taken; absent or null where more can. */
  ready?(): Promise<void> | null;
}

export interface ExchangeOptions {
  readonly client: HttpClient;
  readonly wire: WireRequest;
  /** From here to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly body: Body;
  readonly signal: AbortSignal | undefined;
  /** Whether `signal` counts once the headers have left. */
  readonly interruptible: boolean;
  /** Counts always: whoever asks a second time does not wait for the answer. */
  readonly stopNow: AbortSignal | undefined;
  /** `signal` asked to stop, and the exchange waits for its answer anyway. */
  onWait?(why: AppError): void;
  /** Called once, with the final status. An error that it returns ends the exchange. */
  onHead?(head: Head): AppError | null;
  /** More was put into `body`. */
  onBody?(): void;
}

/** How one request went. Without a failure, head and body are the complete answer. */
export interface Exchange {
  /** Whether the headers left this machine; until then the other side cannot have seen the request. */
  readonly sent: boolean;
  readonly head: Head | null;
  readonly failure: Failure | null;
}

/** 102 may come every few seconds, 103 a few times; a stream of them is an attack. */
const MAX_PROVISIONAL = 100;

/** Sends one request and waits for its answer, whichever client it goes through. Never rejects. */
export function exchange(options: ExchangeOptions): Promise<Exchange> {
  return new Promise((resolve) => new Conversation(options, resolve).start());
}

class Conversation implements Listener {
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: Exchange) => void;
  #timer: NodeJS.Timeout | undefined;
  #open: OpenRequest | null = null;
  #sent = false;
  #head: Head | null = null;
  #provisional = 0;
  #finished = false;

  constructor(options: ExchangeOptions, resolve: (result: Exchange) => void) {
    this.#options = options;
    this.#resolve = resolve;
  }

  start(): void {
    const { client, wire, signal } = this.#options;
    if (signal?.aborted) {
      this.#finish({ error: interruption(signal), transient: false });
      return;
    }
    signal?.addEventListener('abort', this.#onSignal);
    this.#options.stopNow?.addEventListener('abort', this.#onStopNow);
    this.#startTimer();
    try {
      this.#open = client.send(wire, this);
    } catch (error) {
      this.#stop(toFailure(error, wire.host));
    }
  }

  onSent(): void {
    this.#sent = true;
  }

  onProvisional(): void {
    this.#provisional += 1;
    if (this.#finished || this.#provisional <= MAX_PROVISIONAL) return;
    this.#stop(lasting(`"${this.#options.wire.host}" sent too many provisional answers`));
  }

  onHead(head: Head): void {
    if (this.#finished) return;
    this.#head = head;
    const refused = this.#options.onHead?.(head) ?? null;
    if (refused !== null) this.#stop({ error: refused, transient: false });
  }

  onData(chunk: Uint8Array): void {
    if (this.#finished) return;
    const { body, wire } = this.#options;
    try {
      const fits = body.append(chunk);
      this.#options.onBody?.();
      if (!fits) this.#stop(lasting(`the answer of "${wire.host}" is larger than ${body.limit >> 20} MiB`));
    } catch (error) {
      this.#stop(isAppError(error) ? { error, transient: false } : toFailure(error, wire.host));
    }
    const ready = body.ready?.() ?? null;
    if (ready !== null && !this.#finished) this.#pause(ready);
  }

  /** How long the reader takes says nothing about the other side. */
  #pause(ready: Promise<void>): void {
    clearTimeout(this.#timer);
    this.#open?.pause();
    ready.then(() => {
      if (this.#finished) return;
      this.#startTimer();
      this.#open?.resume();
    });
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => this.#stop(this.#tooSlow()), this.#options.timeoutMs);
  }

  onEnd(): void {
    this.#finish(null);
  }

  onError(error: unknown): void {
    this.#finish(toFailure(error, this.#options.wire.host));
  }

  #onSignal = (): void => {
    const { signal, interruptible } = this.#options;
    if (signal === undefined) return;
    const error = interruption(signal);
    if (this.#sent && !interruptible) this.#options.onWait?.(error);
    else this.#stop({ error, transient: false });
  };

  // A failure like a lost connection: the request was sent, and what became of it must be looked up.
  #onStopNow = (): void => {
    this.#stop(lasting(`stopped while waiting for the answer of "${this.#options.wire.host}"`));
  };

  #tooSlow(): Failure {
    const { wire, timeoutMs } = this.#options;
    const limit = secondsText(timeoutMs);
    if (!this.#sent) return lasting(`no connection to "${wire.host}" within ${limit}`);
    return this.#head === null
      ? lasting(`"${wire.host}" gave no answer within ${limit}`, 'give it longer with --timeout')
      : lasting(`"${wire.host}" did not finish its answer within ${limit}`, 'give it longer with --timeout');
  }

  #stop(failure: Failure): void {
    this.#finish(failure);
    this.#open?.abort();
  }

  #finish(failure: Failure | null): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onSignal);
    this.#options.stopNow?.removeEventListener('abort', this.#onStopNow);
    this.#resolve({ sent: this.#sent, head: this.#head, failure });
  }
}
