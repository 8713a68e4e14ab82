import { describe, expect, test } from 'vitest';
import { chooseOperations, nothingUnfinished } from '../../../../src/core/rotation/choose-operations.ts';
import { chooseTargets, type TargetChoice } from '../../../../src/core/rotation/choose-targets.ts';
import type { OperationState, OperationSummary } from '../../../../src/ports/journal.ts';
import { fakeProvider } from '../../../support/fakes.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { rotationOf } from '../../../support/sim-scenarios.ts';

const DAY = 86_400_000;

function operation(
  id: string,
  profile: string | null,
  more: { state?: OperationState; provider?: string } = {},
): OperationSummary {
  const { state = 'open', provider = 'devo' } = more;
  const place = { provider, origin: 'https://vendor.test', subject: '', plan: {} };
  const header = { id, kind: 'rotate token', startedAt: '', profile, ...place } as const;
  return { header, state, lastStep: null, dueAt: null, reason: null, endedAt: null, keyId: 'store-1' };
}

describe('which operations are meant', () => {
  const all = [
    operation('a', 'one'),
    operation('b', 'two', { state: 'attention' }),
    operation('c', 'two', { provider: 'errova' }),
    operation('d', 'one', { state: 'done' }),
    operation('e', null),
  ];
  const ids = (choice: Parameters<typeof chooseOperations>[1]) =>
    chooseOperations(all, choice).map(({ header }) => header.id);

  test('the one of the profile, when there is one', () => {
    expect(ids({ profile: 'one' })).toEqual(['a']);
    expect(ids({ profile: 'two', provider: 'errova' })).toEqual(['c']);
    expect(ids({ profile: 'nobody' })).toEqual([]);
  });

  test('all open ones, or those of the profile', () => {
    expect(ids({ all: true })).toEqual(['a', 'c', 'e']);
    expect(ids({ all: true, profile: 'two' })).toEqual(['c']);
  });

  test('the one that is named, whatever its state; an unknown one is left to the journal', () => {
    expect(ids({ id: 'b' })).toEqual(['b']);
    expect(ids({ id: 'b', profile: 'two' })).toEqual(['b']);
    expect(ids({ id: 'nobody’s', profile: 'two' })).toEqual([]);
    expect(ids({ id: 'd' })).toEqual([]);
  });

  test('never one of several, of another profile, or with a second choice', () => {
    const wrong = [{}, { profile: 'two' }, { id: 'a', profile: 'two' }, { id: 'e', profile: 'one' }];
    for (const choice of [...wrong, { id: 'a', provider: 'errova' }, { id: 'a', all: true }]) {
      expect(() => ids(choice), JSON.stringify(choice)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  test('nothing is told of others when a profile was named', () => {
    expect(nothingUnfinished({})).toBe('nothing is unfinished');
    expect(nothingUnfinished({ profile: 'p', provider: 'devo' })).toContain('profile "p"');
    expect(nothingUnfinished({ provider: 'devo' })).toContain('of devo');
  });
});

describe('which tokens are meant', () => {
  /** The old one ends after 10 days; the provider's own, after 29. */
  async function choose(change: Partial<TargetChoice>, days = 0) {
    const bench = await SimBench.of({ ...rotationOf('devo'), oldEndsAfterMs: 10 * DAY });
    await bench.machine.clock.sleep(days * DAY);
    const deps = await bench.machine.connect();
    const choice = { references: [], all: null, onlyIfWithinMs: null, max: 10, ...change };
    const { chosen, due } = await chooseTargets(
      { ...deps, store: async () => deps.store, loadProvider: async () => fakeProvider() },
      choice,
    );
    const mine = (list: typeof chosen) => list.filter(({ name }) => name === 'ci').length;
    return { chosen: chosen.length, ci: mine(chosen), due: due.length };
  }

  test('those that end within the time, and have not ended yet', async () => {
    expect(await choose({ all: { expiringWithinMs: 9 * DAY } })).toMatchObject({ chosen: 0 });
    expect(await choose({ all: { expiringWithinMs: 11 * DAY } })).toEqual({ chosen: 1, ci: 1, due: 1 });
    expect(await choose({ all: { expiringWithinMs: 11 * DAY } }, 11)).toMatchObject({ ci: 0 });
  });

  test('a name twice is one token', async () => {
    expect(await choose({ references: ['ci', 'ci'], max: 1 })).toEqual({ chosen: 1, ci: 1, due: 1 });
  });

  test('of those, only what is due', async () => {
    expect(await choose({ references: ['ci'], onlyIfWithinMs: 9 * DAY })).toEqual({
      chosen: 1,
      ci: 1,
      due: 0,
    });
    expect(await choose({ references: ['ci'], onlyIfWithinMs: 11 * DAY })).toMatchObject({ due: 1 });
  });

  test('never none by mistake, and never more than was said', async () => {
    await expect(choose({})).rejects.toMatchObject({ code: 'usage' });
    await expect(choose({ all: { expiringWithinMs: 11 * DAY }, max: 0 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('more than 0'),
    });
  });
});
