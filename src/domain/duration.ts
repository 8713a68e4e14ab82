import { usage } from './errors.ts';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const HINT = 'write a number and a unit: 90m, 12h, 30d, 2w';
/** A hundred years: beyond it a number is a slip, and a date overflows. */
const LONGEST_MS = 100 * 365 * UNITS.d;

/**
 * `90m`, `12h`, `30d`, `2w` (and `10s` for time-outs) in milliseconds. A bare number, months, compounds,
 * zero and negative values are refused.
 */
export function parseDuration(text: string, what = 'duration'): number {
  const match = /^(\d{1,9})([smhdw])$/.exec(text);
  const unit = match?.[2];
  if (!match || !isUnit(unit)) throw usage(`${what} "${shorten(text)}" is not a duration`, HINT);
  const ms = Number(match[1]) * UNITS[unit];
  if (ms <= 0) throw usage(`${what} "${text}" is zero`, HINT);
  if (ms > LONGEST_MS) throw usage(`${what} "${text}" is longer than a hundred years`, HINT);
  return ms;
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
