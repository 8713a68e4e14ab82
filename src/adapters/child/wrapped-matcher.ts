import { type ByteMatcher, createByteMatcher } from './byte-matcher.ts';

const LF = 10;
const CR = 13;

/** Bytes without the line breaks between them, and where each was. */
interface Unwrapped {
  readonly bytes: Uint8Array;
  /** From an index in `bytes` to the one before. */
  readonly places: Uint32Array | null;
}

/**
 * Finds the patterns also where lines are broken within them. An empty line ends a pattern: else a beginning would have to be
 * held back for as long as line breaks follow.
 */
export function createWrappedMatcher(patterns: readonly Uint8Array[]): ByteMatcher {
  const matchers = patterns.map(createByteMatcher);
  return {
    find(wrapped) {
      const { bytes, places } = unwrap(wrapped);
      const found = matchers.flatMap((matcher) => matcher.find(bytes));
      if (!places) return found;
      return found.map(({ start, end }) => ({
        start: places[start] ?? 0,
        end: (places[end - 1] ?? 0) + 1,
      }));
    },
    beginning(wrapped) {
      const { bytes, places } = unwrap(wrapped);
      const longest = Math.max(0, ...matchers.map((matcher) => matcher.beginning(bytes)));
      if (!places || longest === 0) return longest;
      return wrapped.length - (places[bytes.length - longest] ?? 0);
    },
  };
}

function unwrap(wrapped: Uint8Array): Unwrapped {
  if (!wrapped.includes(LF) && wrapped.at(-1) !== CR) return { bytes: wrapped, places: null };
  const bytes = new Uint8Array(wrapped.length);
  const places = new Uint32Array(wrapped.length);
  let count = 0;
  let afterBreak = false;
  for (let at = 0; at < wrapped.length; at += 1) {
    const length = afterBreak ? 0 : lineBreak(wrapped, at);
    if (length > 0) {
      at += length - 1;
      afterBreak = true;
      continue;
    }
    afterBreak = false;
    bytes[count] = wrapped[at] ?? 0;
    places[count] = at;
    count += 1;
  }
  return { bytes: bytes.subarray(0, count), places };
}

/** How many bytes of a line break are here. A CR at the very end may be the first half of one. */
function lineBreak(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LF) return 1;
  if (bytes[at] !== CR) return 0;
  if (at === bytes.length - 1) return 1;
  return bytes[at + 1] === LF ? 2 : 0;
}
