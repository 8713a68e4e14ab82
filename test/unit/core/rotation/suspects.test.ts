import { describe, expect, test } from 'vitest';
import { createKey } from '../../../../src/core/create/key.ts';
import { createToken } from '../../../../src/core/create/token.ts';
import type { OperationResult } from '../../../../src/core/operation/result.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { fingerprintOf } from '../../../support/sim-fakes.ts';
import { Faults } from '../../../support/sim-faults.ts';
import type { Scenario } from '../../../support/sim-scenarios.ts';
import { CREATIONS } from '../../../support/sim-scenarios.ts';

const DELIVERY = { saveAs: 'new', destinations: [], print: null };
const OPTIONS = { user: 'admin@example.com', audience: 'apiv2' };

async function create(bench: SimBench, faults: Faults): Promise<OperationResult<unknown>> {
  const deps = await bench.machine.connect({ faults });
  const { project, scenario } = bench.machine.base;
  if (scenario.thing === 'key') {
    return createKey(deps, {
      project: project ?? '',
      name: 'new',
      type: 'server_signed',
      delivery: DELIVERY,
    });
  }
  const spec = {
    name: 'new',
    scopes: ['table://a.**'],
    expiresAt: null,
    options: OPTIONS,
    idempotencyKey: null,
  };
  return createToken(deps, { spec, delivery: DELIVERY });
}

/** Where the issuing request is among the effects, from 1. */
async function issueOf(scenario: Scenario): Promise<number> {
  const counting = new Faults([]);
  await create(await SimBench.of(scenario), counting);
  return counting.seen.findIndex(({ kind }) => kind === 'issue') + 1;
}

/** The id of the live thing whose secret is kept as "new". */
async function keptId({ machine }: SimBench): Promise<string | null> {
  const { store } = await machine.connect();
  if (!(await store.find('new'))) return null;
  const print = fingerprintOf((await store.open('new')).reveal());
  return machine.things().find(({ live, fingerprint }) => live && fingerprint === print)?.id ?? null;
}

function ends({ machine }: SimBench): readonly string[] {
  return machine.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
}

describe('a gateway repeats a create, and the duplicate is only suspected', () => {
  for (const scenario of CREATIONS.filter(({ provider }) => provider === 'devo' || provider === 'errova')) {
    test(`abort closes it, and the new one stays (${scenario.name})`, async () => {
      const bench = await SimBench.of(scenario);
      const made = await create(bench, new Faults([{ at: await issueOf(scenario), kind: 'twice' }]));
      expect(made).toMatchObject({ kind: 'attention', exit: 'orphan' });
      expect(made.manual).toContain('the new token stays');
      const kept = await keptId(bench);
      expect(kept).not.toBeNull();

      const result = await bench.abort();
      expect(result).toMatchObject({ kind: 'done', exit: 'ok', error: null, undone: [] });
      expect(result.left).toEqual([
        expect.stringContaining('in use'),
        expect.stringContaining(`"${made.orphanId}"`),
      ]);
      expect(await keptId(bench)).toBe(kept);
      expect(bench.isLive(made.orphanId ?? '')).toBe(true);
      expect(ends(bench)).toEqual([]);
      expect(await bench.state()).toBe('done');
    });

    test(`a kill before the person is told changes nothing (${scenario.name})`, async () => {
      const at = await issueOf(scenario);
      const counting = new Faults([{ at, kind: 'twice' }]);
      await create(await SimBench.of(scenario), counting);
      const bench = await SimBench.of(scenario);
      const killed = new Faults([
        { at, kind: 'twice' },
        { at: counting.seen.length - 1, kind: 'kill' },
      ]);
      await expect(create(bench, killed)).rejects.toBeInstanceOf(Killed);
      expect(await bench.state()).toBe('open');
      const kept = await keptId(bench);
      expect(kept).not.toBeNull();
      expect((await bench.abort()).kind).toBe('done');
      expect(await keptId(bench)).toBe(kept);
    });
  }
});
