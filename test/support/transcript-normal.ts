/** What differs from run to run, and the names that stand for it in a transcript. */
export interface Surroundings {
  readonly secrets: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly origin: string;
  readonly home: string;
}

/** A slow machine makes `in 30 days` of what was `in 29 days`. */
const LATER = /\bin (?:\d+ (?:day|hour|minute)s?|a moment)\b/g;
const AGO = /\b(?:\d+ (?:day|hour|minute)s? ago|just now)\b/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+0000)/g;
/** An id that a table had no room for. */
const CUT_ID = /\b[0-9a-f][0-9a-z-]{7,}…/g;
/** What a rotation adds to a name where names may not repeat, and the keyed hash that tells secrets apart. */
const MARK = /-\d{8}-[0-9a-f]{16}\b/g;
const FINGERPRINT = /\b[0-9a-f]{16}\b/g;
const GITHUB_MARK = /keyturn_[0-9a-f]{36}/g;
/** Ids as the sandbox makes them: Errova, Bluebricks and operations, Prefactor. */
const IDS = [
  /\b(?:mt|prj|key)_[0-9a-f]{24}\b/g,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g,
  /\b[0-9a-hjkmnp-tv-z]{32}\b/g,
];

/** Output as a transcript shows it: `[secret]`, `[ID]` for what was kept as ID, `[origin]`, `[home]`, `[time]`, `[id]`. */
export function normalise(text: string, around: Surroundings): string[] {
  let result = text;
  for (const secret of longestFirst(around.secrets)) result = result.split(secret).join('[secret]');
  result = result.split(around.origin).join('[origin]').split(around.home).join('[home]');
  result = result.replace(TIME, '[time]').replace(LATER, '[later]').replace(AGO, '[ago]');
  const names = [...around.variables].filter(([, value]) => !around.secrets.includes(value));
  for (const [name, value] of names.sort((a, b) => b[1].length - a[1].length)) {
    const bare = value.replace(/^id:/, '');
    if (bare.length < 2) continue;
    const pattern = new RegExp(`(?<![\\w.-])${bare.replace(/[^\w]/g, '\\$&')}(?![\\w-])`, 'g');
    result = result.replace(pattern, `[${name}]`);
  }
  result = result
    .replace(MARK, '-[mark]')
    .replace(FINGERPRINT, '[fingerprint]')
    .replace(GITHUB_MARK, '[random]');
  for (const id of IDS) result = result.replace(id, '[id]');
  result = result.replace(CUT_ID, '[id]…');
  const lines = result
    .replaceAll('\t', '⇥')
    .split('\n')
    // A table's columns are as wide as what is in them.
    .map((line) =>
      line
        .replaceAll('\u001b', '␛')
        .replace(/(\S) {3,}/g, '$1  ')
        .trimEnd(),
    );
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Whether the lines are as expected: `[..]` stands for any text of a line, a line `[...]` for any lines. */
export function matches(actual: readonly string[], expected: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return actual.length === 0;
  if (first === '[...]') {
    for (let skip = 0; skip <= actual.length; skip += 1) if (matches(actual.slice(skip), rest)) return true;
    return false;
  }
  const [line, ...others] = actual;
  if (line === undefined) return false;
  const pattern = first
    .split('[..]')
    .map((part) => part.replace(/[^\w\s]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(line) && matches(others, rest);
}

function longestFirst(texts: readonly string[]): string[] {
  return [...texts].sort((a, b) => b.length - a.length);
}
