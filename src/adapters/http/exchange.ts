import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Dispatcher } from 'undici';
import { type AppError, interruption, isAppError } from '../../domain/errors.ts';
import { type Failure, lasting, secondsText, toFailure } from './failures.ts';
import { type HeaderReader, headerReader } from './headers.ts';
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
  readonly dispatcher: Dispatcher;
  readonly wire: WireRequest;
  /** From here to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly body: Body;
  readonly signal: AbortSignal | undefined;
  /** Whether `signal` counts once the headers have left. */
  readonly interruptible: boolean;
  /** Counts always: whoever asks a second time does not wait for the answer. */
  readonly stopNow: AbortSignal | undefined;
  /** `signal` asked to stop, and the exchange waits for its answer all the same. */
  onWait?(why: AppError): void;
  /** Called once, with the final status. An error that it returns ends the exchange. */
  onHead?(head: Head): AppError | null;
  /** More was put into `body`. */
  onBody?(): void;
}

export interface Head {
  readonly status: number;
  readonly header: HeaderReader;
}

/** How one request went. Without a failure, head and body are the complete answer. */
export interface Exchange {
  /** Whether the headers left this machine; until then the other side cannot have seen the request. */
  readonly sent: boolean;
  readonly head: Head | null;
  readonly failure: Failure | null;
}

const CREATE = 'undici:request:create';
const SEND_HEADERS = 'undici:client:sendHeaders';
/** 102 may come every few seconds, 103 a few times; a stream of them is an attack. */
const MAX_INFORMATIONAL = 100;

/** Makes one attempt. Never rejects. */
export function exchange(options: ExchangeOptions): Promise<Exchange> {
  return new Promise((resolve) => new Conversation(options, resolve).start());
}

class Conversation implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: Exchange) => void;
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | null = null;
  #request: unknown = null;
  #sent = false;
  #head: Head | null = null;
  #informational = 0;
  #finished = false;

  constructor(options: ExchangeOptions, resolve: (result: Exchange) => void) {
    this.#options = options;
    this.#resolve = resolve;
  }

  start(): void {
    const { dispatcher, wire, signal } = this.#options;
    if (signal?.aborted) {
      this.#finish({ error: interruption(signal), transient: false });
      return;
    }
    signal?.addEventListener('abort', this.#onSignal);
    this.#options.stopNow?.addEventListener('abort', this.#onStopNow);
    this.#startTimer();
    subscribe(SEND_HEADERS, this.#onSendHeaders);
    subscribe(CREATE, this.#onCreate);
    try {
      const { origin, target, method, headers, body } = wire;
      // No `idempotent`: undici repeats nothing by itself, and with one request a connection nothing is pipelined.
      dispatcher.dispatch({ origin, path: target, method, headers: { ...headers }, body }, this);
    } catch (error) {
      this.#stop(toFailure(error, wire.host));
    } finally {
      unsubscribe(CREATE, this.#onCreate);
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while waiting for a connection: nothing may be sent any more.
    if (this.#finished) controller.abort(new Error('given up'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Parameters<typeof headerReader>[0],
  ): void {
    if (this.#finished) return;
    if (status < 200) {
      this.#informational += 1;
      if (this.#informational > MAX_INFORMATIONAL) {
        this.#stop(lasting(`"${this.#options.wire.host}" sent too many provisional answers`));
      }
      return;
    }
    this.#head = { status, header: headerReader(headers) };
    const refused = this.#options.onHead?.(this.#head) ?? null;
    if (refused !== null) this.#stop({ error: refused, transient: false });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
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
    if (ready !== null && !this.#finished) this.#pause(controller, ready);
  }

  /** How long the reader takes says nothing about the other side. */
  #pause(controller: Dispatcher.DispatchController, ready: Promise<void>): void {
    clearTimeout(this.#timer);
    controller.pause();
    ready.then(() => {
      if (this.#finished) return;
      this.#startTimer();
      controller.resume();
    });
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => this.#stop(this.#tooSlow()), this.#options.timeoutMs);
  }

  onResponseEnd(): void {
    this.#finish(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish(toFailure(error, this.#options.wire.host));
  }

  // The request object is the only thing that undici's channels and our call have in common. It is made within
  // `dispatch`, so that the first one seen there is ours.
  #onCreate = (message: unknown): void => {
    this.#request ??= requestOf(message);
  };

  #onSendHeaders = (message: unknown): void => {
    if (this.#request !== null && requestOf(message) === this.#request) this.#sent = true;
  };

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
    this.#controller?.abort(new Error('given up'));
  }

  #finish(failure: Failure | null): void {
    if (this.#finished) return;
    this.#finished = true;
    clearTimeout(this.#timer);
    unsubscribe(SEND_HEADERS, this.#onSendHeaders);
    this.#options.signal?.removeEventListener('abort', this.#onSignal);
    this.#options.stopNow?.removeEventListener('abort', this.#onStopNow);
    this.#resolve({ sent: this.#sent, head: this.#head, failure });
  }
}

function requestOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'request' in message ? message.request : null;
}
