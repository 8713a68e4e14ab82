import type { Json, JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import { relativeTime } from './relative-time.ts';
import type { Column } from './report.ts';

/** A cell for a person: relative times, marks, nothing that a terminal would act on. */
export function humanCell(item: JsonObject, column: Column, now: number): string {
  const value = item[column.field];
  if (column.kind === 'mark') return value === true ? '*' : '';
  if (column.kind === 'time') return typeof value === 'string' ? relativeTime(value, now) : '–';
  return plainText(value) || '–';
}

/** A cell for a program: exact, on one line; empty where there is nothing. */
export function exactCell(item: JsonObject, column: Column): string {
  const value = item[column.field];
  if (column.kind === 'mark') return value === true ? 'true' : 'false';
  return plainText(value);
}

function plainText(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return safeText(value, 100_000);
  if (Array.isArray(value)) return value.map(plainText).join(' ');
  if (typeof value === 'object') return safeText(JSON.stringify(value), 100_000);
  return String(value);
}
