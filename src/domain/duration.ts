import { usage } from './errors.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const HINT = 'write a number and a unit: 90m, 12h, 30d, 2w';
/** A hundred years: beyond it a number is a slip, and a date overflows. */
const LONGEST_MS = 100 * 365 * UNITS.d;

/**
 * `10s`, `90m`, `12h`, `30d`, `2w` in milliseconds. A bare number, months, compounds,
 * zero and negative values are refused.
 */
export function parseDuration(text: string, what = 'duration', hint = HINT): number {
  const match = /^(\d{1,9})([smhdw])$/.exec(text);
  const unit = match?.[2];
  if (!match || !isUnit(unit)) throw usage(`${what} "${shorten(text)}" is not a duration`, hint);
  const ms = Number(match[1]) * UNITS[unit];
  if (ms <= 0) throw usage(`${what} "${text}" is zero`, HINT);
  if (ms > LONGEST_MS) throw usage(`${what} "${text}" is longer than a hundred years`, HINT);
  return ms;
}

/** What a timer can wait at most: Node takes more for 1 ms. A little under 25 days. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The same for what a timer waits for, a time-out or a delay; milliseconds too. */
export function parseTimeout(text: string, what: string): number {
  const hint = 'write a number and a unit: 500ms, 30s, 5m, 1h';
  const ms = Number(/^([1-9]\d{0,8})ms$/.exec(text)?.[1] ?? parseDuration(text, what, hint));
  if (ms > LONGEST_TIMER_MS) throw usage(`${what} "${text}" is longer than 24 days`, hint);
  return ms;
}

/**
 * The same for ages and lifetimes, which nobody means in minutes: `1m` is a month to whoever writes `maximumAge: 1m`, and
 * would replace a token at every run.
 */
export function parseLongDuration(text: string, what = 'duration'): number {
  const ms = parseDuration(text, what);
  if (ms < UNITS.h)
    throw usage(`${what} "${text}" is less than an hour: "m" is minutes`, 'write days for months: 30d, 90d');
  return ms;
}

/** Told where minutes are allowed and a month may have been meant: `6m`; null elsewhere. */
export function minutesNote(text: string): string | null {
  const count = /^(\d{1,2})m$/.exec(text)?.[1];
  if (count === undefined || Number(count) > 24) return null;
  return `"${text}" is ${Number(count) === 1 ? 'one minute' : `${Number(count)} minutes`}; months are written in days: 30d`;
}

/** The largest unit that says it exactly: `30d`, `90m`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (ms >= UNITS[unit] && ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return `${Math.round(ms / 1000)}s`;
}

function isUnit(text: string | undefined): text is keyof typeof UNITS {
  return text !== undefined && text in UNITS;
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
