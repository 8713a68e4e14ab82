import type { KillReport } from './kill-case.ts';
import type { Strike } from './kill-victim.ts';

/** `npm run proof` visits every place, `npm test` a part of them. */
export const IS_FULL = process.env['KEYTURN_PROOF'] === 'full';
/** Another seed: other instants. */
export const SEED = Number(process.env['KEYTURN_PROOF_SEED'] ?? 20_261_122);

/** One line for the table of `npm run proof`; nothing in `npm test`. */
export function tell(name: string, reports: readonly KillReport[], seed?: number): void {
  if (!IS_FULL) return;
  const sum = (of: (report: KillReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const failures = sum(({ problems }) => (problems.length > 0 ? 1 : 0));
  const ends = [
    `lost ${sum(({ lost }) => lost)}`,
    `stranded ${sum(({ stranded }) => stranded)}`,
    `leaked ${sum(({ leaked }) => leaked)}`,
    `told a person ${sum(({ end }) => (end === 'told' ? 1 : 0))}`,
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ];
  console.log(`${name}: ${reports.length} cases, ${failures} failures: ${ends.join(', ')}`);
  // At once: a long run may be broken off before its failures are listed.
  for (const { problems } of reports) for (const problem of problems) console.log(`  ${problem}`);
}

/** At most `most`, spread evenly; `shift` makes different samples look at different places. */
export function spread<T>(all: readonly T[], most: number, shift = 0): readonly T[] {
  if (all.length <= most) return all;
  const offset = (shift * 0.37) % 1;
  return Array.from(
    { length: most },
    (_, index) => all[Math.floor(((index + offset) * all.length) / most)],
  ).filter((one) => one !== undefined);
}

/** Numbers from 0 to 1; the same seed gives the same ones (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Instants between the first thing a run does and its end. */
export function randomInstants(
  seed: number,
  count: number,
  span: { from: number; to: number },
): readonly Strike[] {
  const next = seededNumbers(seed);
  return Array.from({ length: count }, () => ({
    kind: 'instant',
    ms: Math.round(span.from + next() * (span.to - span.from)),
  }));
}
