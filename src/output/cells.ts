import type { Json, JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import { relativeTime } from './relative-time.ts';
import type { Column } from './report.ts';

/** More than a column is wide; cli-table3 cuts longer text in quadratic time. In characters. */
const SHOWN_TO_PEOPLE = 400;
const EVERYTHING = Number.POSITIVE_INFINITY;

/** A cell for a person: relative times, marks, nothing that a terminal would act on. */
export function humanCell(item: JsonObject, column: Column, now: number): string {
  const value = item[column.field];
  if (column.kind === 'mark') return value === true ? '*' : '';
  if (column.blankWhen && item[column.blankWhen.field] === column.blankWhen.value) return '–';
  if (column.kind === 'time' && typeof value === 'string') return relativeTime(value, now);
  if (column.kind === 'time') return unreadableDate(item, column) || '–';
  return plainText(value, SHOWN_TO_PEOPLE) || '–';
}

/** A cell for a program: exact, on one line; empty where there is nothing. */
export function exactCell(item: JsonObject, column: Column): string {
  const value = item[column.field];
  if (column.kind === 'mark') return value === true ? 'true' : 'false';
  if (column.kind === 'time' && typeof value !== 'string') return unreadableDate(item, column);
  return plainText(value, EVERYTHING);
}

/** A date that the provider gave and keyturn cannot read is neither a date nor none. */
function unreadableDate(item: JsonObject, { field }: Column): string {
  const texts = item['unreadable'];
  if (!isObject(texts)) return '';
  const text = texts[field];
  return typeof text === 'string' ? `unreadable: ${safeText(text, SHOWN_TO_PEOPLE)}` : '';
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plainText(value: Json | undefined, limit: number): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return safeText(value, limit);
  if (Array.isArray(value)) return safeText(value.map((each) => plainText(each, limit)).join(' '), limit);
  if (typeof value === 'object') return safeText(JSON.stringify(value), limit);
  return String(value);
}
