import { describe, expect, test } from 'vitest';
import { createKey } from '../../../../src/core/create/key.ts';
import { createToken } from '../../../../src/core/create/token.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Disk } from '../../../../src/ports/disk.ts';
import type { Transport } from '../../../../src/ports/transport.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { fingerprintOf } from '../../../support/sim-fakes.ts';
import type { ProcessOptions } from '../../../support/sim-machine.ts';
import { CREATIONS, rotationOf } from '../../../support/sim-scenarios.ts';

/** The folder of the operations goes read-only when the first twelve bytes of the answer are in it. The store works. */
function dyingFolder(): ProcessOptions {
  let dead = false;
  const refuse = (path: string): void => {
    if (dead && path.includes('/attempts/')) throw new AppError({ code: 'unavailable', message: 'EROFS' });
  };
  const disk = (inner: Disk): Disk => ({
    ...inner,
    create: async (path, mode) => {
      refuse(path);
      const file = await inner.create(path, mode);
      return {
        ...file,
        write: async (bytes) => {
          refuse(path);
          await file.write(bytes);
        },
      };
    },
  });
  const transport = (inner: Transport): Transport => ({
    call: (...given) => inner.call(...given),
    close: () => inner.close(),
    sendOnce: (endpoint, request, capture) =>
      inner.sendOnce(endpoint, request, {
        head: (status, id) => capture.head(status, id),
        chunk: async (bytes) => {
          await capture.chunk(bytes.subarray(0, 12));
          dead = true;
          await capture.chunk(bytes.subarray(12));
        },
      }),
  });
  return { disk, mutation: { name: 'a folder that dies', transport } };
}

async function printOf({ machine }: SimBench, name: string, version?: string): Promise<string> {
  const { store } = await machine.connect();
  return fingerprintOf((await store.open(name, version)).reveal());
}

function timesIssued({ machine }: SimBench): number {
  return machine.requests.filter(({ method }) => method === 'POST').length;
}

describe('a secret that was rescued after a part of its answer was captured', () => {
  for (const provider of ['errova', 'prefactor', 'bluebricks'] as const) {
    test(`is what resume goes on with (rotation, ${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      expect((await bench.rotate({}, dyingFolder())).kind).toBe('pending');
      const rescued = await printOf(bench, bench.entry, (await bench.openId()).slice(0, 16));
      const made = bench.machine.things().find(({ fingerprint }) => fingerprint === rescued);
      expect(made?.live).toBe(true);
      const sent = timesIssued(bench);
      expect(await bench.resume()).toMatchObject({ kind: 'done', item: { id: made?.id } });
      expect(await bench.currentId()).toBe(made?.id);
      expect(await printOf(bench, bench.entry)).toBe(rescued);
      if (provider === 'errova') expect(timesIssued(bench)).toBe(sent);
      const { store } = await bench.machine.connect();
      expect((await store.find(bench.entry))?.versions).toHaveLength(1);
    });
  }

  test('is what resume goes on with (key, errova)', async () => {
    const [, , , scenario] = CREATIONS;
    if (!scenario) throw new Error('no scenario');
    const bench = await SimBench.of(scenario);
    const deps = await bench.machine.connect(dyingFolder());
    const delivery = { saveAs: 'new', destinations: [], print: null };
    const project = bench.machine.base.project ?? '';
    expect((await createKey(deps, { project, name: 'new', type: 'server_signed', delivery })).kind).toBe(
      'pending',
    );
    const sent = timesIssued(bench);
    const result = await bench.resume();
    expect(result).toMatchObject({ kind: 'done' });
    expect(timesIssued(bench)).toBe(sent);
    const print = await printOf(bench, 'new');
    expect(bench.machine.things().find(({ fingerprint }) => fingerprint === print)).toMatchObject({
      id: result.item?.id,
      live: true,
    });
  });
});

/** The operation's own version holds what is no secret of this provider, so that it is not taken up. */
async function spoil(bench: SimBench): Promise<void> {
  const { store } = await bench.machine.connect();
  const kept = await store.find(bench.entry);
  if (!kept) throw new Error('nothing is kept');
  const { name, kind, provider, origin, settings, project, current } = kept;
  const version = (await bench.openId()).slice(0, 16);
  expect(kept.versions.map((one) => one.version)).toContain(version);
  await store.dropVersion(name, version);
  const masked = Secret.of('*'.repeat(32));
  await store.stage({ ...current, name, kind, provider, origin, settings, project }, version, masked);
}

describe('a version of the operation that is of no use', () => {
  test('gives way to what the next issuing request in place made', async () => {
    const bench = await SimBench.of(rotationOf('errova'));
    await bench.rotate({}, dyingFolder());
    await spoil(bench);
    expect(await bench.resume()).toMatchObject({ kind: 'done' });
    expect(await bench.currentId()).toBe(bench.oldId);
  });

  for (const how of ['resume', 'abort'] as const) {
    test(`goes when nothing is left of the operation (${how})`, async () => {
      const bench = await SimBench.of(rotationOf('bluebricks'));
      await bench.rotate({}, dyingFolder());
      await spoil(bench);
      expect(await bench[how]()).toMatchObject({ kind: 'aborted' });
      expect(await bench.currentId()).toBe(bench.oldId);
      const { store } = await bench.machine.connect();
      expect((await store.find(bench.entry))?.versions).toHaveLength(1);
    });
  }
});

describe('abort leaves nothing of its own in the store', () => {
  for (const isCurrent of [true, false]) {
    test(`where somebody else put theirs beside it (${isCurrent ? 'current' : 'not current'})`, async () => {
      const [scenario] = CREATIONS;
      if (!scenario) throw new Error('no scenario');
      const bench = await SimBench.of(scenario);
      const full = {
        label: 'file:/elsewhere/full',
        prove: async () => {},
        holds: async () => false,
        deliver: async () => {
          throw new AppError({ code: 'unavailable', message: 'the disk is full' });
        },
      };
      const options = { user: 'admin@example.com', audience: 'apiv2' };
      const spec = { name: 'aa', scopes: ['table://a.**'], expiresAt: null, options, idempotencyKey: null };
      const delivery = { saveAs: 'same', destinations: [full], print: null };
      const deps = await bench.machine.connect();
      expect((await createToken(deps, { spec, delivery })).kind).toBe('pending');
      const own = (await bench.openId()).slice(0, 16);
      const kept = await deps.store.find('same');
      if (!kept) throw new Error('nothing is kept');
      const { name, kind, provider, origin, settings, project, current } = kept;
      const theirs = { ...current, name, kind, provider, origin, settings, project, id: '77' };
      await deps.store.stage(theirs, 'theirs', Secret.of('what-somebody-else-put-there-0123'));
      if (!isCurrent) await deps.store.promote(name, own, 'theirs');

      const result = await bench.abort();
      expect(result.kind).toBe('aborted');
      expect(result.undone).toContain(
        '"same" no longer has the new secret; what somebody else put there meanwhile stays',
      );
      const after = await (await bench.machine.connect()).store.find('same');
      expect(after?.versions.map((one) => one.version)).toEqual(['theirs']);
      expect(after?.current.version).toBe('theirs');
    });
  }
});
