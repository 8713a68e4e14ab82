import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Destination } from '../../../../src/ports/destination.ts';
import { answering, calling } from '../../../support/sim-answers.ts';
import { DESTINATION, SimBench } from '../../../support/sim-bench.ts';
import { Faults } from '../../../support/sim-faults.ts';
import type { Mutation } from '../../../support/sim-machine.ts';
import { rotationOf } from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;

/** The answer to an issuing request names `id` as what was made; without `secret` it holds none. */
function naming(provider: 'devo' | 'prefactor', id: string, secret: boolean): Mutation {
  return answering((bytes) => {
    const body = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (provider === 'devo') body.id = Number(id);
    else body.details.id = id;
    if (!secret) delete body.token;
    return new Uint8Array(Buffer.from(JSON.stringify(body)));
  });
}

/** A living token of somebody else that was there before the issuing request. */
function strangerOf({ machine, oldId }: SimBench): string {
  const known = new Set(machine.things().map(({ id }) => id));
  machine.sandbox.seedTokens(machine.base.scenario.provider, 1);
  const stranger = machine.things().find(({ id, live }) => live && !known.has(id) && id !== oldId);
  if (!stranger) throw new Error('nobody came');
  return stranger.id;
}

describe('an answer to an issuing request that names what was there before', () => {
  for (const provider of ['devo', 'prefactor'] as const) {
    for (const secret of [true, false]) {
      const shown = `${provider}, ${secret ? 'with' : 'without'} a secret`;

      test(`as the old one: the old one is not ended for it (${shown})`, async () => {
        const bench = await SimBench.of(rotationOf(provider));
        const mutation = naming(provider, bench.oldId, secret);
        const result = await bench.rotate({}, { mutation });
        if (result.kind === 'pending' || result.kind === 'attention') await bench.abort({ mutation });
        const current = await bench.currentId();
        expect(current).not.toBeNull();
        expect(['pending', 'attention'].includes(result.kind)).toBe(current === bench.oldId);
        expect(result.item?.id ?? null).not.toBe(bench.oldId);
      });

      test(`as a stranger's: it lives on, and its secret is not taken (${shown})`, async () => {
        const bench = await SimBench.of(rotationOf(provider));
        const stranger = strangerOf(bench);
        const mutation = naming(provider, stranger, secret);
        const result = await bench.rotate({}, { mutation });
        if (result.kind === 'pending') await bench.abort({ mutation });
        expect(bench.isLive(stranger)).toBe(true);
        expect(await bench.currentId()).not.toBe(stranger);
        expect(await bench.currentId()).not.toBeNull();
        const asked = bench.machine.requests.filter(({ path }) => path.split('/').includes(stranger));
        // Devo shows a value with the token: a look at it is the only request, and its secret goes nowhere.
        expect(asked.filter(({ method }) => method !== 'GET')).toEqual([]);
        expect(asked.length).toBeLessThanOrEqual(2);
      });
    }
  }
});

describe('while a grace lasts', () => {
  for (const provider of ['devo', 'prefactor'] as const) {
    test(`one look that does not see the old one ends nothing (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      await bench.rotate({ graceMs: 24 * HOUR });
      let misses = 0;
      const mutation: Mutation = {
        name: 'a look that misses',
        transport: calling(async (inner, endpoint, request) => {
          if (misses > 0 || !request.path.split('/').includes(bench.oldId))
            return inner.call(endpoint, request);
          misses += 1;
          return { status: 404, header: () => null, body: new TextEncoder().encode('{}') };
        }),
      };
      expect(await bench.resume({ mutation })).toMatchObject({
        kind: 'pending',
        old: { outcome: 'valid-until' },
      });
      expect(misses).toBe(1);
      expect(bench.isLive(bench.oldId)).toBe(true);
    });
  }
});

test('an entry that was saved over since is not taken for the new secret', async () => {
  for (const provider of ['devo', 'prefactor', 'bluebricks'] as const) {
    const bench = await SimBench.of(rotationOf(provider));
    await bench.rotate({ graceMs: HOUR });
    const { store } = await bench.machine.connect();
    const kept = await store.find(bench.entry);
    if (!kept) throw new Error('nothing is kept');
    const { name, kind, origin, settings, project } = kept;
    const of = { name, kind, origin, settings, project, provider, id: bench.oldId };
    const times = { scopes: null, createdAt: null, expiresAt: null };
    await store.save({ ...of, ...times }, Secret.of('somebody-pasted-this-one-over-it'), {
      version: kept.current.version,
    });
    expect(await bench.resume({ now: true })).toMatchObject({ kind: 'attention' });
    expect(bench.isLive(bench.oldId)).toBe(true);
  }
});

test('a grace that was ended before it began does not begin', async () => {
  const bench = await SimBench.of(rotationOf('devo'));
  const full: Destination = {
    ...bench.machine.place.open(DESTINATION, new Faults([])),
    deliver: async () => {
      throw new AppError({ code: 'unavailable', message: 'the disk is full' });
    },
  };
  const delivery = { saveAs: null, destinations: [full], print: null };
  expect(await bench.rotate({ graceMs: HOUR }, { delivery })).toMatchObject({ kind: 'pending', dueAt: null });
  expect(await bench.resume({ now: true, delivery })).toMatchObject({ kind: 'pending', dueAt: null });
  expect(await bench.resume()).toMatchObject({ kind: 'done', dueAt: null });
  expect(bench.isLive(bench.oldId)).toBe(false);
});
