import { describe, expect, test } from 'vitest';
import { Killed } from '../../../support/memory-disk.ts';
import { DESTINATION, SimBench } from '../../../support/sim-bench.ts';
import type { FaultKind } from '../../../support/sim-faults.ts';
import { Faults } from '../../../support/sim-faults.ts';
import type { Scenario } from '../../../support/sim-scenarios.ts';
import { rotationOf, SELF_ROTATIONS } from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;
const OVERLAPS = ['devo', 'prefactor', 'bluebricks'] as const;

/** A rotation that is struck where `find` first says so. */
async function struck(
  scenario: Scenario,
  kind: FaultKind,
  find: (what: string) => boolean,
): Promise<SimBench> {
  const counting = new Faults([]);
  await (await SimBench.of(scenario)).rotate({}, { faults: counting });
  const at = counting.seen.findIndex(({ what }) => find(what)) + 1;
  expect(at).toBeGreaterThan(0);
  const bench = await SimBench.of(scenario);
  try {
    await bench.rotate({}, { faults: new Faults([{ at, kind }]) });
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  return bench;
}

const isIssuing = (what: string): boolean =>
  what.startsWith('POST') && /tokens$|api_token$|auth\/key$|rotate$/.test(what);

describe('abort during the grace', () => {
  for (const provider of OVERLAPS) {
    test(`goes back to the old one (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      const { item } = await bench.rotate({ graceMs: HOUR });
      const result = await bench.abort();
      expect(result).toMatchObject({ kind: 'aborted', exit: 'ok', error: null });
      expect(await bench.currentId()).toBe(bench.oldId);
      expect(bench.isLive(item?.id ?? '')).toBe(false);
      expect(result.left).toEqual([expect.stringContaining('still has the new secret')]);
      const { store } = await bench.machine.connect();
      expect((await store.find('ci'))?.versions).toHaveLength(1);
      expect(await bench.state()).toBe('aborted');
    });
  }

  test('gives the profile its old token id back', async () => {
    const [, prefactor] = SELF_ROTATIONS;
    if (!prefactor) throw new Error('no scenario');
    const bench = await SimBench.of(prefactor);
    await bench.rotate({ graceMs: HOUR });
    await bench.abort();
    expect((await bench.machine.profiles.find('main'))?.tokenId).toBe(bench.oldId);
    expect(await bench.currentId()).toBe(bench.oldId);
  });
});

describe('abort after the old one was paused', () => {
  for (const provider of OVERLAPS) {
    test(`enables it again (${provider})`, async () => {
      const isPause = (what: string): boolean => /\/(disable|suspend|deactivate)$/.test(what);
      const bench = await struck(rotationOf(provider), 'kill-after', isPause);
      expect(bench.isLive(bench.oldId)).toBe(false);
      const result = await bench.abort();
      expect(result.undone.some((line) => line.includes('enabled again'))).toBe(true);
      expect(await bench.currentId()).toBe(bench.oldId);
    });
  }
});

describe('there is no way back', () => {
  for (const provider of ['devo', 'prefactor'] as const) {
    test(`once the old one is gone for good (${provider})`, async () => {
      const isEnd = (what: string): boolean => what.startsWith('DELETE') || what.endsWith('/revoke');
      const bench = await struck(rotationOf(provider), 'kill-after', isEnd);
      await expect(bench.abort()).rejects.toMatchObject({ code: 'conflict' });
      expect((await bench.resume()).kind).toBe('done');
    });
  }

  test('once the new secret is sealed in place', async () => {
    const bench = await SimBench.of(rotationOf('errova'));
    const broken = bench.machine.place.open(DESTINATION, new Faults([{ at: 2, kind: 'fail' }]));
    const result = await bench.rotate(
      {},
      { delivery: { saveAs: null, destinations: [broken], print: null } },
    );
    expect(result).toMatchObject({
      kind: 'pending',
      manual: expect.stringMatching(/old secret of "ci" is replaced/),
    });
    await expect(bench.abort()).rejects.toMatchObject({ code: 'conflict' });
    expect((await bench.resume()).kind).toBe('done');
    expect(await bench.currentId()).toBe(bench.oldId);
  });
});

test('abort closes an in-place rotation whose answer is lost, and says what is lost', async () => {
  const bench = await struck(rotationOf('errova'), 'kill-after', isIssuing);
  const result = await bench.abort();
  expect(result).toMatchObject({ kind: 'aborted', exit: 'ok' });
  expect(result.left.join()).toMatch(/may have a new secret that nobody has/);
  expect((await bench.rotate()).kind).toBe('done');
  expect(await bench.currentId()).toBe(bench.oldId);
});

describe('abort of an issuing request whose answer is lost', () => {
  for (const provider of OVERLAPS) {
    test(`ends what it made (${provider})`, async () => {
      const bench = await struck(rotationOf(provider), 'kill-after', isIssuing);
      const live = bench.machine.things().filter((thing) => thing.live).length;
      expect((await bench.abort()).exit).toBe('ok');
      expect(bench.machine.things().filter((thing) => thing.live)).toHaveLength(live - 1);
      expect(await bench.currentId()).toBe(bench.oldId);
    });
  }
});

test('an abort that was begun is what resume finishes', async () => {
  const counting = await SimBench.of(rotationOf('devo'));
  await counting.rotate({ graceMs: HOUR });
  const faults = new Faults([]);
  await counting.abort({ faults });
  for (let at = 1; at <= faults.seen.length; at += 3) {
    const bench = await SimBench.of(rotationOf('devo'));
    const { item } = await bench.rotate({ graceMs: HOUR });
    await expect(bench.abort({ faults: new Faults([{ at, kind: 'kill' }]) })).rejects.toBeInstanceOf(Killed);
    await bench.machine.clock.sleep(2 * HOUR);
    if ((await bench.openId()) !== '') await bench.resume();
    // Whichever way it ended, one of the two is current and the other is gone.
    const current = await bench.currentId();
    const isBack = current === bench.oldId;
    expect(isBack || current === item?.id).toBe(true);
    expect(bench.isLive(isBack ? (item?.id ?? '') : bench.oldId)).toBe(false);
  }
});

test('nothing was sent: the operation is dropped', async () => {
  const bench = await struck(rotationOf('devo'), 'kill', isIssuing);
  const result = await bench.abort();
  expect(result).toMatchObject({ kind: 'aborted', exit: 'ok', undone: [], left: [] });
  expect((await bench.rotate()).kind).toBe('done');
});

test('what needs a person may be closed by one', async () => {
  const [, , errova] = SELF_ROTATIONS;
  if (!errova) throw new Error('no scenario');
  const bench = await struck(errova, 'kill-after', isIssuing);
  expect(await bench.resume()).toMatchObject({ kind: 'attention', exit: 'lost', orphanId: bench.oldId });
  const result = await bench.abort();
  expect(result).toMatchObject({ kind: 'aborted', exit: 'ok' });
  expect(result.left[0]).toContain('make a new credential');
});
