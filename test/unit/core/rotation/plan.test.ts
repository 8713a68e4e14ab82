import { describe, expect, test } from 'vitest';
import { createKey } from '../../../../src/core/create/key.ts';
import { describePlan } from '../../../../src/core/rotation/describe.ts';
import { planRotation } from '../../../../src/core/rotation/plan.ts';
import { tokenOf } from '../../../support/fakes.ts';
import { DESTINATION, SimBench } from '../../../support/sim-bench.ts';
import { ROTATIONS, rotationOf, SELF_ROTATIONS } from '../../../support/sim-scenarios.ts';

const [ERROVA] = ROTATIONS;
const HOUR = 3_600_000;

describe('a plan', () => {
  test('sends nothing and begins nothing', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    await bench.plan();
    expect(bench.machine.requests).toEqual([]);
    expect(await bench.state()).toBeUndefined();
  });

  test('goes to the entry that holds the secret already', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const { plan } = await bench.plan();
    expect(plan.entry).toEqual({ name: 'ci', kind: 'token', from: '1' });
    expect(plan.destinations).toEqual([DESTINATION]);
  });

  test('of a token that ends in the year 9999 asks for no end beyond it', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const deps = await bench.machine.connect();
    const dates = { createdAt: '2026-01-01T00:00:00Z', expiresAt: '9999-12-31T23:59:59Z' };
    const attributes = { token_scope: 'account', account_id: '01m8gvhrzjmek6c20vmb8g2z6p9ecb01' };
    const token = { ...tokenOf(bench.oldId, { name: null, attributes }), ...dates };
    const { plan } = await planRotation(deps, {
      target: { kind: 'token', token },
      delivery: bench.toDestination(),
    });
    // The seconds are the mark.
    expect(plan.spec?.expiresAt).toMatch(/^9999-12-31T23:59:\d\dZ$/);
  });

  test('refuses an entry that holds something else', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const delivery = { ...bench.toDestination(), saveAs: 'main' };
    await expect(bench.plan({}, { delivery })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('refuses the credential in use unless that is wanted', async () => {
    for (const scenario of SELF_ROTATIONS) {
      const bench = await SimBench.of(scenario);
      await expect(bench.plan({ allowSelf: false })).rejects.toMatchObject({ code: 'conflict' });
    }
  });

  test('refuses grace where the old secret dies at once', async () => {
    const bench = await SimBench.of(ERROVA ?? rotationOf('errova'));
    await expect(bench.plan({ graceMs: HOUR })).rejects.toMatchObject({ code: 'usage' });
    await expect(bench.plan({ retainOld: true })).rejects.toMatchObject({ code: 'usage' });
  });

  test('refuses to keep the old one for good and for a while', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    await expect(bench.plan({ graceMs: HOUR, retainOld: true })).rejects.toMatchObject({ code: 'usage' });
  });

  test('refuses a key of a browser, which has no secret', async () => {
    const [, key] = ROTATIONS;
    const bench = await SimBench.of(key ?? rotationOf('errova'));
    const deps = await bench.machine.connect();
    const nothing = { saveAs: null, destinations: [], print: null };
    const wanted = { project: 'web', name: 'web', type: 'browser_public', delivery: nothing } as const;
    const { item } = await createKey(deps, wanted);
    if (!item) throw new Error('not made');
    const before = bench.machine.requests.length;
    const target = { kind: 'key', project: 'web', key: item } as const;
    await expect(planRotation(deps, { target, delivery: bench.toDestination() })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('no secret to rotate'),
    });
    expect(bench.machine.requests).toHaveLength(before);
  });

  test('--revoke means no grace', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    expect((await bench.plan({ graceMs: HOUR, revoke: true })).plan.graceMs).toBeNull();
  });
});

describe('a plan in words', () => {
  test('in place: what dies at once cannot be undone', async () => {
    const lines = describePlan(await (await SimBench.of(rotationOf('errova'))).plan());
    expect(lines.map(({ step }) => step)).toEqual([
      'preflight',
      'issue',
      'store',
      'verify',
      'switch',
      'deliver',
    ]);
    const issuing = lines.find(({ step }) => step === 'issue');
    expect(issuing?.what).toMatch(/^POST \/api\/organizations\/acme-inc\/machine-tokens\/.*\/rotate: /);
    expect(issuing?.what).toContain('stops working');
    expect(issuing?.undo).toBeNull();
  });

  test('overlap: the old one is disabled, then deleted', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const lines = describePlan(await bench.plan({ graceMs: HOUR }));
    expect(lines.map(({ step }) => step)).toEqual([
      'preflight',
      'issue',
      'store',
      'verify',
      'switch',
      'deliver',
      'grace',
      'disable',
      'retire',
    ]);
    expect(lines.at(-3)?.what).toContain('keep "ci" valid for 1h');
    expect(lines.at(-2)).toMatchObject({ what: 'disable "ci"', undo: 'abort enables it again' });
    expect(lines.at(-1)).toMatchObject({ what: 'delete "ci" for good', undo: null });
  });

  test('named: disabling is the end', async () => {
    const lines = describePlan(await (await SimBench.of(rotationOf('bluebricks'))).plan());
    expect(lines.at(-1)).toMatchObject({ step: 'disable', what: 'disable "ci"' });
    expect(lines.find(({ step }) => step === 'issue')?.what).toMatch(
      /a new token "ci-20261122-[0-9a-f]{16}"/,
    );
  });
});
