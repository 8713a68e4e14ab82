import { base85Forms } from './base85-forms.ts';
import { mailForms } from './mail-forms.ts';
import { SHORTEST_MASKED } from './masking.ts';
import { createPatternScanner, type Occurrence } from './pattern-scanner.ts';
import { readPlainly } from './plain-view.ts';
import { type PlainView, ViewBuilder } from './plain-view-builder.ts';
import { hexForms, secretForms } from './secret-forms.ts';
import type { Stretch } from './stretch.ts';

/** The end of the bytes, where it may be the beginning of a secret. */
export interface Beginning extends Stretch {
  /** How many bytes of the secret it holds. */
  readonly known: number;
  /** Whether that is too much of the secret to be shown. */
  readonly isTelling: boolean;
}

export interface Scan {
  readonly found: readonly Stretch[];
  readonly beginnings: readonly Beginning[];
}

/** Finds secrets in bytes, as they are and in the forms in which programs write them. */
export interface SecretFinder {
  /** `whole`: nothing follows these bytes. */
  scan(bytes: Uint8Array, whole: boolean): Scan;
}

interface Pattern {
  readonly bytes: Uint8Array;
  /** Of the secret, in bytes. */
  readonly secretLength: number;
  /** What it is a half of, and where that begins in it: as much of the rest as stands there is found with it. */
  readonly half?: { readonly whole: Uint8Array; readonly at: number };
}

/** Half of a shorter secret is a word that occurs by chance. In bytes. */
const SHORTEST_HALVED = 24;

type Read = (bytes: Uint8Array, whole: boolean) => PlainView;

/** Null where no secret has as many characters as `shortest`. */
export function createSecretFinder(
  secrets: readonly string[],
  shortest: number = SHORTEST_MASKED,
): SecretFinder | null {
  const sets = secrets.filter((secret) => secret.length >= shortest).map(patternsOf);
  if (sets.length === 0) return null;
  const builder = new ViewBuilder();
  const scans = [
    createScan(
      readExactly,
      sets.flatMap(({ exact }) => exact),
    ),
    createScan(
      (bytes, whole) => readPlainly(bytes, { whole, builder }),
      sets.flatMap(({ plain }) => plain),
    ),
    createScan(
      (bytes, whole) => readPlainly(bytes, { whole, builder, decode: false }),
      sets.flatMap(({ literal }) => literal),
    ),
  ].filter((scan) => scan !== null);
  return {
    scan(bytes, whole) {
      const done = scans.map((scan) => scan(bytes, whole));
      return {
        found: done.flatMap(({ found }) => found),
        beginnings: done.flatMap(({ beginnings }) => beginnings),
      };
    },
  };
}

/** Looks for the patterns in one view of the bytes. Null where there are none. */
function createScan(read: Read, patterns: readonly Pattern[]): SecretFinder['scan'] | null {
  if (patterns.length === 0) return null;
  const scanner = createPatternScanner(patterns.map(({ bytes }) => bytes));
  return (bytes, whole) => {
    const view = read(bytes, whole);
    const placed = ({ start, length }: Occurrence): Stretch => ({
      start: view.starts?.[start] ?? start,
      end: view.ends?.[start + length - 1] ?? start + length,
    });
    const beginnings = scanner
      .beginnings(view.bytes)
      .map((one): Beginning => ({ ...placed(one), ...tellingOf(one.length, patterns[one.pattern]) }));
    const cutOff = { start: view.undecided, end: bytes.length, known: 0, isTelling: false };
    return {
      found: scanner.find(view.bytes).map((one) => placed(extended(view.bytes, one, patterns[one.pattern]))),
      beginnings: view.undecided < bytes.length ? [...beginnings, cutOff] : beginnings,
    };
  };
}

/** A program cuts a secret short to fit a column or a line, and writes something else behind it. */
function extended(bytes: Uint8Array, found: Occurrence, pattern: Pattern | undefined): Occurrence {
  if (!pattern?.half) return found;
  const { whole, at } = pattern.half;
  let before = 0;
  while (before < at && bytes[found.start - before - 1] === whole[at - before - 1]) before += 1;
  let end = at + found.length;
  while (end < whole.length && bytes[found.start - at + end] === whole[end]) end += 1;
  return { ...found, start: found.start - before, length: before + end - at };
}

/** The first half, the last one, and the one between: whatever holds three quarters of the whole holds one of them. */
function halvesOf(whole: Uint8Array): readonly Pattern[] {
  if (whole.length < SHORTEST_HALVED) return [];
  const length = Math.ceil(whole.length / 2);
  return [0, Math.floor(whole.length / 4), whole.length - length].map((at) => ({
    bytes: whole.subarray(at, at + length),
    secretLength: length,
    half: { whole, at },
  }));
}

function halvesOfText(text: string): readonly Pattern[] {
  return halvesOf(new TextEncoder().encode(text));
}

function tellingOf(length: number, pattern: Pattern | undefined): Pick<Beginning, 'known' | 'isTelling'> {
  if (!pattern) return { known: 0, isTelling: false };
  const known = Math.min(length, Math.floor((length * pattern.secretLength) / pattern.bytes.length));
  return { known, isTelling: known >= Math.min(SHORTEST_MASKED, Math.ceil(pattern.secretLength / 2)) };
}

function readExactly(bytes: Uint8Array): PlainView {
  return { bytes, starts: null, ends: null, undecided: bytes.length };
}

/** What to look for, by the view to look in. */
interface PatternSet {
  /** In the bytes as they are. */
  readonly exact: readonly Pattern[];
  /** In their plain view. */
  readonly plain: readonly Pattern[];
  /** In their plain view with escapes as they are written: a secret may hold what looks like one, and be wrapped within it. */
  readonly literal: readonly Pattern[];
}

function patternsOf(secret: string): PatternSet {
  const encoder = new TextEncoder();
  const builder = new ViewBuilder();
  const keyOf = new TextDecoder('latin1');
  const bytes = encoder.encode(secret);
  // The digits of base85 look like escapes: those at the ends may mean something else beside what follows.
  const opaque = base85Forms(bytes).map((form) => encoder.encode(form));
  const exact = [bytes, ...opaque.filter(({ length }) => length >= SHORTEST_MASKED)];
  const plain = new Map<string, Uint8Array>();
  for (const form of secretForms(secret)) {
    const written = encoder.encode(form);
    const view = readPlainly(written, { whole: true, builder }).bytes;
    if (view.length >= SHORTEST_MASKED) plain.set(keyOf.decode(view), view.slice());
    // It consists mostly of separators.
    else if (form.length >= SHORTEST_MASKED) exact.push(written);
  }
  const read = keyOf.decode(readPlainly(bytes, { whole: true, builder }).bytes);
  const literal = readPlainly(bytes, { whole: true, decode: false }).bytes;
  const mailed = mailForms(secret)
    .map((form) => readPlainly(encoder.encode(form), { whole: true, decode: false }).bytes)
    .filter(({ length }) => length >= SHORTEST_MASKED);
  const isLongEnough = literal.length >= SHORTEST_MASKED;
  const holdsEscape = keyOf.decode(literal) !== read;
  // Also where every byte is escaped, and what looks like an escape in the secret with it.
  if (isLongEnough) plain.set(keyOf.decode(literal), literal);
  const toPatterns = (all: Iterable<Uint8Array>): readonly Pattern[] =>
    Array.from(all, (one) => ({ bytes: one, secretLength: bytes.length }));
  return {
    exact: toPatterns(exact),
    plain: [...toPatterns(plain.values()), ...halvesOf(literal), ...hexForms(bytes).flatMap(halvesOfText)],
    literal: toPatterns(isLongEnough && holdsEscape ? [literal, ...mailed] : []),
  };
}
