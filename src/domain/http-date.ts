const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})';
/** RFC 9110 section 5.6.7: the form that is sent today, and the two old ones that have to be read. */
const FORMS: readonly RegExp[] = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} (?:GMT|UTC)$`),
  new RegExp(`^[A-Z][a-z]{5,8}, (?<day>\\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\\d{2}) ${TIME} (?:GMT|UTC)$`),
  new RegExp(`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`),
];

/**
 * An HTTP date in ms since 1970, or null. `now` settles the century of a year in two digits: more than 50 years ahead
 * of it is the past.
 */
export function readHttpDate(value: string | null, now: number): number | null {
  const groups = FORMS.map((form) => form.exec((value ?? '').trim())?.groups).find((found) => found);
  if (groups === undefined) return null;
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(groups[name]));
  const month = MONTHS.indexOf(groups['month'] ?? '');
  const year = fullYear(groups['year'] ?? '', new Date(now).getUTCFullYear());
  if (day === undefined || hour === undefined || minute === undefined || second === undefined) return null;
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return null;
  const ms = Date.UTC(year, month, day, hour, minute, Math.min(second, 59));
  return new Date(ms).getUTCDate() === day ? ms : null;
}

function fullYear(written: string, thisYear: number): number {
  if (written.length === 4) return Number(written);
  const year = thisYear - (thisYear % 100) + Number(written);
  return year > thisYear + 50 ? year - 100 : year;
}
