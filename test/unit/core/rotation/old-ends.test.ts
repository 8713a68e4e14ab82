import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Transport } from '../../../../src/ports/transport.ts';
import { calling } from '../../../support/sim-answers.ts';
import { DESTINATION, SimBench } from '../../../support/sim-bench.ts';
import { fingerprintOf } from '../../../support/sim-fakes.ts';
import { Faults } from '../../../support/sim-faults.ts';
import type { Scenario } from '../../../support/sim-scenarios.ts';
import { rotationOf, SELF_ROTATIONS } from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;
const OTHERS = [rotationOf('devo'), rotationOf('prefactor')];
const SELVES = SELF_ROTATIONS.filter(({ provider }) => provider !== 'errova');

/** A rotation whose old one ends while the new one is being made. */
async function ending(scenario: Scenario, devoCreateReturnsToken = true) {
  const bench = await SimBench.of({ ...scenario, oldEndsAfterMs: HOUR }, { devoCreateReturnsToken });
  const hooks = {
    beforeWrite: async () => {},
    afterIssue: () => void bench.machine.clock.sleep(2 * HOUR),
    onCaptured: () => {},
  };
  return { bench, hooks };
}

/** The provider goes on refusing whatever was issued. */
function refusingNew(bench: SimBench): (inner: Transport) => Transport {
  const known = new Set(bench.machine.secrets.map(fingerprintOf));
  return calling(async (inner, endpoint, request) => {
    const isNew = !known.has(fingerprintOf(endpoint.secret.reveal()));
    const body = new TextEncoder().encode('{"error":{"code":401,"message":"unknown token"}}');
    if (isNew) return { status: 401, header: () => null, body };
    return inner.call(endpoint, request);
  });
}

function anotherLogin(bench: SimBench, scenario: Scenario) {
  const login = bench.machine.sandbox.logins.find(({ provider }) => provider === scenario.provider);
  return { secret: Secret.of(login?.secret ?? ''), credentialName: null };
}

describe('#71 an old one that ends before the new one is proved', () => {
  for (const scenario of [...OTHERS, ...SELVES]) {
    test(`does not stop the new one: ${scenario.name}`, async () => {
      const { bench, hooks } = await ending(scenario);
      expect(bench.isLive(bench.oldId)).toBe(true);
      const result = await bench.rotate({}, { hooks });
      expect(bench.isLive(bench.oldId)).toBe(false);
      expect(result).toMatchObject({ kind: 'done', exit: 'ok', delivery: { destinations: [DESTINATION] } });
      expect(await bench.currentId()).toBe(result.item?.id);
    });

    test(`does not stop a resume either: ${scenario.name}`, async () => {
      const counting = await ending(scenario);
      const seen = new Faults([]);
      await counting.bench.rotate({}, { hooks: counting.hooks, faults: seen });
      const issuing = seen.seen.findIndex(({ kind }) => kind === 'issue') + 1;
      const { bench, hooks } = await ending(scenario);
      const faults = new Faults([{ at: issuing + 6, kind: 'kill' }]);
      await expect(bench.rotate({}, { hooks, faults })).rejects.toThrow();
      const result = await bench.resume();
      expect(result).toMatchObject({ kind: 'done', exit: 'ok' });
      expect(await bench.currentId()).toBe(result.item?.id);
    });
  }

  test('a new one that is refused is ended by the keeper', async () => {
    const { bench, hooks } = await ending(rotationOf('prefactor'));
    const mutation = { name: 'refused', transport: refusingNew(bench) };
    const result = await bench.rotate({}, { hooks, mutation });
    expect(result).toMatchObject({ kind: 'aborted', exit: 'failure' });
    expect(bench.machine.things().at(-1)?.live).toBe(false);
  });

  for (const scenario of SELVES) {
    test(`a new one that is refused is named where there is no keeper: ${scenario.name}`, async () => {
      const { bench, hooks } = await ending(scenario);
      const mutation = { name: 'refused', transport: refusingNew(bench) };
      const result = await bench.rotate({}, { hooks, mutation });
      const made = bench.machine.things().at(-1);
      expect(result).toMatchObject({ kind: 'attention', exit: 'orphan', orphanId: made?.id });
      expect((await bench.resume({ mutation })).kind).toBe('attention');

      const connection = anotherLogin(bench, scenario);
      expect(await bench.resume({ mutation, connection })).toMatchObject({ kind: 'aborted' });
      expect(bench.isLive(made?.id ?? '')).toBe(false);
    });
  }

  test('a secret that only the old one could read waits for another login', async () => {
    const [devo] = SELVES;
    if (!devo) throw new Error('no scenario');
    const { bench, hooks } = await ending(devo, false);
    expect(await bench.rotate({}, { hooks })).toMatchObject({ kind: 'pending', error: { code: 'auth' } });
    const result = await bench.resume({ connection: anotherLogin(bench, devo) });
    expect(result).toMatchObject({ kind: 'done', exit: 'ok' });
    expect(await bench.currentId()).toBe(result.item?.id);
  });

  test('there is no way back to it: abort refuses, and resume finishes', async () => {
    const scenario = { ...rotationOf('prefactor'), oldEndsAfterMs: 2 * HOUR };
    const bench = await SimBench.of(scenario);
    const { item } = await bench.rotate({ graceMs: 24 * HOUR });
    await bench.machine.clock.sleep(3 * HOUR);
    const before = bench.machine.requests.filter(({ method }) => method !== 'GET').length;
    await expect(bench.abort()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('ended for good'),
    });
    expect(bench.machine.requests.filter(({ method }) => method !== 'GET')).toHaveLength(before);
    expect(bench.isLive(item?.id ?? '')).toBe(true);
    // Its grace is over with it.
    expect((await bench.resume()).kind).toBe('done');
    expect(await bench.currentId()).toBe(item?.id);
  });
});
