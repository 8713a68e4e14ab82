import { describe, expect, test } from 'vitest';
import { makeBase } from '../support/sim-base.ts';
import type { Tally } from '../support/sim-enumerate.ts';
import { describeFailures, everyPair, everySingle, randomCases } from '../support/sim-enumerate.ts';
import { CREATIONS, ROTATIONS, SELF_ROTATIONS } from '../support/sim-scenarios.ts';

/**
 * The model at length: see test/unit/core/rotation/model.test.ts. `KEYTURN_PROOF_MINUTES` is the time for all pairs
 * together (6 unless given; 0 for as long as it takes: every placement of two faults). `KEYTURN_SEED` is the first seed
 * of the random cases.
 */
const SCENARIOS = [...ROTATIONS, ...SELF_ROTATIONS, ...CREATIONS];
const MINUTES = Number(process.env['KEYTURN_PROOF_MINUTES'] ?? '6');
const SHARE_MS = MINUTES === 0 ? Number.POSITIVE_INFINITY : (MINUTES * 60_000) / SCENARIOS.length;
const SEED = Number(process.env['KEYTURN_SEED'] ?? '1');
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

describe('the model, faults at random', () => {
  for (const scenario of SCENARIOS) {
    for (const faults of [3, 4]) {
      const last = SEED + 79;
      test(`${scenario.name}, ${faults} faults, seeds ${SEED} to ${last}`, { timeout: HOURS }, async () => {
        const base = await makeBase(scenario);
        const tally = await randomCases(base, { from: SEED, count: 80, faults });
        tell(`${faults} faults at random, seeds ${SEED} to ${last}, ${scenario.name}`, tally);
      });
    }
  }
});
