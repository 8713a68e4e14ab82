/** Finds one pattern in bytes. */
export interface ByteMatcher {
  /** Every occurrence, overlapping ones too. */
  find(bytes: Uint8Array): { readonly start: number; readonly end: number }[];
  /** How many bytes at the end are a beginning of the pattern, but not all of it. */
  beginning(bytes: Uint8Array): number;
}

export function createByteMatcher(pattern: Uint8Array): ByteMatcher {
  const needle = Buffer.from(pattern);
  const fallback = borders(needle);
  return {
    find(bytes) {
      const hay = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const found: { start: number; end: number }[] = [];
      for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) {
        found.push({ start: at, end: at + needle.length });
      }
      return found;
    },
    beginning(bytes) {
      let matched = 0;
      for (let i = Math.max(0, bytes.length - needle.length + 1); i < bytes.length; i += 1) {
        while (matched > 0 && needle[matched] !== bytes[i]) matched = fallback[matched - 1] ?? 0;
        if (needle[matched] === bytes[i]) matched += 1;
      }
      return matched;
    },
  };
}

/** Knuth, Morris and Pratt: for each prefix, its longest proper prefix that is also its end. Keeps `beginning` linear. */
function borders(pattern: Uint8Array): number[] {
  const table = [0];
  let length = 0;
  for (let i = 1; i < pattern.length; i += 1) {
    while (length > 0 && pattern[length] !== pattern[i]) length = table[length - 1] ?? 0;
    if (pattern[length] === pattern[i]) length += 1;
    table.push(length);
  }
  return table;
}
