import { base85Forms } from './base85-forms.ts';
import { mailForms } from './mail-forms.ts';
import { SHORTEST_MASKED } from './masking.ts';
import { createPatternScanner, type Occurrence } from './pattern-scanner.ts';
import { readPlainly } from './plain-view.ts';
import { type PlainView, ViewBuilder } from './plain-view-builder.ts';
import { hexForms, secretForms } from './secret-forms.ts';
import type { Stretch } from './stretch.ts';

/** The last bytes, which may begin a secret. */
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
  /** For a first half: the full value. A match extends as far as the bytes agree. */
  readonly whole?: Uint8Array;
}

/** Below these limits, in bytes, half a secret may match by chance. */
const SHORTEST_HALVED = 24;
const FEWEST_LETTERS = 8;

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
      found: scanner
        .find(view.bytes)
        .map((one) => placed(extended(view.bytes, one, patterns[one.pattern]?.whole))),
      beginnings: view.undecided < bytes.length ? [...beginnings, cutOff] : beginnings,
    };
  };
}

/** Extends a matched first half: programs truncate secrets to fit a line. */
function extended(bytes: Uint8Array, found: Occurrence, whole: Uint8Array | undefined): Occurrence {
  if (!whole) return found;
  let { length } = found;
  while (length < whole.length && bytes[found.start + length] === whole[length]) length += 1;
  return { ...found, length };
}

/** The first half, and the last one, each for itself. */
function halvesOf(whole: Uint8Array): readonly Pattern[] {
  if (whole.length < SHORTEST_HALVED || new Set(whole).size < FEWEST_LETTERS) return [];
  const secretLength = Math.ceil(whole.length / 2);
  return [
    { bytes: whole.subarray(0, secretLength), secretLength, whole },
    { bytes: whole.subarray(-secretLength), secretLength },
  ];
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
  // Base85 digits can look like escape sequences, so these forms are searched in the raw bytes.
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
  // Also finds a secret whose bytes are all escaped, including its own escape-like text.
  if (isLongEnough) plain.set(keyOf.decode(literal), literal);
  const toPatterns = (all: Iterable<Uint8Array>): readonly Pattern[] =>
    Array.from(all, (one) => ({ bytes: one, secretLength: bytes.length }));
  return {
    exact: toPatterns(exact),
    plain: [...toPatterns(plain.values()), ...halvesOf(literal), ...hexForms(bytes).flatMap(halvesOfText)],
    literal: toPatterns(isLongEnough && holdsEscape ? [literal, ...mailed] : []),
  };
}
