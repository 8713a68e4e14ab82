import { describe, expect, test } from 'vitest';
import { Secret } from '../../../../src/domain/secret.ts';
import { DESTINATION, SimBench } from '../../../support/sim-bench.ts';
import { Faults } from '../../../support/sim-faults.ts';
import { rotationOf } from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;

describe('resume', () => {
  test('sends nothing when the origin changed since', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    await bench.rotate({ graceMs: HOUR });
    const before = bench.machine.requests.length;
    const elsewhere = bench.resume({ connection: { origin: 'https://other.test' } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'conflict' });
    expect(bench.machine.requests).toHaveLength(before);
    expect((await bench.resume()).kind).toBe('pending');
  });

  test('sends nothing when the account changed since: ids repeat between accounts', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    await bench.rotate({ graceMs: HOUR });
    const before = bench.machine.requests.length;
    const elsewhere = bench.resume({ connection: { settings: { region: 'us', domain: 'other' } } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'conflict' });
    expect(bench.machine.requests).toHaveLength(before);
  });

  test('of a finished operation is not-found', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const { operation } = await bench.rotate();
    const { host } = await bench.machine.connect();
    await expect(host.resume(operation, async () => 'taken up')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('of a secret that waits to be printed says so, and another destination will do', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const print = async () => {
      throw new TypeError('the pipe is closed');
    };
    const delivery = { saveAs: null, destinations: [], print };
    await expect(bench.rotate({}, { delivery })).rejects.toThrow('the pipe is closed');
    expect(await bench.resume()).toMatchObject({ kind: 'pending', error: { code: 'usage' } });
    expect(bench.isLive(bench.oldId)).toBe(true);
    const other = {
      saveAs: null,
      destinations: [bench.machine.place.open(DESTINATION, new Faults([]))],
      print: null,
    };
    expect(await bench.resume({ delivery: other })).toMatchObject({
      kind: 'done',
      delivery: { destinations: [DESTINATION] },
    });
  });
});

describe('what the provider is assumed to do', () => {
  test('a replay that comes without the secret: a person is told, and abort ends what it names', async () => {
    const bench = await lostPrefactor({ prefactorIdempotency: 'redacted' });
    const result = await bench.resume();
    expect(result).toMatchObject({ kind: 'attention', exit: 'orphan' });
    expect(result.error?.message).toContain(`(id ${result.orphanId})`);
    expect((await bench.abort()).kind).toBe('aborted');
    expect(await bench.currentId()).toBe(bench.oldId);
    // The one of this login and the old one, and those that the sandbox was started with.
    expect(bench.machine.things().filter(({ live }) => live)).toHaveLength(bench.machine.things().length - 1);
  });

  test('a replay that makes a second one: the first is named', async () => {
    const bench = await lostPrefactor({ prefactorIdempotency: 'ignore' });
    const result = await bench.resume();
    expect(result).toMatchObject({ kind: 'attention', exit: 'orphan' });
    expect(result.orphanId).not.toBeNull();
    expect(result.orphanId).not.toBe(result.item?.id);
    expect(await bench.currentId()).toBe(result.item?.id);
  });

  test('Devo answers a create with the value', async () => {
    const bench = await SimBench.of(rotationOf('devo'), { devoCreateReturnsToken: true });
    expect((await bench.rotate()).kind).toBe('done');
  });

  test('the old secret of Errova lives on for a while', async () => {
    const bench = await SimBench.of(rotationOf('errova'), { errovaRotateOverlapSeconds: 3_600 });
    expect((await bench.rotate()).kind).toBe('done');
    expect(await bench.currentId()).toBe(bench.oldId);
  });
});

describe('a session that ends', () => {
  const DAY = 24 * HOUR;

  test('too soon is refused before the request', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    await bench.machine.clock.sleep(29 * DAY - 60_000);
    expect(await bench.rotate()).toMatchObject({ kind: 'aborted', exit: 'auth' });
    expect(bench.machine.requests).toEqual([]);
  });

  test('half-way leaves a rotation that another login finishes', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    await bench.rotate({ graceMs: 29 * DAY });
    await bench.machine.clock.sleep(29 * DAY + HOUR);
    expect(await bench.resume()).toMatchObject({ kind: 'pending', error: { code: 'auth' } });
    expect(bench.isLive(bench.oldId)).toBe(true);
    const login = bench.machine.sandbox.logins.find(({ provider }) => provider === 'bluebricks');
    const result = await bench.resume({ connection: { secret: Secret.of(login?.secret ?? '') } });
    expect(result.kind).toBe('done');
    expect(bench.isLive(bench.oldId)).toBe(false);
  });
});

async function lostPrefactor(assumptions: {
  readonly prefactorIdempotency: 'redacted' | 'ignore';
}): Promise<SimBench> {
  const scenario = rotationOf('prefactor');
  const counting = new Faults([]);
  await (await SimBench.of(scenario)).rotate({}, { faults: counting });
  const at = counting.seen.findIndex(({ kind }) => kind === 'issue') + 1;
  const bench = await SimBench.of(scenario, assumptions);
  await expect(bench.rotate({}, { faults: new Faults([{ at, kind: 'kill-after' }]) })).rejects.toThrow();
  await bench.machine.clock.sleep(60_000);
  return bench;
}
