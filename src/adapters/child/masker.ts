import type { Secret } from '../../domain/secret.ts';
import { createSecretFinder, type Scan } from '../../domain/secret-finder.ts';
import { joinStretches, type Stretch } from '../../domain/stretch.ts';
import { createDumpFinder } from './dump-finder.ts';

const MASK = Buffer.from('[secret]');
const LF = 10;
const CR = 13;

/** Replaces secrets in a stream of bytes, also where a secret spans several parts of the stream. */
export interface Masker {
  /** Takes the next part of the stream. Returns what may be written: all but what may be the beginning of a secret. */
  push(part: Uint8Array): Uint8Array;
  readonly held: Held;
  /**
   * Returns what is held back, because the stream pauses or ends. What is already much of a secret is replaced. If the secret goes
   * on later, the rest of it is still recognised.
   */
  release(): Uint8Array;
  /** What another masker needs to go on from here. */
  state(): MaskerState;
}

/** What the masker has not returned yet. */
export interface Held {
  readonly bytes: number;
  /** How many bytes of a secret it holds, together with what was released before. */
  readonly known: number;
}

export interface MaskerState {
  /** The bytes that may be the beginning of a secret. The first `shown` of them were returned by `release`. */
  readonly pending: Uint8Array;
  readonly shown: number;
  /** Whether `release` replaced a beginning in `pending`: the rest of that secret gets no second mask. */
  readonly isReplaced: boolean;
  /** Whether `pending` begins a line. */
  readonly startsLine: boolean;
}

const FRESH: MaskerState = { pending: new Uint8Array(), shown: 0, isReplaced: false, startsLine: true };

export function createMasker(secrets: readonly Secret[], from: MaskerState = FRESH): Masker {
  const finder = createSecretFinder(secrets.map((secret) => secret.reveal()));
  let { pending, shown, isReplaced, startsLine } = from;
  if (!finder) return withoutSecrets(from);
  const dumps = createDumpFinder(finder);
  let known = 0;

  const scan = (whole: boolean): Scan => {
    const plain = finder.scan(pending, whole);
    const dumped = dumps.scan(pending, { whole, startsLine });
    return {
      found: [...plain.found, ...dumped.found],
      beginnings: [...plain.beginnings, ...dumped.beginnings],
    };
  };

  /**
   * Whether `end` lies within a mask that stands in one line, and only the line break follows it. To hold that back would
   * mix up the lines of two streams that one reader sees.
   */
  const isMaskedLine = (found: readonly Stretch[], end: number): boolean => {
    const mask = found.find((one) => one.start < end && one.end > end);
    if (!mask) return false;
    const isBreak = (byte: number) => byte === LF || byte === CR;
    return !pending.subarray(mask.start, mask.end).some(isBreak) && pending.subarray(mask.end).every(isBreak);
  };

  /** What was not returned yet of the first `end` bytes, with masks. A mask may reach beyond `end`. */
  const write = (masked: readonly Stretch[], end: number): Uint8Array => {
    const parts: Uint8Array[] = [];
    let at = shown;
    for (const stretch of joinStretches(masked)) {
      if (stretch.start >= end) break;
      if (stretch.start > at) parts.push(pending.subarray(at, stretch.start));
      const isMaskedAlready = isReplaced && stretch.start < shown;
      if (stretch.end > shown && !isMaskedAlready) parts.push(MASK);
      at = Math.max(at, stretch.end);
    }
    if (end > at) parts.push(pending.subarray(at, end));
    shown = Math.max(at, end);
    return Buffer.concat(parts);
  };

  const forget = (count: number) => {
    if (count > 0) startsLine = pending[count - 1] === LF;
    pending = pending.slice(count);
    shown = Math.max(0, shown - count);
    if (shown === 0) isReplaced = false;
  };

  return {
    push(part) {
      pending = pending.length === 0 ? part : Buffer.concat([pending, part]);
      const { found, beginnings } = scan(false);
      known = Math.max(0, ...beginnings.map((one) => one.known));
      const end = firstStart(beginnings, pending.length);
      const out = write(found, known === 0 && isMaskedLine(found, end) ? pending.length : end);
      forget(end);
      return out;
    },
    get held() {
      return { bytes: Math.max(0, pending.length - shown), known };
    },
    release() {
      const { found, beginnings } = scan(true);
      const replaced = beginnings.filter(({ isTelling }) => isTelling);
      const out = write([...found, ...replaced], pending.length);
      const kept = firstStart(scan(false).beginnings, pending.length);
      isReplaced ||= replaced.length > 0;
      forget(kept);
      return out;
    },
    state: () => ({ pending, shown, isReplaced, startsLine }),
  };
}

/** The mask of one text that is whole. */
export function maskText(bytes: Uint8Array, secrets: readonly Secret[]): string {
  const masker = createMasker(secrets);
  return Buffer.concat([masker.push(bytes), masker.release()]).toString('utf8');
}

function withoutSecrets(from: MaskerState): Masker {
  return {
    push: (part) => part,
    held: { bytes: 0, known: 0 },
    release: () => new Uint8Array(),
    state: () => from,
  };
}

function firstStart(stretches: readonly Stretch[], otherwise: number): number {
  return stretches.reduce((first, { start }) => Math.min(first, start), otherwise);
}
