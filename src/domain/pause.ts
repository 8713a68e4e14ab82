import { readHttpDate } from './http-date.ts';
import { toInstant } from './time.ts';

type Header = (name: string) => string | null;

/** More than this is no rate limit but nonsense (`1e12`, a wrong unit). */
const PLAUSIBLE_MS = 366 * 86_400_000;

/**
 * How long an answer asks to wait, in ms: `Retry-After` as seconds or as a date (RFC 9110 section 10.2.3), else the
 * reset of a limit that is used up. A date is compared with the answer's own `Date`, so that a wrong clock here does
 * not matter. Null for none or nonsense.
 */
export function readPause(header: Header, now: number): number | null {
  const ms = readRetryAfter(header, now) ?? readReset(header, now);
  return ms === null || ms > PLAUSIBLE_MS ? null : Math.max(0, ms);
}

/** Whether an answer says that a limit is used up: then a 403 is not about what the credential may do. */
export function isLimited(header: Header): boolean {
  return readRetryAfter(header, 0) !== null || isUsedUp(header);
}

/** When to try again, for a person; null where the answer does not tell. */
export function describePause(header: Header): string | null {
  const date = readHttpDate(header('date'), 0);
  const at = readHttpDate(header('retry-after'), date ?? 0);
  if (at !== null) return `try again after ${toInstant(at)}`;
  const seconds = readSeconds(header('retry-after'));
  return seconds === null || seconds * 1_000 > PLAUSIBLE_MS ? null : `try again in ${Math.ceil(seconds)} s`;
}

function readRetryAfter(header: Header, now: number): number | null {
  const value = header('retry-after');
  const seconds = readSeconds(value);
  if (seconds !== null) return Math.ceil(seconds * 1_000);
  const at = readHttpDate(value, now);
  return at === null ? null : at - (readHttpDate(header('date'), now) ?? now);
}

/** `3`, `3.0`, and the longest of several, as a header that is sent twice arrives. */
function readSeconds(value: string | null): number | null {
  const parts = (value ?? '').split(',').map((part) => part.trim());
  if (!parts.every((part) => /^\d{1,15}(\.\d{0,9})?$/.test(part))) return null;
  return Math.max(...parts.map(Number));
}

function isUsedUp(header: Header): boolean {
  return ['x-ratelimit-remaining', 'ratelimit-remaining', 'x-rate-limit-remaining'].some((name) =>
    /^\s*0+(\.0*)?\s*$/.test(header(name) ?? ''),
  );
}

/** Vendors send the reset as seconds from now, or as seconds since 1970. */
function readReset(header: Header, now: number): number | null {
  if (!isUsedUp(header)) return null;
  const names = ['x-ratelimit-reset', 'ratelimit-reset', 'x-rate-limit-reset'];
  const seconds = readSeconds(names.map((name) => header(name)).find((value) => value !== null) ?? null);
  if (seconds === null) return null;
  const since = seconds > 1e9 ? (readHttpDate(header('date'), now) ?? now) : 0;
  return Math.ceil((seconds > 1e11 ? seconds : seconds * 1_000) - since);
}
