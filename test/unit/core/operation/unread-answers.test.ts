import { describe, expect, test } from 'vitest';
import { createToken } from '../../../../src/core/create/token.ts';
import { explain } from '../../../../src/core/operation/explain.ts';
import type { OperationResult } from '../../../../src/core/operation/result.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import type { Transport } from '../../../../src/ports/transport.ts';
import type { ProviderId } from '../../../../src/sandbox/vendor.ts';
import { Killed } from '../../../support/memory-disk.ts';
import { answering, calling, withTokens } from '../../../support/sim-answers.ts';
import { specOptions } from '../../../support/sim-base.ts';
import { SimBench } from '../../../support/sim-bench.ts';
import { Faults } from '../../../support/sim-faults.ts';
import type { Mutation } from '../../../support/sim-machine.ts';
import {
  CREATIONS,
  ROTATIONS,
  rotationOf,
  type Scenario,
  SELF_ROTATIONS,
} from '../../../support/sim-scenarios.ts';

/** A whole success that says something else than the sandbox would; the vendor acted anyway. */
function answers(body: unknown): Mutation {
  const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return answering(() => new TextEncoder().encode(text));
}

const UNREADABLE: readonly [string, unknown][] = [
  ['an unknown field', { zz_one: 'what-nobody-can-read' }],
  ['an unknown envelope', { rotated: { zz_one: 'what-nobody-can-read' } }],
  ['an empty object', {}],
  ['nothing', null],
  ['plain text', 'OK'],
  ['HTML', '<html><body>fine</body></html>'],
  ['null', 'null'],
  ['a list', []],
];

/** What tells nothing of the request: looked into as a lost answer, except in place, where nothing can be looked at. */
const UNTOLD: readonly [string, unknown][] = [
  ['nothing', null],
  ['HTML', '<html><body>fine</body></html>'],
  ['the page of a captive portal', '<!DOCTYPE html><title>Sign in</title>'],
  ['JSON that breaks off', '{"zz_one": {"zz_two'],
];

const REFUSALS: readonly [string, unknown][] = [
  ['success: false', { success: false, error: 'the role may not do this' }],
  ['an error object', { error: { code: 'not_permitted', message: 'the role may not do this' } }],
  ['errors', { errors: [{ message: 'the role may not do this' }] }],
  ['ok: false', { ok: false, message: 'the role may not do this' }],
  ['status: error', { status: 'error', code: 'not_permitted', message: 'the role may not do this' }],
  ['a failing statusCode', { statusCode: 403, message: 'the role may not do this' }],
];

function timesIssued(bench: SimBench): number {
  return bench.machine.requests.filter(({ isIssuing }) => isIssuing).length;
}

async function create(
  bench: SimBench,
  scenario: Scenario,
  mutation: Mutation,
): Promise<OperationResult<unknown>> {
  const deps = await bench.machine.connect({ mutation });
  const name = scenario.provider === 'prefactor' ? null : 'new';
  const scopes = scenario.provider === 'devo' ? ['table://my.app.**'] : [];
  const spec = { name, scopes, expiresAt: null, options: specOptions(scenario), idempotencyKey: null };
  return createToken(deps, { spec, delivery: { saveAs: 'new', destinations: [], print: null } });
}

const IN_PLACE = [...ROTATIONS, ...SELF_ROTATIONS].filter(({ provider }) => provider === 'errova');
const OVERLAP = ROTATIONS.filter(({ provider }) => provider !== 'errova');
const TOKEN_CREATIONS = CREATIONS.filter(({ thing }) => thing === 'token');

describe('in place, a whole answer that cannot be read', () => {
  for (const scenario of IN_PLACE) {
    test.each(UNREADABLE)(`%s: one request, a person is told (${scenario.name})`, async (_, body) => {
      const bench = await SimBench.of(scenario);
      const result = await bench.rotate({}, { mutation: answers(body) });
      const id = result.operation;
      expect(result).toMatchObject({ kind: 'attention', exit: 'lost', orphanId: bench.oldId });
      const offer = `keyturn rotations show ${id} --print-answer`;
      // Of an empty answer there is nothing to print.
      if (body === null) expect(result.manual).not.toContain(offer);
      else expect(result.manual).toContain(offer);
      expect(result.error?.message).not.toMatch(/nothing is lost|left behind/);
      expect(timesIssued(bench)).toBe(1);
      // However often it is resumed, the secret is not replaced again.
      for (let time = 0; time < 2; time += 1) {
        expect((await bench.resume()).exit).toBe('lost');
        expect(timesIssued(bench)).toBe(1);
      }
      const { host } = await bench.machine.connect();
      const detail = await host.read(id);
      const next = detail && explain(detail, 0, false).next[0];
      if (body === null) expect(next).not.toContain('--print-answer');
      else expect(next).toContain('--print-answer');
      const captured = (await detail?.answers())?.at(-1)?.captured;
      const text = new TextDecoder().decode(captured?.bytes);
      expect(text).toBe(body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body));
      expect(bench.machine.audit.events).toContainEqual(
        expect.objectContaining({ action: 'create', outcome: 'unknown', id: bench.oldId }),
      );
    });
  }

  test('names the fields, never a value', async () => {
    const bench = await SimBench.of(rotationOf('errova'));
    const { error } = await bench.rotate({}, { mutation: answers({ zz_one: 'what-nobody-can-read' }) });
    expect(error?.message).toContain('zz_one');
    expect(JSON.stringify(error?.facts)).not.toContain('what-nobody-can-read');
  });

  test('abort closes it, says what is lost, and the next rotation goes on', async () => {
    const bench = await SimBench.of(rotationOf('errova'));
    await bench.rotate({}, { mutation: answers({ zz_one: 'x' }) });
    const result = await bench.abort();
    expect(result).toMatchObject({ kind: 'aborted', exit: 'ok' });
    expect(result.left.join()).toMatch(/may have a new secret that nobody has/);
    expect((await bench.rotate()).kind).toBe('done');
    expect(await bench.currentId()).toBe(bench.oldId);
  });
});

describe('a create or an overlapping rotation, a whole answer that cannot be read', () => {
  const run = (scenario: Scenario, bench: SimBench, mutation: Mutation) =>
    scenario.action === 'create' ? create(bench, scenario, mutation) : bench.rotate({}, { mutation });

  const liveIds = (bench: SimBench) =>
    bench.machine
      .things()
      .filter(({ live }) => live)
      .map(({ id }) => id);
  const detailOf = async (bench: SimBench, id: string) => (await bench.machine.connect()).host.read(id);

  for (const scenario of [...TOKEN_CREATIONS, ...OVERLAP]) {
    test.each(UNREADABLE.filter(([, body]) => UNTOLD.every(([, untold]) => untold !== body)))(
      `%s: adopted, or left to a person with the answer (${scenario.name})`,
      async (_, body) => {
        const bench = await SimBench.of(scenario);
        const before = new Set(bench.machine.things().map(({ id }) => id));
        const result = await run(scenario, bench, answers(body));
        const id = result.operation;
        const made = liveIds(bench).filter((each) => !before.has(each));
        expect([timesIssued(bench), made]).toEqual([1, [expect.any(String)]]);
        // Devo shows the secret again.
        if (scenario.provider === 'devo') return expect(result).toMatchObject({ kind: 'done', exit: 'ok' });
        expect(result).toMatchObject({ kind: 'attention', exit: 'orphan', orphanId: made[0] });
        expect(result.error?.message).toContain(made[0]);
        expect(result.manual).toContain(`keyturn rotations show ${id} --print-answer`);
        expect(result.manual).toContain(`keyturn rotations abort ${id}`);
        if (scenario.action === 'rotate') {
          expect(await bench.currentId()).toBe(bench.oldId);
          expect(result.manual).toContain('the old token works as before');
        }
        // However often it is resumed, nothing is sent that changes anything, and the words stay.
        for (let time = 0; time < 2; time += 1) {
          const again = await bench.resume();
          expect(again.error?.message).toBe(result.error?.message);
          expect([again.kind, again.exit, timesIssued(bench)]).toEqual(['attention', 'orphan', 1]);
          expect(liveIds(bench)).toContain(made[0]);
        }
        const detail = await detailOf(bench, id);
        if (!detail) throw new Error('no operation');
        expect(detail.reason).toContain(made[0]);
        expect(explain(detail, 0, false)).toMatchObject({
          now: expect.stringContaining('`rotations abort` ends the new token'),
          next: [
            `keyturn rotations show ${id} --print-answer`,
            `keyturn rotations abort ${id}`,
            `keyturn rotations abort ${id} --keep-new`,
          ],
        });
        const captured = (await detail.answers()).at(-1)?.captured;
        const text = new TextDecoder().decode(captured?.bytes);
        expect(text).toBe(typeof body === 'string' ? body : JSON.stringify(body));
        const unknown = bench.machine.audit.events.filter(({ outcome }) => outcome === 'unknown');
        expect(unknown).toMatchObject([{ action: 'create', id: made[0] }]);
        expect(bench.machine.requests.filter(({ method }) => method !== 'GET')).toHaveLength(1);

        const closed = await bench.abort();
        expect(closed).toMatchObject({ kind: 'aborted', exit: 'ok' });
        // Prefactor's tokens have no names: what only appeared is named, never ended.
        if (scenario.provider === 'prefactor') expect(closed.left.join()).toContain(`id:${made[0]}`);
        else expect(liveIds(bench)).not.toContain(made[0]);
        expect(await bench.openId()).toBe('');
        if (scenario.action === 'rotate') {
          expect((await bench.rotate()).kind).toBe('done');
        }
      },
    );

    test.each(UNTOLD)(`%s: what was made ends, or is named (${scenario.name})`, async (_, body) => {
      const bench = await SimBench.of(scenario);
      const before = new Set(bench.machine.things().map(({ id }) => id));
      const result = await run(scenario, bench, answers(body));
      const made = liveIds(bench).filter((each) => !before.has(each));
      if (scenario.provider === 'devo') return expect([result.kind, made.length]).toEqual(['done', 1]);
      // Prefactor repeats under its idempotency key where nothing was told.
      if (scenario.provider === 'prefactor')
        return expect([result.kind, timesIssued(bench), made.length]).toEqual(['pending', 2, 1]);
      expect([result.kind, timesIssued(bench), made]).toEqual(['aborted', 1, []]);
      expect(result.error?.facts.hint).not.toMatch(/try again|field names/);
    });
  }

  const inPlace = rotationOf('errova');
  for (const scenario of [...TOKEN_CREATIONS, ...OVERLAP, inPlace]) {
    test(`a person who uses the secret closes it, and nothing is sent (${scenario.name})`, async () => {
      const bench = await SimBench.of(scenario);
      const result = await run(scenario, bench, answers({ zz_one: 'what-only-a-person-can-read' }));
      const living = liveIds(bench);
      const sent = bench.machine.requests.length;
      const closed = bench.abort({ keepNew: true });
      if (result.kind === 'done') return expect(closed).rejects.toThrow();
      // In place there is nothing that could be ended.
      if (scenario !== inPlace) expect(result.manual).toContain('--keep-new');
      expect(await closed).toMatchObject({ kind: 'aborted', exit: 'ok', undone: [] });
      expect((await closed).left[0]).toContain('the new ');
      expect([bench.machine.requests.length, liveIds(bench)]).toEqual([sent, living]);
      expect(await bench.openId()).toBe('');
      if (scenario.action === 'rotate') expect((await bench.rotate()).kind).toBe('done');
    });
  }

  test('what waits for something else is not closed so', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const { operation } = await bench.rotate({}, { mutation: answers('{"zz_one": {"zz_two') });
    await expect(bench.abort({ keepNew: true })).rejects.toMatchObject({ code: 'usage' });
    expect(operation).not.toBe('');
  });

  test('a second command for the same waits for the person', async () => {
    const [scenario] = TOKEN_CREATIONS.filter(({ provider }) => provider === 'bluebricks');
    if (!scenario) throw new Error('no scenario');
    const bench = await SimBench.of(scenario);
    const { operation } = await create(bench, scenario, answers({ zz_one: 'x' }));
    const refusal = { code: 'locked', facts: { operation, next: `keyturn rotations show ${operation}` } };
    await expect(create(bench, scenario, answers({}))).rejects.toMatchObject(refusal);
    const deps = await bench.machine.connect();
    const spec = { name: 'new', scopes: [], expiresAt: null, options: {}, idempotencyKey: null };
    const elsewhere = { saveAs: null, destinations: bench.toDestination().destinations, print: null };
    await expect(createToken(deps, { spec, delivery: elsewhere })).rejects.toMatchObject(refusal);
    expect(timesIssued(bench)).toBe(1);

    const rotated = await SimBench.of(rotationOf('bluebricks'));
    const first = await rotated.rotate({}, { mutation: answers({ zz_one: 'x' }) });
    await expect(rotated.rotate()).rejects.toMatchObject({
      code: 'locked',
      facts: { operation: first.operation, next: `keyturn rotations show ${first.operation}` },
    });
    expect(timesIssued(rotated)).toBe(1);
  });

  test('a provider that is down meanwhile: pending, and resume looks', async () => {
    const bench = await SimBench.of(rotationOf('bluebricks'));
    const unreadable = answers({ zz_one: 'x' });
    let isDown = false;
    const down = calling(async (inner, endpoint, request) => {
      if (isDown) throw new AppError({ code: 'unavailable', message: 'down' });
      return inner.call(endpoint, request);
    });
    const transport = (inner: Transport): Transport => {
      const answering = unreadable.transport?.(down(inner)) ?? inner;
      return {
        ...answering,
        sendOnce: async (...given) => {
          isDown = true;
          return answering.sendOnce(...given);
        },
      };
    };
    const result = await bench.rotate({}, { mutation: { name: 'down', transport } });
    expect(result).toMatchObject({ kind: 'pending', exit: 'pending' });
    const detail = await detailOf(bench, result.operation);
    expect(detail && explain(detail, 0, false).next[0]).toContain('--print-answer');
    expect(await bench.resume()).toMatchObject({ kind: 'attention', exit: 'orphan' });
    expect(timesIssued(bench)).toBe(1);
  });

  for (const scenario of [...TOKEN_CREATIONS, ...OVERLAP]) {
    test(`a keyturn that knows the form finishes by resume (${scenario.name})`, async () => {
      const bench = await SimBench.of(scenario);
      const renamed = answering((bytes) =>
        new TextEncoder().encode(
          new TextDecoder().decode(bytes).replace(/"(token|api_key)":"/, '"zz_one":"x'),
        ),
      );
      const result = await run(scenario, bench, renamed);
      if (result.kind === 'done') return expect(scenario.provider).toBe('devo');
      expect(result).toMatchObject({ kind: 'attention', exit: 'orphan' });
      const named = { prefactor: 'token', bluebricks: 'api_key', errova: '', devo: '' };
      const change = (body: unknown) =>
        JSON.parse(JSON.stringify(body).replace('"zz_one":"x', `"${named[scenario.provider]}":"`));
      const knowing = withTokens(({ tokens: { create: known } }) =>
        known ? { create: { ...known, decode: (body, ...more) => known.decode(change(body), ...more) } } : {},
      );
      const resumed = await bench.resume({ mutation: knowing });
      expect(resumed).toMatchObject({ kind: 'done', exit: 'ok' });
      expect(timesIssued(bench)).toBe(1);
      expect(await bench.openId()).toBe('');
    });
  }

  test('wherever it is killed, the token stays and the answer can be read', async () => {
    const ready = () => SimBench.of(rotationOf('bluebricks'));
    const unreadable = answers({ zz_one: 'what-nobody-can-read' });
    const faults = new Faults([]);
    await (await ready()).rotate({}, { mutation: unreadable, faults });
    const sentAt = faults.seen.findIndex(({ kind }) => kind === 'issue') + 1;
    for (let at = sentAt + 1; at <= faults.seen.length; at += 1) {
      const bench = await ready();
      const before = new Set(liveIds(bench));
      const killed = bench.rotate({}, { mutation: unreadable, faults: new Faults([{ at, kind: 'kill' }]) });
      await expect(killed).rejects.toBeInstanceOf(Killed);
      const id = await bench.openId();
      const whole = (await (await detailOf(bench, id))?.answers())?.at(-1)?.captured.complete;
      const result = await bench.resume();
      const made = liveIds(bench).filter((each) => !before.has(each));
      // Killed before the answer was on disk: nobody has the secret, and the token ends.
      if (!whole) {
        expect([at, result.kind, made]).toEqual([at, 'aborted', []]);
        continue;
      }
      expect([at, result.kind, result.orphanId]).toEqual([at, 'attention', made[0]]);
      const body = (await (await detailOf(bench, id))?.answers())?.at(-1)?.captured.bytes;
      expect(new TextDecoder().decode(body)).toContain('what-nobody-can-read');
    }
  });

  /** Forms in which the same facts may arrive, made from what the sandbox answers. */
  const secretIn = (answer: unknown): string =>
    String(Object.entries(answer ?? {}).find(([name]) => /^(token|api_key|tokenSecret)$/.test(name))?.[1]);
  const SHAPES: readonly [string, (answer: object) => string][] = [
    ['a list of one', (answer) => JSON.stringify([answer])],
    ['a wrapped list of one', (answer) => JSON.stringify({ data: [answer] })],
    ['the bare secret as JSON', (answer) => JSON.stringify(secretIn(answer))],
    ['the bare secret as text', (answer) => `${secretIn(answer)}\n`],
  ];
  // Errova publishes no form of its secrets: a bare text of it is not taken for one. Devo shows the value elsewhere.
  const withForm = ({ provider }: Scenario) => provider === 'bluebricks' || provider === 'prefactor';
  for (const scenario of [...TOKEN_CREATIONS, ...OVERLAP]) {
    test.each(SHAPES.filter(([what]) => what.includes('list') || withForm(scenario)))(
      `%s is read (${scenario.name})`,
      async (_, shape) => {
        const bench = await SimBench.of(scenario);
        const reshaped = answering((body) =>
          new TextEncoder().encode(shape(JSON.parse(new TextDecoder().decode(body)))),
        );
        expect(await run(scenario, bench, reshaped)).toMatchObject({ kind: 'done', exit: 'ok' });
        expect(timesIssued(bench)).toBe(1);
      },
    );
  }

  const NAMED = [...TOKEN_CREATIONS, ...OVERLAP].filter(
    ({ provider }) => provider === 'errova' || provider === 'prefactor',
  );
  test.each(NAMED)(
    'what a whole answer names without its secret is named, and abort ends it ($name)',
    async (scenario) => {
      const bench = await SimBench.of(scenario);
      const before = liveIds(bench);
      const withoutSecret = answering((body) => {
        const { token, tokenSecret, ...rest } = JSON.parse(new TextDecoder().decode(body));
        expect(token ?? tokenSecret).toBeTypeOf('string');
        return new TextEncoder().encode(JSON.stringify(rest));
      });
      const result = await run(scenario, bench, withoutSecret);
      const [made] = liveIds(bench).filter((id) => !before.includes(id));
      expect(result).toMatchObject({ kind: 'attention', exit: 'orphan', orphanId: made });
      const detail = await detailOf(bench, result.operation);
      if (!detail) throw new Error('no operation');
      const { steps } = explain(detail, 0, false);
      expect(steps.find(({ step }) => step === 'read answer')?.what).toContain(`it names the id ${made}`);
      expect(await bench.abort()).toMatchObject({ kind: 'aborted', exit: 'ok' });
      expect(liveIds(bench)).toEqual(before);
    },
  );

  const [BLUEBRICKS] = TOKEN_CREATIONS.filter(({ provider }) => provider === 'bluebricks');

  test('Bluebricks: a name that is used up is never one to try again with', async () => {
    if (!BLUEBRICKS) throw new Error('no scenario');
    const empty = await create(await SimBench.of(BLUEBRICKS), BLUEBRICKS, answers(null));
    expect(empty).toMatchObject({ kind: 'aborted', exit: 'conflict' });
    expect(empty.error?.facts.message).toMatch(/"new" is used up/);
    expect(empty.error?.facts.hint).toMatch(/--name new-2/);

    const bench = await SimBench.of(BLUEBRICKS);
    await create(bench, BLUEBRICKS, answers({ zz_one: 'x' }));
    const closed = await bench.abort();
    expect(closed.left).toEqual([expect.stringMatching(/"new", which is used up.*`--name new-2`/)]);
    const again = await create(bench, BLUEBRICKS, answers({}));
    expect(again).toMatchObject({ kind: 'aborted', exit: 'conflict' });
    expect(again.error?.facts.hint).toBe('use `--name new-2`');
  });
});

/** The vendor did nothing, and says so in a success. */
function refusing(body: unknown): Mutation {
  return {
    name: 'refuses',
    transport: (inner) => ({
      call: (...given) => inner.call(...given),
      close: () => inner.close(),
      sendOnce: async (_endpoint, _request, capture) => {
        const bytes = new TextEncoder().encode(JSON.stringify(body));
        await capture.head(200, null);
        await capture.chunk(bytes);
        sends += 1;
        return { kind: 'answered', reply: { status: 200, header: () => null, body: bytes } };
      },
    }),
  };
}
let sends = 0;

describe('a refusal in a success', () => {
  for (const scenario of [...ROTATIONS, ...TOKEN_CREATIONS]) {
    test.each(REFUSALS)(
      `%s: the vendor's words, no second request, aborted (${scenario.name})`,
      async (_, body) => {
        const bench = await SimBench.of(scenario);
        const before = bench.machine.things().length;
        sends = 0;
        const mutation = refusing(body);
        const result =
          scenario.action === 'create'
            ? await create(bench, scenario, mutation)
            : await bench.rotate({}, { mutation });
        expect(result.kind).toBe('aborted');
        // Which words of `errors` are shown is the concern of the reader of problems.
        expect(result.error?.message).toMatch(/the role may not do this|refused the request/);
        expect([sends, bench.machine.things().length]).toEqual([1, before]);
        if (scenario.action === 'rotate') expect(await bench.currentId()).toBe(bench.oldId);
      },
    );
  }

  test.each(['errova', 'devo'] satisfies ProviderId[])(
    'what holds the secret is no refusal (%s)',
    async (provider) => {
      const bench = await SimBench.of(rotationOf(provider));
      const change = (body: Uint8Array): Uint8Array =>
        new TextEncoder().encode(
          JSON.stringify({ ...JSON.parse(new TextDecoder().decode(body)), errors: ['a warning'] }),
        );
      expect((await bench.rotate({}, { mutation: answering(change) })).kind).toBe('done');
    },
  );
});

describe('in place, answers that do not arrive', () => {
  const lost: Mutation = {
    name: 'lost',
    transport: (inner) => ({
      call: (...given) => inner.call(...given),
      close: () => inner.close(),
      sendOnce: async (endpoint, request) => {
        await inner.sendOnce(endpoint, request, { head: async () => {}, chunk: async () => {} });
        return { kind: 'ambiguous', reason: 'the connection broke', status: null, bytes: 0 };
      },
    }),
  };

  test('at most two requests in the life of an operation, however often it is resumed', async () => {
    const bench = await SimBench.of(rotationOf('errova'));
    const result = await bench.rotate({}, { mutation: lost });
    expect(result).toMatchObject({ kind: 'attention', exit: 'lost' });
    expect(result.error?.message).toMatch(/result is unknown.*old secret may have stopped working/);
    for (let time = 0; time < 3; time += 1)
      expect((await bench.resume({ mutation: lost })).exit).toBe('lost');
    expect(timesIssued(bench)).toBe(2);
  });
});
