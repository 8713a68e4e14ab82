import { expect, test } from 'vitest';
import { makeBase } from '../../../support/sim-base.ts';
import type { FaultKind } from '../../../support/sim-faults.ts';
import { CREATIONS, ROTATIONS, SESSION_ROTATIONS } from '../../../support/sim-scenarios.ts';
import { runCase } from '../../../support/simulator.ts';

// What is not named by this operation's marker: a list that was cut before the request tells nothing of what came after it.
const UNMARKED = [...CREATIONS, ...SESSION_ROTATIONS, ...ROTATIONS].filter(
  ({ provider }) => provider === 'errova' || provider === 'devo',
);
const KINDS: readonly FaultKind[] = ['kill', 'reset', '503', 'twice', 'reset-after', 'kill-after'];

test.each(UNMARKED)(
  '$name: a list that was cut before the request, and the request goes wrong',
  async (scenario) => {
    const base = await makeBase(scenario);
    const { effects } = await runCase(base, []);
    const issueAt = effects.findIndex(({ kind }) => kind === 'issue') + 1;
    const listAt = effects.findLastIndex(({ kind }, index) => kind === 'list' && index < issueAt) + 1;
    for (const kind of KINDS) {
      const faults =
        listAt > 0
          ? [
              { at: listAt, kind: 'cut' as const },
              { at: issueAt, kind },
            ]
          : [{ at: issueAt, kind }];
      const { violations } = await runCase(base, faults);
      expect(violations, `cut@${listAt} ${kind}@${issueAt}`).toEqual([]);
    }
  },
);
