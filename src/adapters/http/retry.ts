import type { Clock, Random } from '../../ports/clock.ts';
import type { HeaderReader } from './headers.ts';

export const MAX_ATTEMPTS = 3;
/** The longest wait between two attempts; a provider that asks for more is not waited for. */
export const MAX_WAIT_MS = 30_000;

const RETRIED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** More than this is no rate limit but nonsense (`1e12`, a wrong unit). */
const PLAUSIBLE_MS = 7 * 86_400_000;
/** RFC 9110 section 5.6.7, the one form that may be sent. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

export function isRetriedStatus(status: number): boolean {
  return RETRIED.has(status);
}

/** An HTTP date in ms since 1970, or null. */
export function readHttpDate(value: string | null): number | null {
  if (value === null || !HTTP_DATE.test(value.trim())) return null;
  const ms = Date.parse(value);
  return Number.isFinite(ms) ? ms : null;
}

/**
 * How long an answer asks to wait, in ms: `Retry-After` as seconds or as a date (RFC 9110 section 10.2.3). A date is
 * compared with the answer's own `Date`, so that a wrong clock here does not matter. Null for none or nonsense.
 */
export function readRetryAfter(header: HeaderReader, now: number): number | null {
  const value = header('retry-after')?.trim() ?? '';
  const at = readHttpDate(value);
  const ms = /^\d{1,15}$/.test(value)
    ? Number(value) * 1000
    : at === null
      ? null
      : at - (readHttpDate(header('date')) ?? now);
  if (ms === null || ms > PLAUSIBLE_MS) return null;
  return Math.max(0, ms);
}

/** Between half of and the whole of 500 ms, 1 s, 2 s …, so that clients do not come back in step. */
export function backoffMs(attempt: number, random: Random): number {
  return Math.round(500 * 2 ** (attempt - 1) * (0.5 + fraction(random) / 2));
}

/** One "not before" an origin, shared by all its requests: where one was told to slow down, the others wait too. */
export class Pace {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #notBefore = new Map<string, number>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  slowDown(origin: string, ms: number): void {
    const until = this.#clock.now() + Math.min(ms, MAX_WAIT_MS);
    this.#notBefore.set(origin, Math.max(until, this.#notBefore.get(origin) ?? 0));
  }

  /** Waits until the origin may be asked again; rejects as `clock.sleep` does. */
  async turn(origin: string): Promise<void> {
    const wait = (this.#notBefore.get(origin) ?? 0) - this.#clock.now();
    if (wait <= 0) return;
    // The clock may have jumped back: never longer than the longest wait. Spread, so that not all start at once.
    await this.#clock.sleep(Math.min(Math.round(wait + 250 * fraction(this.#random)), MAX_WAIT_MS));
  }
}

function fraction(random: Random): number {
  const [high = 0, low = 0] = random.bytes(2);
  return (high * 256 + low) / 65_536;
}
