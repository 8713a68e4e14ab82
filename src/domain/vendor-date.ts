import { safeText } from './text.ts';
import { type Instant, isUsualInstant, LAST_SECOND, toInstant } from './time.ts';

/** What a vendor's field for a date says. `none` is told (`never`, null, a zero date); `unreadable` is there and not understood. */
export type VendorDate =
  | { readonly kind: 'date'; readonly at: Instant }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly text: string };

const NONE: VendorDate = { kind: 'none' };
const NONE_WORDS: ReadonlySet<string> = new Set([
  ...[
    '',
    '-',
    '--',
    '–',
    '—',
    '∞',
    'null',
    'nil',
    '<nil>',
    'none',
    'never',
    'n/a',
    'na',
    'false',
    'undefined',
  ],
  ...['forever', 'infinity', 'infinite', 'unlimited', 'permanent', 'indefinite', 'not set', 'unset'],
  ...['never expires', 'no expiry', 'no expiration', 'does not expire'],
]);
const NONE_NUMBER = /^-?0+(\.0+)?$|^-1(\.0+)?$/;
/** The first instant of Go and .NET, and MySQL's date of noughts. */
const ZERO_DATE = /^(0001-01-01|0000-00-00)([T ]00:00(:00([.,]0+)?)?.*)?$|^0?1\/0?1\/0001( .*)?$/i;
/** No credential ended before 1973: a smaller number of seconds is a lifetime, or something else. */
const EARLIEST_SECOND = 100_000_000;
const GO_ZERO_SECONDS = -62_135_596_800;
const LONGEST_SHOWN = 64;
const LONGEST_READ = 100;

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(?:[.,](\d+))?(.*))?$/;
const STAMP = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt_]|\s+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(.*)$/;
/** RFC 1123, 2822 and 850: `Sat, 05 Dec 2026 10:00:00 GMT`, `Saturday, 05-Dec-26 10:00:00 GMT`. */
const DAY_FIRST =
  /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[ -]([a-z]{3,9})[ -](\d{4}|\d{2})\s+(\d{2}):(\d{2})(?::(\d{2}))?(.*)$/i;
/** asctime, `date`, JavaScript: `Sat Dec  5 10:00:00 2026`, `Sat Dec  5 10:00:00 UTC 2026`, `Sat Dec 05 2026 10:00:00 GMT+0000`. */
const MONTH_FIRST =
  /^[a-z]{3,9},?\s+([a-z]{3,9})\s+(\d{1,2})\s+(?:(\d{4})\s+)?(\d{2}):(\d{2}):(\d{2})(.*?)(?:\s+(\d{4}))?$/i;
const DOT_NET = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/;
/** The fields of an object of seconds since 1970; parts of a second are of no interest. */
const SECONDS: ReadonlySet<string> = new Set([
  ...['seconds', 'nanos seconds', 'nanoseconds seconds', '_nanoseconds _seconds'],
]);
const ZONE =
  /^\s*(?:(Z|UTC|GMT|UT)|(?:UTC|GMT)?\s*([+-])(\d{2})(?::?(\d{2}))?)(?:\s*(?:UTC|GMT|\[[^\]]*\]|\([^)]*\)))?$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Reads a date in every form that vendors are known to write: ISO 8601 with and without time, zone and fraction (no zone
 * is UTC), RFC 1123, RFC 850, asctime, seconds or milliseconds since 1970 as number or text.
 */
export function readVendorDate(value: unknown): VendorDate {
  if (value === null || value === undefined || value === false) return NONE;
  if (typeof value === 'number') return readEpoch(value, String(value));
  if (typeof value === 'string') return readText(value.trim());
  const inner = contentOf(value);
  const date = inner === undefined ? null : readVendorDate(inner);
  return date === null || date.kind === 'unreadable' ? unreadable(wordsOf(value)) : date;
}

function readText(text: string): VendorDate {
  if (isUsualInstant(text)) return { kind: 'date', at: text };
  const isNone = NONE_WORDS.has(text.toLowerCase()) || NONE_NUMBER.test(text) || ZERO_DATE.test(text);
  if (isNone) return NONE;
  if (text.length > LONGEST_READ) return unreadable(text);
  if (/^-?\d{9,15}(\.\d{1,9})?$/.test(text)) return readEpoch(Number(text), text);
  const dotNet = DOT_NET.exec(text)?.[1];
  if (dotNet !== undefined) return readEpoch(Number(dotNet) / 1_000, text);
  const ms = readStamp(text) ?? readCompact(text) ?? readNamedMonth(text);
  if (ms === null) return unreadable(text);
  // A date that was never set, as 0 is.
  return ms === 0 ? NONE : { kind: 'date', at: toInstant(ms) };
}

/**
 * The date in an object that a serializer is known to write: MongoDB's `{ $date }` and `{ $numberLong }`, the `{ seconds, nanos }`
 * of protobuf and Firestore, Go's `{ Time, Valid }`, PHP's `{ date, timezone }` in UTC. Undefined for any other.
 */
function contentOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(value));
  const names = [...fields.keys()].sort().join(' ');
  if (names === '$date' || names === '$numberLong') return fields.get(names) ?? null;
  if (SECONDS.has(names)) return fields.get('seconds') ?? fields.get('_seconds');
  if (names === 'Time Valid') return fields.get('Valid') === false ? null : fields.get('Time');
  const zone = fields.get('timezone');
  const isUtc = typeof zone === 'string' && /^(UTC|GMT|Z|\+00:00)$/.test(zone);
  return isUtc && names === 'date timezone timezone_type' ? fields.get('date') : undefined;
}

/** Milliseconds only where seconds would be beyond the year 9999. */
function readEpoch(value: number, text: string): VendorDate {
  if (value === 0 || value === -1 || value === GO_ZERO_SECONDS || value === GO_ZERO_SECONDS * 1_000)
    return NONE;
  const ms = Math.round(value <= LAST_SECOND ? value * 1_000 : value);
  const isDate = value >= EARLIEST_SECOND && ms <= LAST_SECOND * 1_000 + 999;
  return isDate ? { kind: 'date', at: toInstant(ms) } : unreadable(text);
}

function readStamp(text: string): number | null {
  const day = DAY.exec(text);
  if (day) return instantOf({ date: [day[1], day[2], day[3]], time: [], zone: '' });
  const match = STAMP.exec(text);
  if (!match) return null;
  const [, year, month, date, hour, minute, second, fraction, zone = ''] = match;
  return instantOf({ date: [year, month, date], time: [hour, minute, second, fraction], zone });
}

function readCompact(text: string): number | null {
  const match = COMPACT.exec(text);
  if (!match) return null;
  const [, year, month, date, hour, minute, second, fraction, zone = ''] = match;
  return instantOf({ date: [year, month, date], time: [hour, minute, second, fraction], zone });
}

function readNamedMonth(text: string): number | null {
  const first = DAY_FIRST.exec(text);
  if (first) {
    const [, date, month = '', year = '', hour, minute, second, zone = ''] = first;
    return instantOf({ date: [century(year), monthNumber(month), date], time: [hour, minute, second], zone });
  }
  const match = MONTH_FIRST.exec(text);
  if (!match) return null;
  const [, month = '', date, early, hour, minute, second, zone = '', late] = match;
  return instantOf({ date: [early ?? late, monthNumber(month), date], time: [hour, minute, second], zone });
}

interface Parts {
  readonly date: readonly (string | undefined)[];
  readonly time: readonly (string | undefined)[];
  readonly zone: string;
}

function instantOf({ date, time, zone }: Parts): number | null {
  const [year = 0, month = 0, day = 0] = date.map(Number);
  const [hour = 0, minute = 0, second = 0] = time.slice(0, 3).map((part) => Number(part ?? 0));
  const offset = offsetOf(zone);
  // The last hours of 1969 may be the first of 1970 in Greenwich.
  if (offset === null || year < 1969 || month < 1 || month > 12 || day < 1) return null;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return null;
  if (minute > 59 || second > 60 || hour > 24 || (hour === 24 && minute + second > 0)) return null;
  const milli = Number((time[3] ?? '').slice(0, 3).padEnd(3, '0'));
  const ms = Date.UTC(year, month - 1, day, hour, minute, Math.min(second, 59), milli) - offset;
  // West of Greenwich the year 9999 ends a few hours later; `toInstant` writes the last second for it.
  return ms >= 0 ? ms : null;
}

/** Minutes east of Greenwich in ms; no zone is UTC. */
function offsetOf(zone: string): number | null {
  if (zone.trim() === '') return 0;
  const match = ZONE.exec(zone);
  if (!match) return null;
  const [, , sign, hours = '0', minutes = '0'] = match;
  if (Number(hours) > 18 || Number(minutes) > 59) return null;
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return sign === '-' ? -ms : ms;
}

function monthNumber(word: string): string {
  return String(MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1);
}

/** RFC 850 gives two digits of the year; no credential ended in 1999. */
function century(year: string): string {
  return year.length === 2 ? `20${year}` : year;
}

function wordsOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function unreadable(text: string): VendorDate {
  return { kind: 'unreadable', text: safeText(text.slice(0, LONGEST_SHOWN)).slice(0, LONGEST_SHOWN) };
}
