import { readVendorDate } from '../../domain/vendor-date.ts';
import { type Fields, pick } from '../decode.ts';
import { at } from '../pointer.ts';
import { isSeveral } from './several.ts';
import type { DateDefinition } from './value-tables.ts';

/** What stands in the first place of a date that says something else than "none", as the reader of dates reads it. */
export function dateValue(fields: Fields, date: DateDefinition | undefined): unknown {
  if (date === undefined) return undefined;
  if (typeof date === 'string') return pick(fields, [date]);
  if (isSeveral(date)) {
    return date
      .map((place) => pick(fields, [place]))
      .find((value) => value !== undefined && readVendorDate(value).kind !== 'none');
  }
  const value = at(fields, date.at);
  return date.form === 'epoch' || date.form === 'epoch-ms' ? numberOf(value, date.form) : value;
}

/** A number that is written as a text; seconds or milliseconds, whatever their size tells. */
function numberOf(value: unknown, form: 'epoch' | 'epoch-ms'): unknown {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return form === 'epoch-ms' && typeof number === 'number' ? number / 1_000 : number;
}
