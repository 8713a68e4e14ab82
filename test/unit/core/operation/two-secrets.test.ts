import { describe, expect, test } from 'vitest';
import { createKey } from '../../../../src/core/create/key.ts';
import { createToken } from '../../../../src/core/create/token.ts';
import type { Transport } from '../../../../src/ports/transport.ts';
import { answering, faulty } from '../../../support/sim-answers.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import type { Scenario } from '../../../support/sim-scenarios.ts';
import { CREATIONS, ROTATIONS, rotationOf, SELF_ROTATIONS } from '../../../support/sim-scenarios.ts';

const OVERLAPS = [...ROTATIONS, ...SELF_ROTATIONS].filter(({ provider }) => provider !== 'errova');
const IN_PLACE = [...ROTATIONS, ...SELF_ROTATIONS].filter(({ provider }) => provider === 'errova');
const TWO = faulty({ kind: 'double', field: 'replacement_token' });

describe('#40 an answer with two values that may be the secret', () => {
  for (const scenario of OVERLAPS) {
    test(`needs a person, changes nothing, and abort ends the new one: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const before = live(bench);
      const result = await bench.rotate({}, { mutation: TWO });
      expect(result).toMatchObject({ kind: 'attention', exit: 'orphan', delivery: { destinations: [] } });
      expect(result.orphanId).not.toBeNull();
      expect(await bench.currentId()).toBe(bench.oldId);
      expect(bench.machine.place.received).toEqual([]);
      expect((await bench.resume({ mutation: TWO })).kind).toBe('attention');
      expect(bench.machine.requests.filter(({ isIssuing }) => isIssuing)).toHaveLength(1);

      expect(await bench.abort({ mutation: TWO })).toMatchObject({ kind: 'aborted', exit: 'ok' });
      expect(live(bench)).toEqual(before);
    });
  }

  for (const scenario of IN_PLACE) {
    test(`needs a person, who may close it by hand: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const result = await bench.rotate({}, { mutation: TWO });
      expect(result).toMatchObject({ kind: 'attention', exit: 'lost', orphanId: bench.oldId });
      const { store } = await bench.machine.connect();
      expect((await store.find(bench.entry))?.versions).toHaveLength(1);
      expect(bench.machine.place.received).toEqual([]);
      expect(await bench.abort()).toMatchObject({ kind: 'aborted', exit: 'ok' });
    });
  }

  for (const scenario of CREATIONS) {
    test(`is kept nowhere: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const result = await create(bench, scenario);
      expect(result).toMatchObject({ kind: 'attention', exit: 'orphan' });
      expect(result.orphanId).not.toBeNull();
      const { store } = await bench.machine.connect();
      expect(await store.find('new')).toBeNull();
    });
  }

  test('is no less so when it was cut in its last byte', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const isCut = answering((body) => body.subarray(0, -1));
    const transport = (inner: Transport): Transport => {
      const whole = TWO.transport?.(inner) ?? inner;
      const cut = isCut.transport?.(whole) ?? whole;
      return {
        call: (...given) => inner.call(...given),
        close: () => inner.close(),
        sendOnce: async (...given) => {
          await cut.sendOnce(...given);
          return { kind: 'ambiguous', reason: 'reset', status: 201, bytes: 1 };
        },
      };
    };
    const result = await bench.rotate({}, { mutation: { name: 'cut', transport } });
    expect(result).toMatchObject({ kind: 'attention', exit: 'orphan' });
    expect(bench.machine.requests.filter(({ isIssuing }) => isIssuing)).toHaveLength(1);
  });

  test('leaves what arrived sealed in the journal', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    await bench.rotate({}, { mutation: TWO });
    const { host } = await bench.machine.connect();
    const bytes = await host.resume(await bench.openId(), async (journal) => {
      expect(await journal.stashed()).toBeNull();
      return (await journal.captured('issue'))?.bytes;
    });
    const body = JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
    expect(bench.machine.secrets).toContain(body.api_key);
    expect(body.replacement_token).toMatch(/^bbx_/);
  });
});

function live(bench: SimBench): readonly string[] {
  return bench.machine
    .things()
    .filter((thing) => thing.live)
    .map(({ id }) => id);
}

async function create(bench: SimBench, scenario: Scenario) {
  const deps = await bench.machine.connect({ mutation: TWO });
  const delivery = { saveAs: 'new', destinations: [], print: null };
  if (scenario.thing === 'key') {
    return createKey(deps, { project: 'web', name: 'new', type: 'server_signed', delivery });
  }
  const isDevo = scenario.provider === 'devo';
  const options = isDevo ? { user: 'admin@example.com', audience: 'apiv2' } : {};
  const spec = {
    name: scenario.provider === 'prefactor' ? null : 'new',
    scopes: isDevo ? ['table://a.**'] : [],
    expiresAt: null,
    options,
    idempotencyKey: null,
  };
  return createToken(deps, { spec, delivery });
}
