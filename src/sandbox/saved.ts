import { usage } from '../domain/errors.ts';
import { isObject } from './message.ts';

/** Read access to a saved state, which anybody may have edited: each reader throws a usage error on a wrong type. */
export interface Saved {
  text(key: string): string;
  textOrNull(key: string): string | null;
  number(key: string): number;
  numberOrNull(key: string): number | null;
  flag(key: string): boolean;
  texts(key: string): readonly string[];
  one(key: string): Saved;
  /** Left for somebody else to check. */
  json(key: string): unknown;
  list(key: string): readonly Saved[];
}

export function openSaved(value: unknown, where = 'state'): Saved {
  if (!isObject(value)) throw damaged(where);
  const read = <T>(key: string, accept: (field: unknown) => field is T): T => {
    const field = value[key];
    if (!accept(field)) throw damaged(`${where}.${key}`);
    return field;
  };
  return {
    text: (key) => read(key, isString),
    textOrNull: (key) => read(key, orNull(isString)),
    number: (key) => read(key, isNumber),
    numberOrNull: (key) => read(key, orNull(isNumber)),
    flag: (key) => read(key, isBoolean),
    texts: (key) => read(key, isStrings),
    json: (key) => value[key],
    one: (key) => openSaved(value[key], `${where}.${key}`),
    list: (key) =>
      read(key, Array.isArray).map((item, index) => openSaved(item, `${where}.${key}[${index}]`)),
  };
}

function damaged(where: string): Error {
  return usage(
    `the saved state of the sandbox is damaged at "${where}"`,
    'delete the state file to start afresh',
  );
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isString);

function orNull<T>(accept: (value: unknown) => value is T): (value: unknown) => value is T | null {
  return (value): value is T | null => value === null || accept(value);
}
