import { isAppError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { parseJson } from '../../domain/parse-json.ts';
import { parseInstant } from '../../domain/time.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/** A value as the vendor wants it; undefined where it cannot be written so. */
type Write = (value: Json, now: number) => Json | undefined;

const wholeNumber = (value: Json): number | undefined => {
  const text = textOf(value).trim();
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
};

const json = (value: Json): Json | undefined => {
  try {
    // Whatever is JSON is `Json`.
    return parseJson(textOf(value)) as Json;
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
};

/** A date that is not one is no number of anything. */
function ofDate(write: (ms: number, now: number) => Json | undefined): Write {
  return (value, now) => {
    const ms = parseInstant(textOf(value));
    return ms === null ? undefined : write(ms, now);
  };
}

/**
 * A lifetime counts from the time of the request. Without that time the request is refused: a vendor may read a missing
 * lifetime as "never expires".
 */
function left(unit: number): Write {
  return ofDate((ms, now) => (Number.isFinite(now) ? Math.max(1, Math.round((ms - now) / unit)) : undefined));
}

/** There is no other form, and none takes another: a new one is a change of the language. */
const FORMS: Readonly<Record<string, Write>> = {
  spaces: (value) => textsOf(value).join(' '),
  commas: (value) => textsOf(value).join(','),
  words: (value) =>
    textOf(value)
      .split(/[\s,]+/)
      .filter((word) => word !== ''),
  integer: wholeNumber,
  json,
  date: ofDate((ms) => new Date(ms).toISOString().slice(0, 10)),
  naive: ofDate((ms) => new Date(ms).toISOString().slice(0, 19)),
  epoch: ofDate((ms) => Math.floor(ms / SECOND)),
  'epoch-ms': ofDate((ms) => ms),
  seconds: left(SECOND),
  hours: left(HOUR),
  days: left(DAY),
};

export const VALUE_FORMS: ReadonlySet<string> = new Set(Object.keys(FORMS));

export function shapedValue(value: Json, form: string, now: number): Json | undefined {
  return Object.hasOwn(FORMS, form) ? FORMS[form]?.(value, now) : undefined;
}

function textsOf(value: Json): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
}

/** A list is words with spaces between. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(textOf).join(' ') : JSON.stringify(value);
}
