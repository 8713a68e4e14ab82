import { describe, expect, test } from 'vitest';
import { createToken } from '../../../../src/core/create/token.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import type { Journal, JournalHost } from '../../../../src/ports/journal.ts';
import type { Reply } from '../../../../src/ports/transport.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { calling } from '../../../support/sim-answers.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import type { SeenEffect } from '../../../support/sim-faults.ts';
import { Faults } from '../../../support/sim-faults.ts';
import type { Mutation } from '../../../support/sim-machine.ts';
import { rotationOf } from '../../../support/sim-scenarios.ts';

const HOUR = 3_600_000;
const OVERLAPS = ['devo', 'prefactor', 'bluebricks'] as const;

/** How many requests the provider got that could change something. */
function writes({ machine }: SimBench): number {
  return machine.requests.filter(({ method }) => method !== 'GET').length;
}

/** A login to another account: its lists are empty, and ids that were made elsewhere are nobody's. */
const ANOTHER_ACCOUNT: Mutation = {
  name: 'another account',
  transport: calling(async (inner, endpoint, request) => {
    if (request.method !== 'GET' || request.path.endsWith('/ping')) return inner.call(endpoint, request);
    if (/tokens\/\d+$|api_token\/\w+$/.test(request.path)) return answer(404, { error: 'not found' });
    const empty = request.path.startsWith('/ws/') ? [] : { list: [], total: 0, summaries: [] };
    return answer(200, empty);
  }),
};

function answer(status: number, body: unknown): Reply {
  return { status, header: () => null, body: new TextEncoder().encode(JSON.stringify(body)) };
}

describe('a new token that somebody disabled while its rotation waited', () => {
  for (const provider of OVERLAPS) {
    test(`pauses and ends nothing when the grace period is over (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      const { item } = await bench.rotate({ graceMs: HOUR });
      await disable(bench, item?.id ?? '', item?.name ?? null);
      await bench.machine.clock.sleep(2 * HOUR);
      const before = writes(bench);
      expect(await bench.resume()).toMatchObject({ kind: 'attention', exit: 'conflict' });
      expect(writes(bench)).toBe(before);
      expect(bench.isLive(bench.oldId)).toBe(true);
    });

    test(`is not delivered any more (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      const delivery = { saveAs: null, destinations: [], print: async () => Promise.reject(new Killed()) };
      await expect(bench.rotate({}, { delivery })).rejects.toBeInstanceOf(Killed);
      const made = bench.machine
        .things()
        .find(({ id, live }) => live && id !== bench.oldId && isNewOne(bench, id));
      await disable(bench, made?.id ?? '', made?.name ?? null);
      expect(await bench.resume({ delivery: bench.toDestination() })).toMatchObject({
        kind: 'attention',
        error: { message: expect.stringContaining('is disabled at') },
      });
      expect(bench.isLive(bench.oldId)).toBe(true);
    });
  }
});

async function disable({ machine }: SimBench, id: string, name: string | null): Promise<void> {
  const { client } = await machine.connect();
  const { disable } = client.connection.provider.tokens;
  if (!disable) throw new Error('it can be disabled');
  await client.call(disable, { id, name });
}

/** The newest thing that lives. */
function isNewOne({ machine }: SimBench, id: string): boolean {
  return machine.things().at(-1)?.id === id;
}

describe('a login to another account since the operation began', () => {
  for (const provider of OVERLAPS) {
    test(`ends nothing when the grace is over (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      await bench.rotate({ graceMs: HOUR });
      await bench.machine.clock.sleep(2 * HOUR);
      const before = writes(bench);
      const result = await bench.resume({ mutation: ANOTHER_ACCOUNT });
      expect(result).toMatchObject({ kind: 'pending', error: { code: 'conflict' } });
      expect(result.error?.message).toContain('another account');
      expect(writes(bench)).toBe(before);
      expect((await bench.resume()).kind).toBe('done');
    });

    test(`takes nothing back (${provider})`, async () => {
      const bench = await SimBench.of(rotationOf(provider));
      const { item } = await bench.rotate({ graceMs: HOUR });
      const before = writes(bench);
      await expect(bench.abort({ mutation: ANOTHER_ACCOUNT })).rejects.toMatchObject({ code: 'conflict' });
      expect(writes(bench)).toBe(before);
      expect(await bench.currentId()).toBe(item?.id);
      expect((await bench.abort()).kind).toBe('aborted');
    });
  }
});

test('a login to another account does not end what has the same id there', async () => {
  const bench = await SimBench.of({ ...rotationOf('devo'), action: 'create' });
  const print = async () => Promise.reject(new Killed());
  const spec = {
    name: 'new',
    scopes: ['table://a.**'],
    expiresAt: null,
    options: { user: 'admin@example.com', audience: 'apiv2' },
    idempotencyKey: null,
  };
  const wanted = { spec, delivery: { saveAs: null, destinations: [], print } };
  await expect(createToken(await bench.machine.connect(), wanted)).rejects.toBeInstanceOf(Killed);
  const before = writes(bench);
  await expect(bench.abort({ mutation: ANOTHER_ACCOUNT })).rejects.toMatchObject({ code: 'conflict' });
  expect(writes(bench)).toBe(before);
  expect((await bench.abort()).kind).toBe('aborted');
});

describe('an entry that somebody changed during the grace', () => {
  const changes = {
    'was removed': async (bench: SimBench) => {
      const { store } = await bench.machine.connect();
      await store.remove('ci');
    },
    'holds something else now': async (bench: SimBench) => {
      const { store } = await bench.machine.connect();
      const nothing = { provider: null, origin: null, settings: null, project: null, id: null, scopes: null };
      const dates = { createdAt: null, expiresAt: null };
      const imported = { ...nothing, ...dates, name: 'ci', kind: 'imported' } as const;
      const secret = await store.open('main');
      await store.remove('ci');
      // Twice, so that it is not taken for the old version by its number.
      await store.save(imported, secret);
      await store.save(imported, await store.open('main'), 'anything');
      expect((await store.find('ci'))?.current.version).not.toBe('1');
    },
    'has the old version again': async (bench: SimBench) => {
      const { store } = await bench.machine.connect();
      const entry = await store.find('ci');
      const old = entry?.versions.find(({ version }) => version !== entry.current.version);
      await store.promote('ci', entry?.current.version ?? '', old?.version ?? '');
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    test(`${what}: the old one is not ended`, async () => {
      const bench = await SimBench.of(rotationOf('devo'));
      await bench.rotate({ graceMs: HOUR });
      await change(bench);
      await bench.machine.clock.sleep(2 * HOUR);
      const before = writes(bench);
      const result = await bench.resume();
      expect(result).toMatchObject({ kind: 'attention', exit: 'conflict' });
      expect(result.error?.message).toContain('no longer holds the new secret');
      expect(writes(bench)).toBe(before);
      expect(bench.isLive(bench.oldId)).toBe(true);
    });
  }

  test('is not put back when it has gone on without the operation', async () => {
    const bench = await SimBench.of(rotationOf('devo'));
    const { item } = await bench.rotate({ graceMs: HOUR });
    const { store } = await bench.machine.connect();
    const entry = await store.find('ci');
    const old = entry?.versions.find(({ version }) => version !== entry.current.version);
    await store.dropVersion('ci', old?.version ?? '');
    const before = writes(bench);
    expect(await bench.abort()).toMatchObject({ kind: 'attention', exit: 'conflict' });
    expect(writes(bench)).toBe(before);
    expect(bench.isLive(bench.oldId)).toBe(true);
    expect(bench.isLive(item?.id ?? '')).toBe(true);
  });
});

describe('a value that is no new secret', () => {
  /** The answer of Bluebricks' create with another value in it. */
  function giving(value: string): Mutation {
    const body = new TextEncoder().encode(JSON.stringify({ api_key: value }));
    return {
      name: 'another value',
      transport: (inner) => ({
        call: (...given) => inner.call(...given),
        close: () => inner.close(),
        sendOnce: async (endpoint, request, capture) => {
          const none = { head: async () => {}, chunk: async () => {} };
          const outcome = await inner.sendOnce(endpoint, request, none);
          if (outcome.kind !== 'answered') return outcome;
          const failed: { captureFailed?: true } = await capture
            .head(outcome.reply.status, null)
            .then(() => capture.chunk(body))
            .then(() => ({}))
            .catch((error: unknown) => {
              if (error instanceof Killed) throw error;
              return { captureFailed: true as const };
            });
          return { ...outcome, reply: { ...outcome.reply, body }, ...failed };
        },
      }),
    };
  }

  const values = {
    'a mask': () => 'tk.0123456789abcdef.54321',
    'the managing credential': (bench: SimBench) => bench.machine.base.manager,
  };
  for (const [what, secretFor] of Object.entries(values)) {
    test(`${what}: is kept nowhere, and abort ends what was made`, async () => {
      const bench = await SimBench.of(rotationOf('bluebricks'));
      const result = await bench.rotate({}, { mutation: giving(secretFor(bench)) });
      expect(result).toMatchObject({ kind: 'attention', exit: 'orphan' });
      expect(await bench.abort()).toMatchObject({ kind: 'aborted' });
      await expectAsBefore(bench);
    });

    test(`${what}: nor after a kill right behind the answer`, async () => {
      const mutation = giving(secretFor(await SimBench.of(rotationOf('bluebricks'))));
      const at = await effectAfterIssue(
        mutation,
        ({ kind, what: name }) => kind === 'disk' && /sync/.test(name),
      );
      const bench = await SimBench.of(rotationOf('bluebricks'));
      const faults = new Faults([{ at: at + 2, kind: 'kill' }]);
      await expect(bench.rotate({}, { mutation, faults })).rejects.toBeInstanceOf(Killed);
      expect(await bench.resume()).toMatchObject({ kind: 'attention' });
      expect(await bench.abort()).toMatchObject({ kind: 'aborted' });
      await expectAsBefore(bench);
    });

    test(`${what}: nor when the journal breaks and the store would take it`, async () => {
      const bench = await SimBench.of(rotationOf('bluebricks'));
      const mutation = { ...giving(secretFor(bench)), host: breaking };
      expect(await bench.rotate({}, { mutation })).toMatchObject({ kind: 'pending' });
      const { store } = await bench.machine.connect();
      expect((await store.find('ci'))?.versions).toHaveLength(1);
      expect((await bench.resume()).kind).toBe('aborted');
      await expectAsBefore(bench);
    });
  }

  test('a new secret, though, is put into the store when the journal breaks, and resume finds it', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const mutation = { name: 'breaking', host: breaking };
    expect(await bench.rotate({}, { mutation })).toMatchObject({ kind: 'pending' });
    const { store } = await bench.machine.connect();
    expect((await store.find('ci'))?.versions).toHaveLength(2);
    expect(await bench.resume()).toMatchObject({ kind: 'done' });
  });

  async function expectAsBefore(bench: SimBench): Promise<void> {
    const { store } = await bench.machine.connect();
    expect((await store.find('ci'))?.versions).toHaveLength(1);
    expect(await bench.currentId()).toBe(bench.oldId);
    expect(bench.machine.place.received).toEqual([]);
    expect(bench.machine.things().filter(({ live, name }) => live && name.startsWith('ci-'))).toEqual([]);
  }

  /** The number of the first such effect behind the issuing request. */
  async function effectAfterIssue(mutation: Mutation, is: (effect: SeenEffect) => boolean): Promise<number> {
    const counting = await SimBench.of(rotationOf('bluebricks'));
    const faults = new Faults([]);
    await counting.rotate({}, { mutation, faults });
    const issuing = faults.seen.findIndex(({ kind }) => kind === 'issue');
    return faults.seen.findIndex((effect, index) => index > issuing && is(effect)) + 1;
  }
});

/** A journal whose disk takes nothing any more from the answer of the issuing request on. */
function breaking(host: JournalHost): JournalHost {
  const full = async (): Promise<never> => {
    throw new AppError({ code: 'unavailable', message: 'the disk is full' });
  };
  const broken = (journal: Journal): Journal => {
    let isBroken = false;
    return {
      header: journal.header,
      has: (name) => journal.has(name),
      result: (name) => journal.result(name),
      captured: (name) => journal.captured(name),
      stashed: () => journal.stashed(),
      step: (name, work, options) => (isBroken ? full() : journal.step(name, work, options)),
      settle: () => (isBroken ? full() : journal.settle()),
      once: async (name, send, ifInterrupted) => {
        isBroken = true;
        return journal.once(
          name,
          () => send({ head: full, chunk: full, whole: full }).then(full),
          ifInterrupted,
        );
      },
      stash: (secret) => (isBroken ? full() : journal.stash(secret)),
      end: (state, reason) => (isBroken ? full() : journal.end(state, reason)),
    };
  };
  return {
    prove: () => host.prove(),
    read: (id) => host.read(id),
    whileNoneBegins: (work) => host.whileNoneBegins(work),
    isRunning: (id) => host.isRunning(id),
    whyUnreadable: (id) => host.whyUnreadable(id),
    setAside: (id) => host.setAside(id),
    list: (options) => host.list(options),
    begin: (header, work) => host.begin(header, (journal) => work(broken(journal))),
    resume: (id, work) => host.resume(id, (journal) => work(broken(journal))),
  };
}
