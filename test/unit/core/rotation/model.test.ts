import { describe, expect, test } from 'vitest';
import { makeBase } from '../../../support/sim-base.ts';
import type { Tally } from '../../../support/sim-enumerate.ts';
import { describeFailures, everyPair, everySingle, randomCases } from '../../../support/sim-enumerate.ts';
import {
  CREATIONS,
  GRACES,
  ROTATIONS,
  SELF_ROTATIONS,
  SESSION_ROTATIONS,
} from '../../../support/sim-scenarios.ts';

/**
 * The shipped steps, journal and store under faults, on a disk, a network, a keychain and a clock in memory. Here a
 * representative part; `npm run proof` tries every placement of two faults.
 */
function expectNoFailure(tally: Tally): void {
  expect(describeFailures(tally)).toEqual([]);
  expect(tally.cases).toBeGreaterThan(3);
}

const SCENARIOS = [...ROTATIONS, ...SELF_ROTATIONS, ...SESSION_ROTATIONS, ...CREATIONS];

describe('one fault', () => {
  for (const [nth, scenario] of SCENARIOS.entries()) {
    test(scenario.name, async () => {
      const filter = (_: unknown, index: number): boolean => index % 6 === nth % 6;
      expectNoFailure(await everySingle(await makeBase(scenario), { distinct: true, filter }));
    });
  }
});

/** Every place at which a success means nothing, or cannot be read. */
describe('one answer that is not to be believed', () => {
  const kinds: readonly string[] = ['silent', 'refused-in-2xx', 'renamed', 'unread', 'empty', 'cut'];
  for (const scenario of [...SCENARIOS, ...GRACES]) {
    test(scenario.name, async () => {
      const filter = ({ kind }: { kind: string }): boolean => kinds.includes(kind);
      expectNoFailure(await everySingle(await makeBase(scenario), { distinct: true, filter }));
    });
  }
});

describe('two faults', () => {
  for (const [nth, scenario] of SCENARIOS.entries()) {
    test(scenario.name, async () => {
      let step = nth;
      const tally = await everyPair(await makeBase(scenario), {
        distinct: true,
        first: (_, index) => index % 23 === nth,
        second: () => step++ % 41 === 7,
      });
      expectNoFailure(tally);
    });
  }
});

describe('three faults at random', () => {
  for (const scenario of SCENARIOS) {
    test(`${scenario.name}, seeds 1000 to 1004`, async () => {
      expectNoFailure(await randomCases(await makeBase(scenario), { from: 1000, count: 5, faults: () => 3 }));
    });
  }
});
