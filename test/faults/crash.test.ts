import { describe, expect } from 'vitest';
import { shortNameOf } from '../../src/adapters/destinations/stage.ts';
import { IS_FULL } from '../support/kill-plan.ts';
import type { Effect, Side, Strike } from '../support/kill-victim.ts';
import { ALL, type Bench, createBenches, expectWhole, faultTest, OVERLAPPING } from './bench.ts';

/** The second destination of two writes beside its file, in a folder named after it. */
const STAGE_OF_ENV = new RegExp(`^create .*/\\.keyturn-${shortNameOf('.env')}-[0-9a-f]{32}/new`);

/**
 * Crash points: the built command is killed with SIGKILL at each numbered place of the matrix, then resumed until nothing
 * is open, then run again where it had not begun. What must hold after each is in test/support/kill-case.ts.
 */
describe('kill -9', () => {
  const rotating = createBenches('tokens rotate');
  const delivering = createBenches('tokens rotate --to');

  const crash = (title: string, place: (bench: Bench) => readonly Strike[], providers = ALL): void => {
    faultTest(title, providers, async (provider) => {
      const bench = await rotating(provider);
      for (const strike of place(bench)) expectWhole(await bench.play(strike));
    });
  };

  crash('#1 before the lock is taken', (bench) => [at(bench, /^create .*\/locks\/operation-/, 'before')]);
  crash('#2 with the lock held, before the plan is durable', (bench) => [
    at(bench, /^create .*\/attempts\/[0-9a-f]+\.new$/, 'before'),
    at(bench, /^write .*\.new$/, 'before'),
    at(bench, /^write .*\.new$/, 'half'),
  ]);
  crash('#3 with the plan durable, before room for the answer is taken', (bench) => [
    at(bench, /^create .*\.spare$/, 'before', { nth: 2 }),
  ]);
  crash('#4 with the room taken, before the intent', (bench) => [
    at(bench, /^write .*\.spare$/, 'after', { nth: 2 }),
  ]);
  crash('#5 with the intent durable, before the connection', (bench) => [at(bench, /^issue /, 'before')]);
  crash('#9 when the head of the answer was read and no body', (bench) => [
    at(bench, /^answer head/, 'after'),
  ]);
  crash('#10 when the body with the secret is sealed and durable', (bench) => [
    at(bench, /^answer bytes/, 'after'),
  ]);
  crash('#11 when the body is in memory only', (bench) => [at(bench, /^answer bytes/, 'before')]);
  crash('#12 when the body is written and not flushed, or half written', (bench) => [
    at(bench, /^sync /, 'before', { behind: /^answer bytes/ }),
    at(bench, /^write /, 'half', { behind: /^answer bytes/ }),
  ]);
  crash('#13 when it is captured, before the store is written', (bench) => [
    at(bench, /^create .*\.credentials\.yaml/, 'before', { behind: /^answer bytes/ }),
  ]);
  crash('#14 while the store is written', (bench) => [
    at(bench, /^write .*\.credentials\.yaml/, 'half', { behind: /^answer bytes/ }),
  ]);
  crash('#15 when it is stored, before and after it is verified', (bench) => [
    at(bench, /^rename .*credentials\.yaml/, 'after', { behind: /^answer bytes/ }),
    at(bench, /^call GET /, 'after', { behind: /^rename .*credentials\.yaml/ }),
  ]);
  crash('#16 when it is verified, before and after the store’s pointer moves', (bench) => [
    at(bench, /^rename .*credentials\.yaml/, 'before', { behind: /^answer bytes/, nth: 2 }),
    at(bench, /^rename .*credentials\.yaml/, 'after', { behind: /^answer bytes/, nth: 2 }),
  ]);
  faultTest('#17 after the first of two destinations', ALL, async (provider) => {
    const bench = await delivering(provider);
    expectWhole(await bench.play(at(bench, STAGE_OF_ENV, 'before')));
  });
  crash(
    '#18 before and after the old one is ended, and while the operation is cleared away',
    (bench) => [
      at(bench, /^call (DELETE|POST|PUT|PATCH) /, 'before', { behind: /^answer bytes/ }),
      at(bench, /^call (DELETE|POST|PUT|PATCH) /, 'after', { behind: /^answer bytes/ }),
      at(bench, /^truncate .*\.journal/, 'before'),
      at(bench, /^truncate .*\.journal/, 'after'),
      at(bench, /^remove .*\.journal/, 'after'),
      at(bench, /^rename .*\.(done|aborted)/, 'before'),
    ],
    OVERLAPPING,
  );

  faultTest('#8 when the provider has acted and no byte of its answer was read', ALL, async (provider) => {
    const bench = await rotating(provider);
    const report = await bench.play(
      { kind: 'request', nth: bench.issuingRequest },
      { faults: [`${bench.issuing} hang-after x1`] },
    );
    expectWhole(report);
    expect(report.first.requests.at(-1)).toMatchObject({ committed: true, fault: 'hang-after' });
  });

  const mishaps = ['heap', 'rejection', 'stack', 'exit'] as const;
  for (const mishap of IS_FULL ? mishaps : mishaps.slice(0, 2)) {
    faultTest(`#86 ${MISHAPS[mishap]} is as a kill`, ALL, async (provider) => {
      const bench = await rotating(provider);
      const places = [
        at(bench, /^answer bytes/, mishap),
        at(bench, /^create .*\.credentials\.yaml/, mishap, { behind: /^answer bytes/ }),
        at(bench, /^issue /, mishap),
        at(bench, /^call GET /, mishap, { behind: /^rename .*credentials\.yaml/ }),
      ];
      for (const place of IS_FULL ? places : places.slice(0, 1)) {
        const report = await bench.play(
          mishap === 'heap' ? { ...place, node: ['--max-old-space-size=64'] } : place,
        );
        expectWhole(report);
        // A stack that has room again may go on, to the end.
        if (mishap === 'stack') continue;
        // An exit in somebody else's code may say that all is well.
        if (mishap !== 'exit') expect(report.first.code).not.toBe(0);
        expect(report.first.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
      }
    });
  }

  faultTest('#18 during resume, at places from its beginning to its end', ALL, async (provider) => {
    const bench = await rotating(provider);
    const strike = at(bench, /^answer bytes/, 'after');
    for (const second of [5, 15, 25, 35, 45])
      expectWhole(await bench.play(strike, { second: { kind: 'effect', at: second, side: 'before' } }));
  });
});

const MISHAPS = {
  heap: 'a heap that is full',
  stack: 'a stack that overflows',
  rejection: 'a rejection that nobody handles',
  exit: 'an exit in a dependency',
} as const;

interface Where {
  /** Only effects after the first one of this kind. */
  readonly behind?: RegExp;
  /** Which of several, from 1. */
  readonly nth?: number;
}

function at(
  bench: Bench,
  what: RegExp,
  side: Exclude<Side, 'fill'>,
  where: Where = {},
): Extract<Strike, { kind: 'effect' }> {
  const { behind, nth = 1 } = where;
  const from = behind ? indexOf(bench.effects, behind, 1, 0) + 1 : 0;
  return { kind: 'effect', at: indexOf(bench.effects, what, nth, from) + 1, side };
}

function indexOf(effects: readonly Effect[], what: RegExp, nth: number, from: number): number {
  let left = nth;
  for (const [index, { text }] of effects.entries()) {
    if (index < from || !what.test(text)) continue;
    left -= 1;
    if (left === 0) return index;
  }
  throw new Error(`no effect number ${nth} is ${what}`);
}
