import type { Base } from './sim-base.ts';
import { seededRandom } from './sim-fakes.ts';
import type { FaultKind, Placement, SeenEffect } from './sim-faults.ts';
import { FAULTS } from './sim-faults.ts';
import type { CaseOptions, CaseReport } from './simulator.ts';
import { runCase } from './simulator.ts';

/** A case that broke a promise, with what is needed to run it again. */
export interface Failure {
  readonly placements: readonly Placement[];
  readonly what: string;
}

export interface Tally {
  readonly cases: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** False when the time was up before every placement was tried. */
  readonly isComplete: boolean;
}

/**
 * Every fault that one effect can have. A process that is killed before a flush leaves the same as one killed right after
 * it; power that is cut before anything but a flush finds everything flushed. `distinct` leaves such duplicates out, and what
 * is between all and nothing (`torn`, `short`).
 */
export function faultsAt(effect: SeenEffect, at: number, distinct: boolean): readonly Placement[] {
  const isFlush = effect.what.startsWith('sync');
  const isWrite = effect.what.startsWith('write ');
  const duplicates: readonly FaultKind[] = ['torn', 'short', isFlush ? 'kill' : 'power'];
  return FAULTS[effect.kind]
    .filter((kind) => kind !== 'short' || isWrite)
    .filter((kind) => !distinct || effect.kind !== 'disk' || !duplicates.includes(kind))
    .map((kind) => ({ at, kind }));
}

export function allFaults(
  effects: readonly SeenEffect[],
  distinct: boolean,
  after = 0,
): readonly Placement[] {
  return effects.flatMap((effect, index) => (index < after ? [] : faultsAt(effect, index + 1, distinct)));
}

export class Tallier {
  #cases = 0;
  readonly #ends: Record<string, number> = {};
  readonly #failures: Failure[] = [];

  async run(base: Base, placements: readonly Placement[], options: CaseOptions = {}): Promise<CaseReport> {
    const report = await runCase(base, placements, options);
    this.#cases += 1;
    this.#ends[report.end] = (this.#ends[report.end] ?? 0) + 1;
    for (const what of new Set(report.violations)) this.#failures.push({ placements, what });
    return report;
  }

  get tally(): Tally {
    return { cases: this.#cases, ends: this.#ends, failures: this.#failures, isComplete: true };
  }
}

export interface SingleOptions extends CaseOptions {
  readonly distinct: boolean;
  /** Which faults are tried; every one where not given. */
  readonly filter?: (placement: Placement, index: number) => boolean;
}

/** Every placement of one fault. */
export async function everySingle(base: Base, options: SingleOptions): Promise<Tally> {
  const { filter = () => true } = options;
  const tallier = new Tallier();
  const { effects } = await tallier.run(base, [], options);
  for (const one of allFaults(effects, options.distinct).filter(filter))
    await tallier.run(base, [one], options);
  return tallier.tally;
}

export interface PairOptions extends CaseOptions {
  readonly distinct: boolean;
  /** Which first faults are tried; every one where not given. */
  readonly first?: (placement: Placement, index: number) => boolean;
  /** Which second faults are tried with one first. */
  readonly second?: (placement: Placement, index: number) => boolean;
  /** Whether the time is up; asked before each first fault. */
  readonly isOver?: () => boolean;
}

/** Every placement of two faults: the second anywhere after the first, in the same process or in a later one. */
export async function everyPair(base: Base, options: PairOptions): Promise<Tally> {
  const { first = () => true, second = () => true, isOver = () => false } = options;
  const tallier = new Tallier();
  const { effects } = await runCase(base, [], options);
  // In an order that a short time samples evenly, and that is the same every time.
  for (const one of shuffled(allFaults(effects, options.distinct).filter(first))) {
    if (isOver()) return { ...tallier.tally, isComplete: false };
    const { effects: after } = await runCase(base, [one], options);
    for (const two of allFaults(after, options.distinct, one.at).filter(second)) {
      await tallier.run(base, [one, two], options);
    }
  }
  return tallier.tally;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  const random = seededRandom(items.length);
  return items
    .map((item) => ({ item, key: random.number() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

export interface RandomOptions extends CaseOptions {
  readonly from: number;
  readonly count: number;
  /** How many faults the case of a seed has. */
  readonly faults: (seed: number) => number;
}

/** Cases with several faults at random; each is named by its seed, and a seed gives the same case again. */
export async function randomCases(
  base: Base,
  { from, count, faults, ...options }: RandomOptions,
): Promise<Tally> {
  const tallier = new Tallier();
  for (let seed = from; seed < from + count; seed += 1) {
    await tallier.run(base, await randomPlacements(base, seed, faults(seed)), { ...options, seed });
  }
  return tallier.tally;
}

/** Each further fault is chosen among the effects that the ones before it lead to; together they spread evenly. */
export async function randomPlacements(
  base: Base,
  seed: number,
  faults: number,
): Promise<readonly Placement[]> {
  const random = seededRandom(seed);
  let placements: readonly Placement[] = [];
  for (let nth = 0; nth < faults; nth += 1) {
    const { effects } = await runCase(base, placements, { seed });
    const choices = allFaults(effects, false, placements.at(-1)?.at ?? 0);
    // The least of as many random numbers as there are faults to come.
    const share = 1 - (1 - random.number()) ** (1 / (faults - nth));
    const chosen = choices[Math.floor(share * choices.length)];
    if (chosen) placements = [...placements, chosen];
  }
  return placements;
}

export function describeFailures({ failures }: Tally): readonly string[] {
  return failures.slice(0, 10).map(({ placements, what }) => {
    const where = placements.map(({ at, kind }) => `${kind}@${at}`).join(' ');
    return `${what} [${where}]`;
  });
}

/**
 * The first promise that breaks, trying what tells most first: no fault, every fault of the issuing request, a lost answer with
 * lists that lag or are cut, the death of the process after the issuing request. Null when all hold.
 */
export async function firstFailure(base: Base, options: CaseOptions = {}): Promise<string | null> {
  const tallier = new Tallier();
  const { effects } = await tallier.run(base, [], options);
  const issuingAt = effects.findIndex(({ kind }) => kind === 'issue') + 1;
  const onIssue = allFaults(effects, true, issuingAt - 1).filter(({ at }) => at === issuingAt);
  const deaths = allFaults(effects, true, issuingAt).filter(
    ({ at, kind }) => kind === 'kill' && (at < issuingAt + 10 || at % 2 === 0),
  );
  const lagging = await laggingLists(base, { at: issuingAt, kind: 'reset-after' }, options);
  const onWrite = allFaults(effects, true, issuingAt).filter(({ kind }) => kind === 'silent');
  const silent = [onWrite, ...onWrite.map((one) => [one])];
  for (const placements of [
    ...onIssue.map((one) => [one]),
    ...silent,
    ...lagging,
    ...deaths.map((one) => [one]),
  ]) {
    if (tallier.tally.failures.length > 0) break;
    await tallier.run(base, placements, options);
  }
  return describeFailures(tallier.tally)[0] ?? null;
}

/** The list after a lost answer lags once, is cut twice, lags twice; nothing but waiting is between the two. */
async function laggingLists(
  base: Base,
  lost: Placement,
  options: CaseOptions,
): Promise<readonly Placement[][]> {
  const { effects } = await runCase(base, [lost], options);
  const list = effects.findIndex(({ kind }, index) => kind === 'list' && index >= lost.at) + 1;
  const both = (kind: FaultKind): readonly Placement[] => [list, list + 1].map((at) => ({ at, kind }));
  return [
    [lost, { at: list, kind: 'stale' }],
    [lost, ...both('cut')],
    [lost, ...both('stale')],
  ];
}
