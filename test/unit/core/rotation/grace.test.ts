import { describe, expect, test } from 'vitest';
import { createKey } from '../../../../src/core/create/key.ts';
import { issueForLogin } from '../../../../src/core/create/login.ts';
import { createToken } from '../../../../src/core/create/token.ts';
import { planRotation } from '../../../../src/core/rotation/plan.ts';
import type { Token } from '../../../../src/domain/token.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { calling } from '../../../support/sim-answers.ts';
import { makeBase } from '../../../support/sim-base.ts';
import { DESTINATION, SimBench } from '../../../support/sim-bench.ts';
import { describeFailures, everySingle } from '../../../support/sim-enumerate.ts';
import { Faults } from '../../../support/sim-faults.ts';
import { GRACES, ROTATIONS, rotationOf, SELF_ROTATIONS } from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;
const OVERLAPS = [...ROTATIONS, ...SELF_ROTATIONS].filter(({ provider }) => provider !== 'errova');

/** What the provider lists under this id now. */
async function listedToken(bench: SimBench, id: string): Promise<Token> {
  const { client } = await bench.machine.connect();
  const { list } = client.connection.provider.tokens;
  const token = list && (await client.all(list, undefined)).items.find((each) => each.id === id);
  if (!token) throw new Error('not listed');
  return token;
}

describe('while the replaced one works on', () => {
  for (const scenario of OVERLAPS) {
    test(`its successor is not rotated, and the way out is told: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const { operation, item } = await bench.rotate({ graceMs: HOUR });
      const deps = await bench.machine.connect();
      const issuing = bench.machine.requests.filter(({ isIssuing }) => isIssuing).length;
      const again = planRotation(deps, {
        target: { kind: 'token', token: await listedToken(bench, item?.id ?? '') },
        delivery: bench.toDestination(),
        options: { allowSelf: true },
      });
      await expect(again).rejects.toMatchObject({
        code: 'locked',
        message: expect.stringContaining('works until'),
        facts: { hint: expect.stringContaining(`rotations resume ${operation} --now`) },
      });
      expect(bench.machine.requests.filter(({ isIssuing }) => isIssuing)).toHaveLength(issuing);
      expect(await bench.resume({ now: true })).toMatchObject({ kind: 'done' });
      const next = await planRotation(deps, {
        target: { kind: 'token', token: await listedToken(bench, item?.id ?? '') },
        delivery: bench.toDestination(),
        options: { allowSelf: true },
      });
      expect(next.plan.target?.id).toBe(item?.id);
    });
  }

  test('its successor is known by its mark where nothing is kept', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const { store } = await bench.machine.connect();
    await store.remove('ci');
    const { item } = await bench.rotate({ graceMs: HOUR });
    const again = planRotation(await bench.machine.connect(), {
      target: { kind: 'token', token: await listedToken(bench, item?.id ?? '') },
      delivery: bench.toDestination(),
    });
    await expect(again).rejects.toMatchObject({ code: 'locked' });
  });

  test('nothing else is made under the name of its entry', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    await bench.rotate({ graceMs: HOUR });
    const spec = {
      name: 'other',
      scopes: ['table://a.**'],
      expiresAt: null,
      options: { user: 'admin@example.com', audience: 'apiv2' },
      idempotencyKey: null,
    };
    const delivery = { saveAs: 'ci', destinations: [], print: null };
    const made = createToken(await bench.machine.connect(), { spec, delivery, replaces: true });
    await expect(made).rejects.toMatchObject({ code: 'locked' });
  });

  test('no key and no login takes its entry either', async () => {
    const bench = await SimBench.of(rotationOf('errova'));
    const delivery = { saveAs: null, destinations: [], print: async () => Promise.reject(new Killed()) };
    await expect(bench.rotate({}, { delivery })).rejects.toBeInstanceOf(Killed);
    const before = bench.machine.requests.length;
    const deps = await bench.machine.connect();
    const saved = { saveAs: 'ci', destinations: [], print: null };
    const key = { project: 'web', name: 'new', type: 'server_signed', delivery: saved } as const;
    await expect(createKey(deps, key)).rejects.toMatchObject({ code: 'locked' });
    const spec = { name: 'new', scopes: ['org.admin'], expiresAt: null, options: {}, idempotencyKey: null };
    const { settings, origin } = deps.client.connection;
    const credential = { kind: 'store', name: 'ci' } as const;
    const profile = { name: 'fresh', provider: 'errova', settings, origin, credential, tokenId: null };
    const entry = { name: 'ci', from: null };
    await expect(issueForLogin(deps, { spec, profile, entry })).rejects.toMatchObject({ code: 'locked' });
    expect(bench.machine.requests).toHaveLength(before);
  });

  test('another token is rotated anyway', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    await bench.rotate({ graceMs: HOUR });
    const other = bench.machine.things().find(({ id, live }) => live && id !== bench.oldId);
    const plan = await planRotation(await bench.machine.connect(), {
      target: { kind: 'token', token: { ...(await listedToken(bench, other?.id ?? '')), name: 'other' } },
      delivery: { saveAs: 'other', destinations: [], print: null },
      options: { allowSelf: true },
    });
    expect(plan.plan.target?.id).toBe(other?.id);
  });

  test('an operation that stopped for another reason says so', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const delivery = { saveAs: null, destinations: [], print: async () => Promise.reject(new Killed()) };
    await expect(bench.rotate({}, { delivery })).rejects.toBeInstanceOf(Killed);
    await expect(bench.plan()).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('unfinished'),
      facts: { hint: expect.not.stringContaining('--now') },
    });
  });
});

describe('a grace that is ended before its time', () => {
  for (const scenario of OVERLAPS) {
    test(`ends the old one at once: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const { item } = await bench.rotate({ graceMs: HOUR });
      const result = await bench.resume({ now: true });
      expect(result).toMatchObject({
        kind: 'done',
        exit: 'ok',
        dueAt: null,
        delivery: { destinations: [DESTINATION] },
      });
      expect(bench.isLive(bench.oldId)).toBe(false);
      expect(await bench.currentId()).toBe(item?.id);
      const { store } = await bench.machine.connect();
      expect((await store.find(bench.entry))?.versions).toHaveLength(1);
    });
  }

  test('stays ended when the command is killed half-way', async () => {
    const counting = await SimBench.of(rotationOf('prefactor'));
    await counting.rotate({ graceMs: HOUR });
    const faults = new Faults([]);
    await counting.resume({ now: true, faults });
    let kills = 0;
    for (let at = 1; at <= faults.seen.length; at += 1) {
      const bench = await SimBench.of(rotationOf('prefactor'));
      await bench.rotate({ graceMs: HOUR });
      const killed = bench.resume({ now: true, faults: new Faults([{ at, kind: 'kill' }]) });
      await expect(killed).rejects.toBeInstanceOf(Killed);
      kills += 1;
      if ((await bench.openId()) === '') continue;
      const isOff = bench.machine.requests.some(({ path }) => path.endsWith('/suspend'));
      const { kind } = await bench.resume();
      // Without `--now` again: it waits only where the wish had not been recorded and nothing was done about it.
      if (isOff) expect(kind).toBe('done');
      if (kind === 'pending') expect(bench.isLive(bench.oldId)).toBe(true);
      expect((await bench.resume({ now: true }).catch(() => null))?.kind ?? 'done').toBe('done');
      expect(bench.isLive(bench.oldId)).toBe(false);
    }
    expect(kills).toBeGreaterThan(5);
  });

  test('is refused where there is none, and nothing is sent', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const delivery = { saveAs: null, destinations: [], print: async () => Promise.reject(new Killed()) };
    await expect(bench.rotate({}, { delivery })).rejects.toBeInstanceOf(Killed);
    const before = bench.machine.requests.length;
    await expect(bench.resume({ now: true })).rejects.toMatchObject({ code: 'usage' });
    expect(bench.machine.requests).toHaveLength(before);
  });

  test('is refused while the operation is taken back', async () => {
    const counting = await SimBench.of(rotationOf('devo'));
    await counting.rotate({ graceMs: HOUR });
    const faults = new Faults([]);
    await counting.abort({ faults });
    const at = faults.seen.findIndex(({ what }) => what.startsWith('DELETE')) + 1;
    const bench = await SimBench.of(rotationOf('devo'));
    await bench.rotate({ graceMs: HOUR });
    await expect(bench.abort({ faults: new Faults([{ at, kind: 'kill' }]) })).rejects.toBeInstanceOf(Killed);
    await expect(bench.resume({ now: true })).rejects.toMatchObject({ code: 'usage' });
    expect(bench.isLive(bench.oldId)).toBe(true);
  });

  test('does not skip what must come first: the secret is delivered before the old one ends', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const delivery = { saveAs: null, destinations: [], print: async () => Promise.reject(new Killed()) };
    await expect(bench.rotate({ graceMs: HOUR }, { delivery })).rejects.toBeInstanceOf(Killed);
    expect(await bench.resume({ now: true })).toMatchObject({ kind: 'pending', error: { code: 'usage' } });
    expect(bench.isLive(bench.oldId)).toBe(true);
  });
});

describe('resume during the grace', () => {
  for (const scenario of OVERLAPS) {
    test(`says that the old one works when it was seen: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      await bench.rotate({ graceMs: HOUR });
      expect(await bench.resume()).toMatchObject({ kind: 'pending', old: { outcome: 'valid-until' } });
    });

    test(`says that it was paused: ${scenario.name}`, async () => {
      const bench = await SimBench.of(scenario);
      const { client } = await bench.machine.connect();
      await bench.rotate({ graceMs: HOUR });
      const { disable } = (await bench.machine.connect()).client.connection.provider.tokens;
      const target = { id: bench.oldId, name: (await listedToken(bench, bench.oldId)).name };
      if (disable) await client.call(disable, target);
      expect(await bench.resume()).toMatchObject({ kind: 'pending', old: { outcome: 'disabled' } });
    });
  }

  for (const provider of ['devo', 'prefactor'] as const) {
    test(`is over when the old one is gone (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      const { item } = await bench.rotate({ graceMs: HOUR });
      const { client } = await bench.machine.connect();
      const { remove, revoke } = client.connection.provider.tokens;
      const target = { id: bench.oldId, name: null };
      if (revoke && provider === 'prefactor') await client.call(revoke, target);
      if (remove) await client.call(remove, target);
      expect(await bench.resume()).toMatchObject({ kind: 'done', dueAt: null });
      expect(await bench.currentId()).toBe(item?.id);
    });
  }

  test('claims nothing of an old one that it could not look at', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    const { dueAt } = await bench.rotate({ graceMs: HOUR });
    const transport = calling(async (inner, endpoint, request) => {
      if (request.path.endsWith(bench.oldId))
        return { status: 503, header: () => null, body: new Uint8Array() };
      return inner.call(endpoint, request);
    });
    const result = await bench.resume({ mutation: { name: 'down', transport } });
    expect(result).toMatchObject({ kind: 'pending', old: { outcome: 'unknown' }, dueAt, error: null });
  });

  test('takes "not found" for gone only where the new one is found', async () => {
    const bench = await SimBench.of(rotationOf('prefactor'));
    await bench.rotate({ graceMs: HOUR });
    const transport = calling(async (inner, endpoint, request) => {
      if (request.method !== 'GET' || !request.path.includes('api_token'))
        return inner.call(endpoint, request);
      const isOne = /api_token\/./.test(request.path);
      const told = isOne
        ? '{"status":"error","code":"not_found","message":"no such token"}'
        : '{"status":"success","summaries":[]}';
      return { status: isOne ? 404 : 200, header: () => null, body: new TextEncoder().encode(told) };
    });
    const result = await bench.resume({ mutation: { name: 'another account', transport } });
    expect(result).toMatchObject({ kind: 'pending', old: { outcome: 'unknown' } });
    expect(bench.isLive(bench.oldId)).toBe(true);
  });
});

/** As the model does for the rest: the steps under every fault in turn, and the promises looked at after each process. */
describe('a grace that is ended before its time, under one fault', () => {
  for (const [nth, scenario] of GRACES.entries()) {
    test(scenario.name, async () => {
      const filter = (_: unknown, index: number): boolean => index % 5 === nth % 5;
      const tally = await everySingle(await makeBase(scenario), { distinct: true, filter });
      expect(describeFailures(tally)).toEqual([]);
      expect(tally.ends['done']).toBeGreaterThan(10);
    });
  }
});
