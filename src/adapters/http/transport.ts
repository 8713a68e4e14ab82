import { setImmediate } from 'node:timers/promises';
import { AppError, isAppError } from '../../domain/errors.ts';
import { readHttpDate } from '../../domain/http-date.ts';
import { readPause } from '../../domain/pause.ts';
import { type Environment, refuseUnsafeSurroundings } from '../../domain/surroundings.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { HttpRequest } from '../../ports/request.ts';
import type { Capture, Endpoint, OpenBody, Outcome, Reply, Transport } from '../../ports/transport.ts';
import { type ChooseClient, type ClientName, chooseClient, makeClient } from './choose-client.ts';
import type { Head, HttpClient } from './client.ts';
import { makeConnector } from './connect.ts';
import { codingsOf, decodeBody } from './content-coding.ts';
import { type Exchange, exchange } from './exchange.ts';
import { lasting, secondsText } from './failures.ts';
import { requestIdOf } from './headers.ts';
import { IncomingBody } from './incoming-body.ts';
import { proxyFor } from './proxy.ts';
import { backoffMs, isRetried, MAX_ATTEMPTS, MAX_WAIT_MS, Pace } from './retry.ts';
import { exchangeOnce, notSent } from './send-once.ts';
import { toWire, type WireRequest } from './wire.ts';

export interface HttpTransportOptions {
  readonly env: Environment;
  readonly clock: Clock;
  readonly random: Random;
  /** From the start of an attempt to the last byte of its answer; 60 s unless told. */
  readonly timeoutMs?: number;
  readonly userAgent: string;
  /** Stops what may be stopped: waiting, connecting, reads. Its reason may be an `AppError`. */
  readonly signal?: AbortSignal;
  /** Stops also what waits for the answer to a write; aborted after `signal`. */
  readonly stopNow?: AbortSignal;
  /** `signal` asked to stop (why), and the answer to a write is still waited for, at most this long. */
  onWait?(why: AppError, ms: number): void;
  /** Certificates of authorities in PEM, trusted instead of the machine's. */
  readonly trust?: readonly string[];
  /** One line about each attempt: method, path, status, time. Never a query, a header or a body. */
  onNote?(line: string): void;
  /** The provider's clock, ms since 1970, from each answer that tells it. */
  onServerDate?(ms: number): void;
  /** Another choice of the client for each request, for tests. */
  readonly chooseClient?: ChooseClient | undefined;
}

const CALL_LIMIT = 16 * 1024 * 1024;
const CONNECT_MS = 10_000;
const DECODING = { limit: CALL_LIMIT, isPartWanted: false };

/** Sends requests to providers; opens nothing and imports nothing before the first one. */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  readonly #timeoutMs: number;
  readonly #pace: Pace;
  /** The clients whose connections serve several requests, by their name and origin. */
  readonly #clients = new Map<string, Promise<HttpClient>>();
  #requests = 0;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#pace = new Pace(options.clock, options.random);
  }

  async call(endpoint: Endpoint, request: HttpRequest, openBody?: OpenBody): Promise<Reply> {
    refuseUnsafeSurroundings({ env: this.#options.env, execArgv: [] });
    const wire = toWire(endpoint, request, this.#options.userAgent);
    const repeatable = request.method === 'GET' || request.repeatable === true;
    for (let attempt = 1; ; attempt += 1) {
      await this.#pace.turn(wire.origin, wire.host);
      const body = new IncomingBody(CALL_LIMIT, openBody);
      const result = await this.#attempt(wire, body, repeatable);
      const wait = this.#waitAfter(wire, result, attempt);
      if (!repeatable || wait === null || attempt === MAX_ATTEMPTS) {
        return settle({ wire, result, body, repeatable });
      }
      if (wait > MAX_WAIT_MS) await this.#pace.turn(wire.origin, wire.host);
      this.#options.onNote?.(`${wire.method} ${wire.path}: again in ${secondsText(wait)}`);
      await this.#options.clock.sleep(wait);
    }
  }

  async sendOnce(endpoint: Endpoint, request: HttpRequest, capture: Capture): Promise<Outcome> {
    let client: HttpClient;
    let wire: WireRequest;
    try {
      refuseUnsafeSurroundings({ env: this.#options.env, execArgv: [] });
      wire = toWire(endpoint, request, this.#options.userAgent);
      await this.#pace.turn(wire.origin, wire.host);
      client = await this.#makeClient(this.#choose(true), wire, true);
    } catch (error) {
      return notSent(isAppError(error) ? error : lasting('the request could not be prepared').error);
    }
    const { signal, clock } = this.#options;
    const started = clock.now();
    const sending = await exchangeOnce({
      client,
      wire,
      timeoutMs: this.#timeoutMs,
      signal,
      stopNow: this.#options.stopNow,
      onWait: this.#onWait,
      capture,
    });
    try {
      this.#observe(wire, sending.exchange, started);
      this.#waitAfter(wire, sending.exchange, 1);
    } catch {
      // Whoever listens must not be able to lose the outcome of an issuing request.
    }
    return sending.outcome;
  }

  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.allSettled(clients.map(async (client) => (await client).close()));
  }

  async #attempt(wire: WireRequest, body: IncomingBody, repeatable: boolean): Promise<Exchange> {
    const client = await this.#client(wire);
    const started = this.#options.clock.now();
    const result = await exchange({
      client,
      wire,
      timeoutMs: this.#timeoutMs,
      body,
      signal: this.#options.signal,
      interruptible: repeatable,
      stopNow: this.#options.stopNow,
      onWait: this.#onWait,
      onHead: (head) => {
        body.setHead(head);
        return refuseHead(wire, head);
      },
    });
    this.#observe(wire, result, started);
    // A client frees its connection up to one turn after the answer; asked sooner, it would open a second one.
    await setImmediate();
    return result;
  }

  #onWait = (why: AppError): void => this.#options.onWait?.(why, this.#timeoutMs);

  /** How long to wait before another attempt is worth it; null when none is. What the origin asks for is remembered. */
  #waitAfter(wire: WireRequest, { head, failure }: Exchange, attempt: number): number | null {
    const { clock, random } = this.#options;
    const backoff = backoffMs(attempt, random);
    if (failure !== null) return failure.transient ? backoff : null;
    if (head === null || head.status < 400) return null;
    const pause = readPause(head.header, clock.now());
    const wait = Math.max(backoff, pause ?? 0);
    if (pause !== null || head.status === 429) this.#pace.slowDown(wire.origin, wait, head);
    return isRetried(head, wire.method) ? wait : null;
  }

  #observe(wire: WireRequest, { head, failure }: Exchange, started: number): void {
    const { clock, onNote, onServerDate } = this.#options;
    const end = failure === null ? String(head?.status) : failure.error.message;
    onNote?.(`${wire.method} ${wire.path}: ${end}, ${Math.max(0, clock.now() - started)} ms`);
    const date = head === null ? null : readHttpDate(head.header('date'), clock.now());
    if (date !== null) onServerDate?.(date);
  }

  #choose(once: boolean): ClientName {
    this.#requests += 1;
    const choose = this.#options.chooseClient ?? chooseClient;
    return choose({ count: this.#requests, once });
  }

  #client(wire: WireRequest): Promise<HttpClient> {
    const name = this.#choose(false);
    const key = `${name} ${wire.origin}`;
    const client = this.#clients.get(key) ?? this.#makeClient(name, wire, false);
    this.#clients.set(key, client);
    return client;
  }

  async #makeClient(name: ClientName, { origin, host }: WireRequest, once: boolean): Promise<HttpClient> {
    const connector = makeConnector({
      origin,
      host,
      proxy: proxyFor(this.#options.env, origin),
      timeoutMs: Math.min(CONNECT_MS, this.#timeoutMs),
      trust: this.#options.trust,
      once,
    });
    return makeClient(name, { origin, connector, once });
  }
}

/** The body of a success; of anything else the status is enough, so that a body that cannot be decoded is left out. */
function decodedBody(
  { host, method }: WireRequest,
  { status, header }: Head,
  body: IncomingBody,
): Uint8Array {
  if (body.isRead) return new Uint8Array();
  const codings = codingsOf(header);
  const decoded = 'unknown' in codings ? null : decodeBody(codings, body.bytes, DECODING);
  if (decoded?.end === 'whole') return decoded.bytes;
  if (status < 200 || status > 299) return new Uint8Array();
  const why =
    'unknown' in codings
      ? `is compressed with "${codings.unknown}", which keyturn cannot read`
      : decoded?.end === 'too-large'
        ? `is larger than ${CALL_LIMIT >> 20} MiB`
        : `, compressed with "${codings.join(', ')}", is ${decoded?.end === 'cut' ? 'not complete' : 'damaged'}`;
  throw new AppError({
    // What a write did is not known.
    code: method === 'GET' ? 'failure' : 'unavailable',
    status,
    requestId: requestIdOf(header) ?? undefined,
    message: `the answer of "${host}"${why.startsWith(',') ? '' : ' '}${why}`,
    hint: 'a proxy in between may do that',
  });
}

/** What ends a call before its body is read. */
function refuseHead(wire: WireRequest, { status, header }: Head): AppError | null {
  const facts = { code: 'failure', status, requestId: requestIdOf(header) ?? undefined } as const;
  if (status >= 300 && status < 400) {
    return new AppError({
      ...facts,
      message: `"${wire.host}" answered with a redirect, which keyturn never follows`,
      hint: 'check the address of the profile; something may be in between',
    });
  }
  return null;
}

interface Attempt {
  readonly wire: WireRequest;
  readonly result: Exchange;
  readonly body: IncomingBody;
  readonly repeatable: boolean;
}

function settle({ wire, result: { sent, head, failure }, body, repeatable }: Attempt): Reply {
  if (failure === null && head !== null) return { ...head, body: decodedBody(wire, head, body) };
  const error = failure?.error ?? lasting('no answer arrived').error;
  // A write that got no answer may have been done.
  const isUnanswered = sent && error.code === 'unavailable';
  if (!isUnanswered) throw error;
  const doubt = { hint: 'it may have been done anyway; look before trying again' };
  throw error.with({ unanswered: true, ...(repeatable ? {} : doubt) });
}
