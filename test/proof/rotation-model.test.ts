import { describe, expect, test } from 'vitest';
import { makeBase } from '../support/sim-base.ts';
import type { Tally } from '../support/sim-enumerate.ts';
import { describeFailures, everyPair, everySingle, randomCases } from '../support/sim-enumerate.ts';
import { CREATIONS, ROTATIONS, SELF_ROTATIONS, SESSION_ROTATIONS } from '../support/sim-scenarios.ts';

/**
 * The model at length: see test/unit/core/rotation/model.test.ts. `KEYTURN_PROOF_MINUTES` is the time for all pairs
 * together (6 unless given; 0 for as long as it takes: every placement of two faults). `KEYTURN_SEED` is the first seed
 * of the random cases, `KEYTURN_SEEDS` how many there are for each scenario: with 840 more than 10,000 in all.
 */
const SCENARIOS = [...ROTATIONS, ...SELF_ROTATIONS, ...SESSION_ROTATIONS, ...CREATIONS];
const MINUTES = Number(process.env['KEYTURN_PROOF_MINUTES'] ?? '6');
const SHARE_MS = MINUTES === 0 ? Number.POSITIVE_INFINITY : (MINUTES * 60_000) / SCENARIOS.length;
const SEED = Number(process.env['KEYTURN_SEED'] ?? '1');
const SEEDS = Number(process.env['KEYTURN_SEEDS'] ?? '840');
const HOURS = 6 * 3_600_000;

function tell(what: string, tally: Tally): void {
  const ends = Object.entries(tally.ends).map(([end, count]) => `${end} ${count}`);
  const part = tally.isComplete ? '' : ' (time was up before every placement)';
  console.log(`${what}: ${tally.cases} cases, ${tally.failures.length} failures: ${ends.join(', ')}${part}`);
  expect(describeFailures(tally)).toEqual([]);
}

describe('the model, every fault on its own', () => {
  for (const scenario of SCENARIOS) {
    test(scenario.name, { timeout: HOURS }, async () => {
      const base = await makeBase(scenario);
      tell(`one fault, ${scenario.name}`, await everySingle(base, { distinct: false, thorough: true }));
    });
  }
});

describe('the model, every two faults', () => {
  for (const scenario of SCENARIOS) {
    test(scenario.name, { timeout: HOURS }, async () => {
      const base = await makeBase(scenario);
      const end = performance.now() + SHARE_MS;
      const isOver = (): boolean => performance.now() > end;
      tell(`two faults, ${scenario.name}`, await everyPair(base, { distinct: true, isOver }));
    });
  }
});

describe('the model, one to four faults at random', () => {
  for (const scenario of SCENARIOS) {
    const last = SEED + SEEDS - 1;
    test(`${scenario.name}, seeds ${SEED} to ${last}`, { timeout: HOURS }, async () => {
      const base = await makeBase(scenario);
      const tally = await randomCases(base, { from: SEED, count: SEEDS, faults: (seed) => 1 + (seed % 4) });
      tell(`one to four faults, seeds ${SEED} to ${last}, ${scenario.name}`, tally);
    });
  }
});
