import { AppError } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/json.ts';

/**
 * Reads back what keyturn itself wrote into a journal. A shape that does not fit means that the attempt comes from
 * another version or was tampered with, and must not be acted upon.
 */
export function readObject(value: Json | undefined): JsonObject {
  if (isObject(value)) return value;
  throw misfit();
}

export function readObjectOrNull(value: Json | undefined): JsonObject | null {
  return value === null || value === undefined ? null : readObject(value);
}

export function readText(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw misfit();
}

export function readTextOrNull(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : readText(value);
}

export function readNumberOrNull(value: Json | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value;
  throw misfit();
}

export function readFlag(value: Json | undefined): boolean {
  if (typeof value === 'boolean') return value;
  throw misfit();
}

export function readTexts(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.map(readText);
  throw misfit();
}

export function readTextsOrNull(value: Json | undefined): readonly string[] | null {
  return value === null || value === undefined ? null : readTexts(value);
}

export function readSettings(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(readObject(value)).map(([name, text]) => [name, readText(text)]));
}

export function readOneOf<const T extends string>(value: Json | undefined, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw misfit();
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function misfit(): AppError {
  return new AppError({
    code: 'failure',
    message: 'the operation was recorded in a form that this keyturn does not know',
    hint: 'finish it with the version of keyturn that started it',
  });
}
