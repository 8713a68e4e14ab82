import { expect, test } from 'vitest';
import { explain } from '../../../../src/core/operation/explain.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { rotationOf } from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;

test('a rotation in its grace period: what was done, what it waits for, what to run', async () => {
  const bench = await SimBench.of(rotationOf('devo'));
  const { operation, dueAt } = await bench.rotate({ graceMs: HOUR });
  const { host, clock } = await bench.machine.connect();
  const detail = await host.read(operation);
  if (!detail) throw new Error('not found');
  const { next, now, steps } = explain(detail, clock.now(), await host.isRunning(operation));
  expect(now).toBe(`waits on purpose: the old token works until ${dueAt}`);
  expect(next).toEqual([
    `keyturn rotations resume ${operation} --now`,
    `keyturn rotations abort ${operation}`,
  ]);
  expect(steps.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['sent the request; a whole answer arrived', 'tried the new secret']),
  );
  const text = JSON.stringify({ next, now, steps });
  for (const secret of bench.machine.secrets) expect(text).not.toContain(secret);
});

test('one that ended has nothing to run next; an unknown one is not found', async () => {
  const bench = await SimBench.of(rotationOf('devo'));
  const { operation, old } = await bench.rotate();
  expect(old).toMatchObject({ id: bench.oldId, outcome: 'revoked', at: expect.any(String) });
  const { host } = await bench.machine.connect();
  const detail = await host.read(operation);
  expect(detail && explain(detail, 0, false)).toMatchObject({
    now: expect.stringMatching(/^done at /),
    next: [],
  });
  expect(await host.read('0'.repeat(32))).toBeNull();
  expect(await host.read('../x')).toBeNull();
});

test('one that runs is not to be resumed or aborted', async () => {
  const bench = await SimBench.of(rotationOf('devo'));
  const { operation } = await bench.rotate({ graceMs: HOUR });
  const { host } = await bench.machine.connect();
  const detail = await host.read(operation);
  expect(detail && explain(detail, 0, true)).toMatchObject({ now: 'another keyturn is at it now', next: [] });
});
