import type { AppError } from '../../domain/errors.ts';
import { isLimited } from '../../domain/pause.ts';
import { toInstant } from '../../domain/time.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { HttpRequest } from '../../ports/request.ts';
import type { Head } from './client.ts';
import { lasting } from './failures.ts';
import { requestIdOf } from './headers.ts';

export const MAX_ATTEMPTS = 3;
/** The longest wait between two attempts; a provider that asks for more is not waited for. */
export const MAX_WAIT_MS = 30_000;

/** The request did not reach what would act on it, or was told to wait. */
const RETRIED: ReadonlySet<number> = new Set([425, 429, 502, 503, 504]);
/** Trouble that may pass, also of gateways (520 to 524: Cloudflare; 529: overloaded). A write may have been acted upon. */
const RETRIED_READS: ReadonlySet<number> = new Set([408, 500, 520, 521, 522, 523, 524, 529]);

/** Whether the same request may succeed later. A 403 is about a limit where the answer says so. */
export function isRetried({ status, header }: Head, method: HttpRequest['method']): boolean {
  if (RETRIED.has(status) || (method === 'GET' && RETRIED_READS.has(status))) return true;
  return status === 403 && isLimited(header);
}

/** Between half of and the whole of 500 ms, 1 s, 2 s …, so that clients do not come back in step. */
export function backoffMs(attempt: number, random: Random): number {
  return Math.round(500 * 2 ** (attempt - 1) * (0.5 + fraction(random) / 2));
}

/** What an origin asked for, and which answer did. */
interface Pause {
  readonly since: number;
  readonly until: number;
  readonly status: number;
  readonly requestId: string | null;
}

/** One "not before" an origin, shared by all its requests: where one was told to wait, the others wait too. */
export class Pace {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #pauses = new Map<string, Pause>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  slowDown(origin: string, ms: number, { status, header }: Head): void {
    const since = this.#clock.now();
    const known = this.#pauses.get(origin);
    if (known !== undefined && known.until >= since + ms) return;
    this.#pauses.set(origin, { since, until: since + ms, status, requestId: requestIdOf(header) });
  }

  /** Waits until the origin may be asked again; throws `AppError` (unavailable) where that takes too long. */
  async turn(origin: string, host: string): Promise<void> {
    const pause = this.#pauses.get(origin);
    if (pause === undefined) return;
    // The clock may have jumped back: never longer than was asked for.
    const wait = Math.min(pause.until - this.#clock.now(), pause.until - pause.since);
    if (wait <= 0) return;
    if (wait > MAX_WAIT_MS) throw tooLong(host, pause);
    // Spread, so that not all start at once.
    await this.#clock.sleep(Math.round(wait + 250 * fraction(this.#random)));
  }
}

function tooLong(host: string, { until, status, requestId }: Pause): AppError {
  const at = toInstant(Math.ceil(until / 1_000) * 1_000);
  return lasting(`"${host}" asks to wait until ${at}`, 'try again then').error.with({
    status,
    requestId: requestId ?? undefined,
  });
}

function fraction(random: Random): number {
  const [high = 0, low = 0] = random.bytes(2);
  return (high * 256 + low) / 65_536;
}
