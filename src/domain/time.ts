import { parseDuration } from './duration.ts';
import { usage } from './errors.ts';

/** RFC 3339 UTC without needless fractions: `2026-12-01T00:00:00Z`. */
export type Instant = string;

/** What ends within this time (a week, in ms) is told of. */
export const SOON_MS = 7 * 86_400_000;

/** The last second that RFC 3339 can write: the end of the year 9999. */
export const LAST_SECOND = 253_402_300_799;

/** What is later than the year 9999, which stands for "never", cannot be written: it is the last second. */
export function toInstant(ms: number): Instant {
  const isLater = ms >= (LAST_SECOND + 1) * 1_000;
  return new Date(isLater ? LAST_SECOND * 1_000 : ms).toISOString().replace('.000Z', 'Z');
}

/** The 29th of February is left out. */
const USUAL_DAY =
  '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])';
const USUAL_INSTANT = new RegExp(
  `^(?:199\\d|2\\d{3})-(?:${USUAL_DAY})T(?:[01]\\d|2[0-3])(?::[0-5]\\d){2}(?:\\.(?!000)\\d{3})?Z$`,
);

/**
 * True only for an instant exactly as {@link toInstant} writes it; false also for some of those, such as a leap day.
 * A list holds thousands of dates, and to parse one costs many times as much.
 */
export function isUsualInstant(text: string): boolean {
  return USUAL_INSTANT.test(text);
}

const STAMP = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|z|[+-]\d{2}:?\d{2})$/;

/**
 * An instant as keyturn and people write it: RFC 3339, an offset without a colon, fractions, epoch seconds or milliseconds
 * as a number. Milliseconds since 1970, or null. A vendor's dates have many more forms: `readVendorDate`.
 */
export function parseInstant(value: unknown): number | null {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string' || value.length > 64) return null;
  const match = STAMP.exec(value.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = match;
  if (!isCalendarDay(Number(year), Number(month), Number(day))) return null;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const seconds = second === '60' ? '59' : second;
  const ms = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${seconds}${fraction.slice(0, 4)}${offset}`,
  );
  return Number.isFinite(ms) ? ms : null;
}

/** When a new token shall end, from `--expires-in` or `--expires-at`; null when neither was given. */
export function chooseExpiry(
  choice: { readonly in?: string | undefined; readonly at?: string | undefined },
  now: number,
  options = '"--expires-in" and "--expires-at"',
): Instant | null {
  if (choice.in !== undefined && choice.at !== undefined) {
    throw usage(`${options} exclude each other`, 'give one of them');
  }
  if (choice.in !== undefined) return toInstant(Math.floor((now + parseDuration(choice.in)) / 1000) * 1000);
  if (choice.at === undefined) return null;
  const ms = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(choice.at) ? `${choice.at}T00:00:00Z` : choice.at);
  if (ms === null) {
    throw usage(`"${choice.at.slice(0, 40)}" is not a date`, 'write 2026-12-31 or 2026-12-31T18:00:00Z');
  }
  const wholeSecond = Math.floor(ms / 1000) * 1000;
  if (wholeSecond <= now)
    throw usage(`"${choice.at.slice(0, 40)}" is in the past`, 'give a date in the future');
  return toInstant(wholeSecond);
}

function fromEpoch(value: number): number | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  // Milliseconds only where seconds would be beyond the year 9999.
  const ms = value <= LAST_SECOND ? value * 1000 : value;
  return ms <= LAST_SECOND * 1000 ? Math.round(ms) : null;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1970 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
