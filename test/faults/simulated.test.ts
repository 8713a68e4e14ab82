import { describe, expect, test } from 'vitest';
import { InUse } from '../../src/adapters/disk/disk-error.ts';
import { createRetryingDisk } from '../../src/adapters/disk/retrying-disk.ts';
import type { OperationResult } from '../../src/core/operation/result.ts';
import type { RotationOptions } from '../../src/core/rotation/plan.ts';
import { AppError } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Disk } from '../../src/ports/disk.ts';
import type { Keychain } from '../../src/ports/keychain.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { createCanary } from '../support/canary.ts';
import { IS_FULL } from '../support/kill-plan.ts';
import { SimBench } from '../support/sim-bench.ts';
import type { SimClock } from '../support/sim-fakes.ts';
import { Faults } from '../support/sim-faults.ts';
import type { ProcessOptions } from '../support/sim-machine.ts';
import { rotationOf } from '../support/sim-scenarios.ts';
import { ALL, OVERLAPPING } from './bench.ts';

/** What a test cannot do to the machine that it runs on, done to one in memory: the shipped rotation, journal and store. */

/** In `npm test` one provider stands for the others, another one in each case. */
function some<T>(providers: readonly T[], index: number): readonly T[] {
  return IS_FULL ? providers : providers.filter((_, at) => at === index % providers.length);
}

/** One that replaces in place, and one that overlaps. */
const PAIR = ['errova', 'bluebricks'] as const;

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

async function benchOf(provider: (typeof ALL)[number]): Promise<SimBench> {
  return SimBench.of(rotationOf(provider));
}

/** How a command ended: its result, or the error before there was an operation. */
type End = OperationResult['kind'] | 'refused';

async function tryRotate(bench: SimBench, more: ProcessOptions, options: RotationOptions = {}): Promise<End> {
  return endOf(() => bench.rotate(options, { ...more, delivery: NOWHERE_ELSE }));
}

async function tryResume(bench: SimBench, more: ProcessOptions): Promise<End> {
  return endOf(() => bench.resume(more));
}

async function endOf(work: () => Promise<OperationResult>): Promise<End> {
  try {
    return (await work()).kind;
  } catch (error) {
    if (error instanceof AppError) return 'refused';
    throw error;
  }
}

function numbered<A, B>(rows: readonly (readonly [A, B])[]): readonly (readonly [A, B, number])[] {
  return rows.map(([a, b], index) => [a, b, index]);
}

const NOWHERE_ELSE = { saveAs: null, destinations: [], print: null };
const live = ({ machine }: SimBench): number => machine.things().filter((thing) => thing.live).length;
const issued = ({ machine }: SimBench): number =>
  machine.requests.filter(({ isIssuing }) => isIssuing).length;

interface Before {
  readonly live: number;
  readonly secret: string;
}

async function lookAt(bench: SimBench): Promise<Before> {
  return { live: live(bench), secret: await currentSecret(bench) };
}

/** Resumes with nothing in the way any more, runs again what was taken back, and looks at what there is then. */
async function expectSettled(bench: SimBench, before: Before): Promise<void> {
  for (let round = 0; round < 5 && (await bench.openId()) !== ''; round += 1) await tryResume(bench, {});
  expect(await bench.openId()).toBe('');
  if ((await currentSecret(bench)) === before.secret) expect(await tryRotate(bench, {})).toBe('done');
  await expectCurrent(bench);
  expect(await currentSecret(bench)).not.toBe(before.secret);
  expect(live(bench)).toBe(before.live);
  const canary = createCanary(bench.machine.secrets);
  for (const [path, bytes] of bench.machine.disk.files()) {
    expect(canary.find(Buffer.from(bytes).toString('latin1')), path).toBeNull();
    expect(path).not.toMatch(/\.tmp$/);
  }
}

async function currentSecret(bench: SimBench): Promise<string> {
  const { store } = await bench.machine.connect();
  return (await store.open(bench.entry)).reveal();
}

/** Whoever asks the store gets a secret that works. */
async function expectCurrent(bench: SimBench): Promise<void> {
  expect(await bench.currentId()).not.toBeNull();
}

describe('a file that another program has open', () => {
  /** From the nth rename on, for so long; the wait is the machine's time. */
  function busy(clock: SimClock, nth: number, ms: number) {
    let renames = 0;
    let until = Number.POSITIVE_INFINITY;
    const disk = (inner: Disk): Disk =>
      createRetryingDisk(
        {
          ...inner,
          rename: async (from, to) => {
            renames += 1;
            if (renames === nth) until = clock.now() + ms;
            if (nth > 0 && renames >= nth && clock.now() < until) {
              throw new InUse({ code: 'unavailable', message: 'in use', hint: 'wait' });
            }
            return inner.rename(from, to);
          },
        },
        clock,
      );
    return { disk, renames: () => renames };
  }

  async function countRenames(provider: (typeof ALL)[number]): Promise<number> {
    const bench = await benchOf(provider);
    const { disk, renames } = busy(bench.machine.clock, 0, 0);
    expect(await tryRotate(bench, { disk })).toBe('done');
    return renames();
  }

  test.each(IS_FULL ? ALL : PAIR)(
    '#81 each rename fails for 5 s: nothing is noticed (%s)',
    async (provider) => {
      const count = await countRenames(provider);
      expect(count).toBeGreaterThan(2);
      for (let nth = 1; nth <= count; nth += 1) {
        const bench = await benchOf(provider);
        const before = await lookAt(bench);
        const { disk } = busy(bench.machine.clock, nth, 5 * SECOND);
        expect(await tryRotate(bench, { disk })).toBe('done');
        expect(issued(bench)).toBe(1);
        await expectSettled(bench, before);
      }
    },
  );

  test.each(IS_FULL ? ALL : PAIR)(
    '#81 renames fail for ever: the sealed copy is kept, resume finishes (%s)',
    async (provider) => {
      const count = await countRenames(provider);
      const ends = [];
      for (let nth = 1; nth <= count; nth += 1) {
        const bench = await benchOf(provider);
        const before = await lookAt(bench);
        const { disk } = busy(bench.machine.clock, nth, Number.POSITIVE_INFINITY);
        ends.push(await tryRotate(bench, { disk }));
        // In place the old secret ended with the issuing request; everywhere else the store works on.
        if (provider !== 'errova') await expectCurrent(bench);
        await expectSettled(bench, before);
      }
      expect(ends).toContain('pending');
    },
  );
});

describe('a keychain', () => {
  /** From the nth call on, for the life of the process. */
  type Mood = (inner: Keychain, clock: SimClock) => Partial<Keychain>;
  const unavailable = (message: string) => async (): Promise<never> => {
    throw new AppError({ code: 'unavailable', message });
  };
  const failing = (message: string): Mood => {
    const fail = unavailable(message);
    return () => ({ getPassword: fail, setPassword: fail, deletePassword: fail });
  };
  const changing =
    (change: (value: string) => string | null): Mood =>
    (inner) => ({
      getPassword: async (service, account) => {
        const value = await inner.getPassword(service, account);
        const changed = value === null ? null : change(value.reveal());
        return changed === null ? null : Secret.of(changed);
      },
    });
  const slow: Mood = (inner, clock) => ({
    getPassword: async (service, account) => {
      await clock.sleep(30 * SECOND);
      return inner.getPassword(service, account);
    },
  });

  const spoilt =
    (mood: Mood, clock: SimClock, from: number) =>
    (inner: Keychain): Keychain => {
      const odd = { ...inner, ...mood(inner, clock) };
      let calls = 0;
      const choose = (): Keychain => {
        calls += 1;
        return calls >= from ? odd : inner;
      };
      return {
        getPassword: (...given) => choose().getPassword(...given),
        setPassword: (...given) => choose().setPassword(...given),
        deletePassword: (...given) => choose().deletePassword(...given),
      };
    };

  const BROKEN: readonly (readonly [string, Mood])[] = [
    ['is locked', failing('the keychain is locked')],
    ['is denied by the person', failing('the keychain refuses')],
    ['hangs for ever, which the adapter ends', failing('the keychain does not answer')],
    ['is gone with D-Bus', failing('there is no D-Bus session')],
    ['keeps 20 bytes', changing((value) => value.slice(0, 20))],
    ['appends a newline', changing((value) => `${value}\n`)],
    ['gives another value', changing((value) => `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`)],
    ['forgot the item', changing(() => null)],
  ];
  const HARMLESS: readonly (readonly [string, Mood])[] = [
    ['hangs for 30 s and succeeds', slow],
    ['keeps 2,560 bytes', changing((value) => value.slice(0, 2_560))],
  ];

  test.each(numbered(BROKEN))(
    '#83 that %s when it is first asked: nothing is sent',
    async (_title, mood, index) => {
      for (const provider of some(ALL, index)) {
        const bench = await benchOf(provider);
        const before = await lookAt(bench);
        const keychain = spoilt(mood, bench.machine.clock, 1);
        expect(['refused', 'aborted']).toContain(await tryRotate(bench, { keychain }));
        expect(issued(bench)).toBe(0);
        await expectCurrent(bench);
        await expectSettled(bench, before);
      }
    },
  );

  test.each(numbered(BROKEN))(
    '#83 that %s after the first question: the key is known, it is done',
    async (_title, mood, index) => {
      for (const provider of some(ALL, index)) {
        const bench = await benchOf(provider);
        const before = await lookAt(bench);
        const keychain = spoilt(mood, bench.machine.clock, 2);
        expect(await tryRotate(bench, { keychain })).toBe('done');
        await expectSettled(bench, before);
      }
    },
  );

  test.each(numbered(BROKEN))(
    '#83 that %s when a rotation is resumed: it waits, and nothing ends',
    async (_title, mood, index) => {
      for (const provider of some(OVERLAPPING, index)) {
        const bench = await benchOf(provider);
        const before = await lookAt(bench);
        await loseAfterCapture(bench);
        const sent = bench.machine.requests.length;
        const keychain = spoilt(mood, bench.machine.clock, 1);
        expect(await tryResume(bench, { keychain })).toBe('refused');
        expect(bench.machine.requests.slice(sent).filter(({ method }) => method !== 'GET')).toEqual([]);
        expect(bench.isLive(bench.oldId)).toBe(true);
        await expectSettled(bench, before);
        expect(issued(bench)).toBe(1);
      }
    },
  );

  test.each(numbered(HARMLESS))('#83 that %s: done', async (_title, mood, index) => {
    for (const provider of some(ALL, index)) {
      const bench = await benchOf(provider);
      const before = await lookAt(bench);
      expect(await tryRotate(bench, { keychain: spoilt(mood, bench.machine.clock, 1) })).toBe('done');
      await expectSettled(bench, before);
    }
  });

  test('#83 that holds items of others: each store has a name of its own, and they stay', async () => {
    const bench = await benchOf('devo');
    const { keychain } = bench.machine;
    const theirs = [`keyturn/vault:${'0'.repeat(32)}`, 'keyturn/ci', 'other/ci'];
    for (const name of theirs) keychain.set(name, 'theirs');
    expect(await tryRotate(bench, {})).toBe('done');
    expect(theirs.map((name) => keychain.get(name))).toEqual(theirs.map(() => 'theirs'));
  });

  /** The answer is sealed in the journal, and the process dies. */
  async function loseAfterCapture(bench: SimBench): Promise<void> {
    const faults = new Faults([]);
    const dying = (inner: Transport): Transport => ({
      call: (...given) => inner.call(...given),
      close: () => inner.close(),
      sendOnce: async (...given) => {
        await inner.sendOnce(...given);
        return faults.kill();
      },
    });
    const more = { faults, mutation: { name: 'dies', transport: dying }, delivery: NOWHERE_ELSE };
    await expect(bench.rotate({}, more)).rejects.toThrow();
    expect(issued(bench)).toBe(1);
  }
});

describe('a clock', () => {
  const JUMPS = [
    ['a day ahead', DAY],
    ['a day behind', -DAY],
    ['a leap second back', -SECOND],
    ['a leap second ahead', SECOND],
    ['ahead by the eight hours that a laptop slept', 8 * HOUR],
  ] as const;

  /** The machine's clock is set right before the nth request; everybody else's goes on. */
  const setting =
    (clock: SimClock, nth: number, ms: number) =>
    (inner: Transport): Transport => {
      let requests = 0;
      const next = (): void => {
        requests += 1;
        if (requests === nth) clock.ahead = ms;
      };
      return {
        call: (...given) => {
          next();
          return inner.call(...given);
        },
        sendOnce: (...given) => {
          next();
          return inner.sendOnce(...given);
        },
        close: () => inner.close(),
      };
    };

  test.each(numbered(JUMPS))(
    '#87 %s, at each request: done, or resumed to its end',
    async (name, ms, index) => {
      for (const provider of some(ALL, index)) {
        let nth = 1;
        for (let isReached = true; isReached; nth += 1) {
          const bench = await benchOf(provider);
          const before = await lookAt(bench);
          const { clock } = bench.machine;
          const transport = setting(clock, nth, ms);
          const end = await tryRotate(bench, { mutation: { name, transport } });
          isReached = clock.ahead !== 0;
          expect(['done', 'pending', 'aborted']).toContain(end);
          expect(issued(bench)).toBeLessThanOrEqual(1);
          if (provider !== 'errova') await expectCurrent(bench);
          await expectSettled(bench, before);
        }
        // Some requests were reached, and one number more than there are.
        expect(nth).toBeGreaterThan(4);
      }
    },
  );

  test.each(numbered(JUMPS))(
    '#87 %s between the lost answer of an issuing request and its resume',
    async (name, ms, index) => {
      for (const provider of some(ALL, index)) {
        const bench = await benchOf(provider);
        const before = await lookAt(bench);
        const offline = (inner: Transport): Transport => {
          let isGone = false;
          const refuse = async (): Promise<never> => {
            throw new AppError({ code: 'unavailable', message: 'offline' });
          };
          return {
            call: (...given) => (isGone ? refuse() : inner.call(...given)),
            close: () => inner.close(),
            sendOnce: async (...given) => {
              if (isGone) return { kind: 'not-sent', reason: 'offline' };
              isGone = true;
              await inner.sendOnce(given[0], given[1], { head: async () => {}, chunk: async () => {} });
              return { kind: 'ambiguous', reason: 'the machine slept', status: null, bytes: 0 };
            },
          };
        };
        expect(await tryRotate(bench, { mutation: { name, transport: offline } })).toBe('pending');
        bench.machine.clock.ahead = ms;
        await expectSettled(bench, before);
      }
    },
  );

  test.each(numbered(JUMPS))(
    '#87 %s while a grace lasts: the old one never ends before the new one is everywhere',
    async (_name, ms, index) => {
      for (const provider of some(OVERLAPPING, index)) {
        const bench = await benchOf(provider);
        const before = await lookAt(bench);
        expect(await tryRotate(bench, {}, { graceMs: HOUR })).toBe('pending');
        const { clock } = bench.machine;
        clock.ahead = ms;
        const end = await tryResume(bench, {});
        // A clock that says that the hour is over is believed; by then the new one is kept, proven and current.
        expect(end).toBe(ms > HOUR ? 'done' : 'pending');
        await expectCurrent(bench);
        expect(await bench.currentId()).not.toBe(bench.oldId);
        clock.ahead = 0;
        await clock.sleep(HOUR + SECOND);
        await expectSettled(bench, before);
        expect(bench.isLive(bench.oldId)).toBe(false);
      }
    },
  );

  test('#87 a day ahead when a grace begins, and right again: the old one lives longer, never shorter', async () => {
    for (const provider of OVERLAPPING) {
      const bench = await benchOf(provider);
      const { clock } = bench.machine;
      clock.ahead = DAY;
      expect(await tryRotate(bench, {}, { graceMs: HOUR })).toBe('pending');
      clock.ahead = 0;
      await clock.sleep(HOUR + SECOND);
      expect(await tryResume(bench, {})).toBe('pending');
      expect(bench.isLive(bench.oldId)).toBe(true);
    }
  });
});
