/** A pattern that was found, or the longest beginning of one at the very end of the bytes. */
export interface Occurrence {
  /** Which of the patterns, by its place in the list. */
  readonly pattern: number;
  readonly start: number;
  /** How many of its bytes stand there. */
  readonly length: number;
}

export interface PatternScanner {
  /** Every occurrence, overlapping ones too. */
  find(bytes: Uint8Array): readonly Occurrence[];
  /** For each pattern of which a part, but not all of it, ends the bytes. */
  beginnings(bytes: Uint8Array): readonly Occurrence[];
}

/** The first bytes of a pattern that choose where to look closer; no pattern is shorter. */
const ANCHOR = 4;
const TABLE = 1 << 16;

/** Looks for all of them in one pass: much output goes through here. */
export function createPatternScanner(patterns: readonly Uint8Array[]): PatternScanner {
  const borders = patterns.map(bordersOf);
  const longest = Math.max(...patterns.map(({ length }) => length));
  const isAnchor = new Uint8Array(TABLE);
  const anchored = new Map<number, number[]>();
  for (const [index, pattern] of patterns.entries()) {
    const hash = pattern.subarray(0, ANCHOR).reduce(mix, 0);
    isAnchor[hash] = 1;
    anchored.set(hash, [...(anchored.get(hash) ?? []), index]);
  }
  return {
    find(bytes) {
      const found: Occurrence[] = [];
      let hash = 0;
      for (let at = 0; at < bytes.length; at += 1) {
        hash = ((hash << 4) ^ (bytes[at] ?? 0)) & (TABLE - 1);
        if (isAnchor[hash] === 0) continue;
        const start = at - ANCHOR + 1;
        for (const index of anchored.get(hash) ?? []) {
          const pattern = patterns[index];
          if (pattern && standsAt(bytes, start, pattern))
            found.push({ pattern: index, start, length: pattern.length });
        }
      }
      return found;
    },
    beginnings(bytes) {
      // Most patterns begin with a byte that does not occur at the end.
      const occurs = new Uint8Array(256);
      for (let at = Math.max(0, bytes.length - longest + 1); at < bytes.length; at += 1)
        occurs[bytes[at] ?? 0] = 1;
      const found: Occurrence[] = [];
      for (const [index, pattern] of patterns.entries()) {
        if (occurs[pattern[0] ?? 0] === 0) continue;
        const length = beginning(bytes, pattern, borders[index] ?? []);
        if (length > 0) found.push({ pattern: index, start: bytes.length - length, length });
      }
      return found;
    },
  };
}

/** Four bytes at four bits each: the fifth byte before has been shifted out. */
function mix(hash: number, byte: number): number {
  return ((hash << 4) ^ byte) & (TABLE - 1);
}

function standsAt(bytes: Uint8Array, start: number, pattern: Uint8Array): boolean {
  if (start < 0 || start + pattern.length > bytes.length) return false;
  // First where a row of the same byte differs from a pattern that begins with such a row.
  if (bytes[start + pattern.length - 1] !== pattern[pattern.length - 1]) return false;
  for (let at = 0; at < pattern.length; at += 1) if (bytes[start + at] !== pattern[at]) return false;
  return true;
}

function beginning(bytes: Uint8Array, pattern: Uint8Array, borders: readonly number[]): number {
  let matched = 0;
  // Most often its first byte does not occur there at all.
  const first = bytes.indexOf(pattern[0] ?? 0, Math.max(0, bytes.length - pattern.length + 1));
  if (first < 0) return 0;
  for (let at = first; at < bytes.length; at += 1) {
    while (matched > 0 && pattern[matched] !== bytes[at]) matched = borders[matched - 1] ?? 0;
    if (pattern[matched] === bytes[at]) matched += 1;
  }
  return matched;
}

/** Knuth, Morris and Pratt: for each prefix, its longest proper prefix that is also its end. Keeps `beginning` linear. */
function bordersOf(pattern: Uint8Array): readonly number[] {
  const table = [0];
  let length = 0;
  for (let at = 1; at < pattern.length; at += 1) {
    while (length > 0 && pattern[length] !== pattern[at]) length = table[length - 1] ?? 0;
    if (pattern[length] === pattern[at]) length += 1;
    table.push(length);
  }
  return table;
}
