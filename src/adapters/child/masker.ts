import { SHORTEST_MASKED } from '../../domain/masking.ts';
import type { Secret } from '../../domain/secret.ts';
import { createByteMatcher } from './byte-matcher.ts';
import { secretForms } from './secret-forms.ts';
import { createWrappedMatcher } from './wrapped-matcher.ts';

const MASK = Buffer.from('[secret]');
/** So much of a secret's beginning is text like any other, and may be let go after a moment. In bytes. */
const TELLS_NOTHING = SHORTEST_MASKED;

/** Replaces secrets in a stream of bytes, also across the borders of its parts. */
export interface Masker {
  /** What may be written now. The rest is the possible beginning of a secret. */
  push(part: Uint8Array): Uint8Array;
  /** How much is held back, in bytes, and whether it is already much of a secret. */
  readonly held: { readonly bytes: number; readonly telling: boolean };
  /** Lets go of what is held back, but goes on recognising the secret that it may begin. */
  release(): Uint8Array;
  /** What another masker needs to go on from here. */
  state(): MaskerState;
}

/** What is undecided. Its first `shown` bytes have been written already and are kept only to recognise the rest. */
export interface MaskerState {
  readonly pending: Uint8Array;
  readonly shown: number;
}

const FRESH: MaskerState = { pending: new Uint8Array(), shown: 0 };

interface Range {
  readonly start: number;
  readonly end: number;
}

export function createMasker(secrets: readonly Secret[], from: MaskerState = FRESH): Masker {
  const forms = secrets.flatMap(secretForms);
  const wrapping = forms.filter(({ wraps }) => wraps).map(({ bytes }) => bytes);
  const matchers = [
    ...forms.filter(({ wraps }) => !wraps).map(({ bytes }) => createByteMatcher(bytes)),
    ...(wrapping.length > 0 ? [createWrappedMatcher(wrapping)] : []),
  ];
  let { pending, shown } = from;

  const advance = (keep: number): Uint8Array => {
    const ranges = joinRanges(matchers.flatMap((matcher) => matcher.find(pending)));
    const cut = pending.length - keep;
    const parts: Uint8Array[] = [];
    let at = shown;
    for (const { start, end } of ranges) {
      if (start >= cut) break;
      if (start > at) parts.push(pending.subarray(at, start));
      if (end > shown) parts.push(MASK);
      at = Math.max(at, end);
    }
    if (cut > at) parts.push(pending.subarray(at, cut));
    // A secret may run into what is undecided, which may begin another: that part is replaced, and stays as context.
    shown = Math.max(0, at - cut);
    pending = pending.slice(cut);
    return Buffer.concat(parts);
  };
  const longestBeginning = () => Math.max(0, ...matchers.map((matcher) => matcher.beginning(pending)));

  return {
    push(part) {
      if (matchers.length === 0) return part;
      pending = pending.length === 0 ? part : Buffer.concat([pending, part]);
      return advance(longestBeginning());
    },
    get held() {
      const bytes = pending.length - shown;
      return { bytes, telling: pending.length >= TELLS_NOTHING };
    },
    release() {
      const before = pending;
      const out = advance(0);
      const kept = Math.max(0, ...matchers.map((matcher) => matcher.beginning(before)));
      pending = before.slice(before.length - kept);
      shown = kept;
      return out;
    },
    state: () => ({ pending, shown }),
  };
}

/** One text, whole. */
export function maskText(bytes: Uint8Array, secrets: readonly Secret[]): string {
  const masker = createMasker(secrets);
  return Buffer.concat([masker.push(bytes), masker.release()]).toString('utf8');
}

/** Ranges that touch the same bytes as one; sorted. */
function joinRanges(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = joined.at(-1);
    if (last && range.start < last.end) {
      joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else joined.push(range);
  }
  return joined;
}
