import { expect, test } from 'vitest';
import { Killed } from '../../../support/memory-disk.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { FAULTS, Faults } from '../../../support/sim-faults.ts';
import { ROTATIONS, SELF_ROTATIONS } from '../../../support/sim-scenarios.ts';

// An in-place rotation whose request went out may have replaced the secret: no message calms anybody.

const IN_PLACE = [...ROTATIONS, ...SELF_ROTATIONS].filter(({ provider }) => provider === 'errova');
const NOT_ACTED: readonly string[] = ['kill', 'not-sent', 'refused-in-2xx'];
const KINDS = FAULTS.issue.filter((kind) => !NOT_ACTED.includes(kind));
const CALMING = /nothing (is|was) (lost|sent|changed)|nothing was left|lists nothing new|as it was|try again/;

for (const scenario of IN_PLACE) {
  test.each(KINDS)(`%s: nothing is said that was not seen (${scenario.name})`, async (kind) => {
    const counting = new Faults([]);
    await (await SimBench.of(scenario)).rotate({}, { faults: counting });
    const at = counting.seen.findIndex((effect) => effect.kind === 'issue') + 1;
    const bench = await SimBench.of(scenario);
    // The repeat fails in the same way.
    const faults = new Faults([at, at + 1, at + 2, at + 3, at + 4, at + 5].map((nth) => ({ at: nth, kind })));
    const first = await bench.rotate({}, { faults }).catch((error: unknown) => {
      if (error instanceof Killed) return null;
      throw error;
    });
    const results = [first, (await bench.openId()) === '' ? null : await bench.resume()];
    for (const result of results) {
      if (result === null || result.kind === 'done') continue;
      const { message, hint } = result.error?.facts ?? {};
      expect([message, hint, result.manual].join(' | ')).not.toMatch(CALMING);
    }
  });
}
