import { createSecretFinder } from './secret-finder.ts';
import { findTraces } from './secret-traces.ts';
import { joinStretches, type Stretch } from './stretch.ts';
import { safeText } from './text.ts';

/** Much more than is shown, so that a secret which is cut off at the end is not seen. In characters. */
const LOOKED_AT = 64_000;

/** A vendor's own words for an error: one line, safe, short; secrets that it echoes are cut out. */
export function vendorText(text: unknown, secrets: readonly string[] = []): string | null {
  if (typeof text !== 'string' || text.trim() === '') return null;
  let result = text.slice(0, LOOKED_AT);
  // Before it is cut to what is shown: the cut could fall into a secret, and the rest of it would not be found.
  for (const secret of secrets) result = cutSecret(result, secret);
  return safeText(result.slice(0, 8_000).replace(/\s+/g, ' ').trim(), 300);
}

/** A shorter secret occurs in other text by chance, and is left. In characters. */
const SHORTEST_CUT = 4;

/** The text without the secret, in every form of it, and without parts of it that are too long to occur by chance. */
export function cutSecret(text: string, secret: string): string {
  const finder = createSecretFinder([secret], SHORTEST_CUT);
  if (!finder) return text;
  const bytes = new TextEncoder().encode(text);
  const found = joinStretches(finder.scan(bytes, true).found);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const left =
    found.length === 0
      ? text
      : cut(found, bytes.length, (from, to) => decoder.decode(bytes.subarray(from, to)));
  return cut(findTraces(left, secret), left.length, (from, to) => left.slice(from, to));
}

/** The slices between the stretches, which are sorted, with the mask in between. */
function cut(
  stretches: readonly Stretch[],
  length: number,
  slice: (from: number, to: number) => string,
): string {
  const ends = [0, ...stretches.map(({ end }) => end)];
  return ends.map((end, at) => slice(end, stretches[at]?.start ?? length)).join('[secret]');
}
