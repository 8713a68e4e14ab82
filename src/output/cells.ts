import { isObject, type Json, type JsonObject } from '../domain/json.ts';
import { exactText, safeText, withoutFormula } from '../domain/text.ts';
import { relativeTime } from './relative-time.ts';
import type { Column } from './report.ts';
import { jsonText } from './structured.ts';

/** More than a column is wide, in characters. */
const SHOWN_TO_PEOPLE = 400;
const EVERYTHING = Number.POSITIVE_INFINITY;

/** A cell for a person: relative times, marks, nothing that a terminal would act on. */
export function humanCell(item: JsonObject, column: Column, now: number): string {
  const value = item[column.field];
  if (column.kind === 'mark') return value === true ? '*' : '';
  if (column.blankWhen && item[column.blankWhen.field] === column.blankWhen.value) return '–';
  if (column.kind === 'time' && typeof value === 'string') return relativeTime(value, now);
  return safeText(textOf(item, column), SHOWN_TO_PEOPLE) || '–';
}

/** The same with nothing cut, for a record that is shown alone. */
export function wholeCell(item: JsonObject, column: Column): string {
  return safeText(textOf(item, column), EVERYTHING);
}

/** A cell for a program: on one line, and exact but for escapes that can be undone; empty where there is nothing. */
export function exactCell(item: JsonObject, column: Column): string {
  const value = item[column.field];
  if (column.kind === 'mark') return String(value === true);
  if (column.kind === 'time' && typeof value !== 'string') return unreadableDate(item, column, exactText);
  return withoutFormula(plainText(paired(value, column), exactText));
}

/** A date that the provider gave and keyturn cannot read is neither a date nor none. */
function unreadableDate(item: JsonObject, { field }: Column, write: (text: string) => string): string {
  const texts = item['unreadable'];
  if (!isObject(texts)) return '';
  const text = texts[field];
  return typeof text === 'string' ? `unreadable: ${write(text)}` : '';
}

function textOf(item: JsonObject, column: Column): string {
  const value = item[column.field];
  if (column.kind === 'time' && typeof value !== 'string')
    return unreadableDate(item, column, (text) => text);
  return column.kind === 'mark' ? String(value === true) : plainText(paired(value, column), (text) => text);
}

/** The fields of an object as a list, for a column that asks for that. */
function paired(value: Json | undefined, { pairs }: Column): Json | undefined {
  if (pairs === undefined || !isObject(value)) return value;
  return Object.entries(value).map(([name, each]) =>
    pairs === '=' ? `${name}=${String(each)}` : `${name}:${String(each).replaceAll(' ', '-')}`,
  );
}

function plainText(value: Json | undefined, write: (text: string) => string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return write(value);
  if (Array.isArray(value)) return value.map((each) => plainText(each, write)).join(' ');
  return typeof value === 'object' ? jsonText(value) : String(value);
}
