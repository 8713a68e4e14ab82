import { JsonReader } from './json-reader.ts';
import { notJson } from './not-json.ts';

/**
 * Strict JSON from outside. `JSON.parse` is not used because its errors quote the text, which may hold a secret.
 * Objects have no prototype; integers beyond 2^53 arrive as strings, so that ids survive; a leading byte-order mark
 * is tolerated. Throws `AppError` (failure), which never holds content, for everything else: nesting beyond 100,
 * numbers beyond a double, a field that is given twice with different values, more values than fit in memory.
 */
export function parseJson(text: string): unknown {
  const value = read(new TextEncoder().encode(text), Number.POSITIVE_INFINITY);
  if (value === undefined) throw notJson();
  return value;
}

/** As {@link parseJson}, for a body; no object has more than 10,000 fields. Null for an empty one (or nothing but white space); only UTF-8 is read. */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  return read(bytes) ?? null;
}

function read(bytes: Uint8Array, mostFields?: number): unknown {
  const reader = new JsonReader(mostFields === undefined ? {} : { mostFields });
  reader.push(bytes);
  return reader.end();
}
