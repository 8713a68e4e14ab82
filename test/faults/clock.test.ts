import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect } from 'vitest';
import type { ProviderId } from '../../src/sandbox/vendor.ts';
import type { CaseOptions, KillReport } from '../support/kill-case.ts';
import type { KillHome } from '../support/kill-home.ts';
import { IS_FULL } from '../support/kill-plan.ts';
import { dig, type Round } from '../support/kill-rig.ts';
import type { Strike } from '../support/kill-victim.ts';
import { follow, stopProcess } from '../support/paused-victim.ts';
import { requireTools } from '../support/system.ts';
import { createWrongClock, type WrongClock, whyNoClock } from '../support/wrong-clock.ts';
import {
  ALL,
  type Bench,
  countIssuing,
  createBenches,
  expectWhole,
  faultTest,
  OVERLAPPING,
} from './bench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const JUMPS = [
  ['a day ahead', DAY],
  ['a day behind', -DAY],
  ['a leap second back', -1_000],
] as const;

const noClock = whyNoClock() ?? requireTools('bash');

/** When the last thing was done, by the clock of who did it; nothing where nothing was. */
function lastNoted(home: KillHome): readonly number[] {
  const lines = home.files().get('.local/state/keyturn/audit.jsonl')?.toString('utf8').trimEnd().split('\n');
  const at: unknown = dig(JSON.parse(lines?.at(-1) ?? '{}'), 'at');
  return typeof at === 'string' ? [Date.parse(at)] : [];
}

/**
 * The published command, on a machine whose clock is set while it runs, or that sleeps. The providers' clock is right, and
 * so is the clock of whoever resumes in the end.
 */
describe.skipIf(noClock !== null)(`the clock${noClock === null ? '' : ` (skipped: ${noClock})`}`, () => {
  const rotating = createBenches('tokens rotate');
  const waiting = createBenches('tokens rotate --grace');
  const made: { remove(): void }[] = [];
  afterEach(() => {
    for (const each of made.splice(0)) each.remove();
  });

  function wrong(aheadMs = 0): WrongClock {
    const clock = createWrongClock(aheadMs);
    made.push(clock);
    return clock;
  }

  const under = (what: string, program: Extract<Strike, { kind: 'under' }>['program']): Strike => ({
    ...{ kind: 'under', what, program },
  });

  /** Does it at the moment that the provider has read the issuing request, with the answer still to come. */
  async function whileIssuing(
    bench: Bench,
    aheadMs: number,
    act: (clock: WrongClock, pid: () => number) => Promise<void>,
    options: CaseOptions = {},
  ): Promise<KillReport> {
    const { rig } = bench;
    const followed = follow();
    made.push(followed);
    const clock = wrong();
    const from = rig.world.requests.length;
    const acting = (async () => {
      while (rig.world.requests.length < from + bench.issuingRequest) await pause(2);
      await act(clock, followed.pid);
    })();
    const program = [...followed.program, ...clock.program] as const;
    const noted: number[] = [];
    const spoil = ({ home }: Round): void => {
      noted.push(...lastNoted(home));
    };
    const report = await bench.play(under('the clock is set', program), { ...options, spoil });
    await acting;
    // A clock that was not set proves nothing: what was done last was noted with the wrong time.
    expect(noted).toHaveLength(1);
    for (const at of noted) expect(Math.abs(at - Date.now() - aheadMs)).toBeLessThan(60_000);
    // In place and with an idempotency key a lost answer may be asked for again.
    const repeats = bench.provider === 'errova' || bench.provider === 'prefactor';
    expect(countIssuing(bench, report)).toBeLessThanOrEqual(repeats ? 2 : 1);
    return report;
  }

  for (const [title, ms] of IS_FULL ? JUMPS : []) {
    faultTest(`#87 ${title} while the issuing request is on its way`, ALL, async (provider) => {
      const bench = await rotating(provider);
      const act = async (clock: WrongClock): Promise<void> => clock.set(ms);
      const report = await whileIssuing(bench, ms, act, { faults: [`${bench.issuing} slow:300 x1`] });
      expectWhole(report);
      // A session that ends before the machine's clock says it is day again is not used; resume goes on.
      expect(ms === DAY && provider === 'bluebricks' ? [0, 10] : [0]).toContain(report.first.code);
    });
  }

  const sleep =
    (signal: 'SIGSTOP' | 'SIGTSTP', ms: number) =>
    async (clock: WrongClock, pid: () => number): Promise<void> => {
      await stopProcess(pid(), signal);
      clock.set(ms);
      // The answer has come, and the connection may have ended, when it wakes up.
      await pause(300);
      process.kill(pid(), 'SIGCONT');
    };

  faultTest(
    '#87 eight hours of sleep while the issuing request is on its way, then its answer',
    IS_FULL ? ALL : [],
    async (provider) => {
      const bench = await rotating(provider);
      const options = { faults: [`${bench.issuing} slow:100 x1`] };
      expectWhole(await whileIssuing(bench, 8 * HOUR, sleep('SIGSTOP', 8 * HOUR), options));
    },
  );

  faultTest(
    '#87 eight hours of sleep while the issuing request is on its way, and no answer',
    ALL,
    async (provider) => {
      const bench = await rotating(provider);
      const options = { faults: [`${bench.issuing} slow:100 x1`, `${bench.issuing} reset-after x1`] };
      expectWhole(await whileIssuing(bench, 8 * HOUR, sleep('SIGSTOP', 8 * HOUR), options));
    },
  );

  faultTest(
    '#84 stopped for ten minutes as by Ctrl-Z while the issuing request is on its way',
    ALL,
    async (provider) => {
      const bench = await rotating(provider);
      const options = { faults: [`${bench.issuing} slow:100 x1`] };
      const report = await whileIssuing(bench, 10 * MINUTE, sleep('SIGTSTP', 10 * MINUTE), options);
      expectWhole(report);
      expect(report.first.code).toBe(0);
    },
  );

  const atResume = [['eight hours ahead', 8 * HOUR], ...JUMPS] as const;
  for (const [title, ms] of IS_FULL ? atResume : atResume.slice(0, 1)) {
    faultTest(
      `#87 killed in the issuing request, and the machine is ${title} when it is resumed`,
      ALL,
      async (provider) => {
        const bench = await rotating(provider);
        const clock = wrong(ms);
        const report = await bench.play(
          { kind: 'request', nth: bench.issuingRequest },
          { faults: [`${bench.issuing} hang-after x1`], second: under(title, clock.program) },
        );
        expectWhole(report, endOfResume(provider, ms));
      },
    );
    faultTest(
      `#87 the machine is ${title} when a rotation with a grace is resumed`,
      IS_FULL ? OVERLAPPING : [],
      async (provider) => {
        const bench = await waiting(provider);
        const clock = wrong(ms);
        const report = await bench.play({ kind: 'none' }, { second: under(title, clock.program) });
        expectWhole(report, endOfResume(provider, ms));
      },
    );
  }

  /** Devo's token of these tests lives for a day: by such a clock it has expired, so the old one stays and a person is told. */
  function endOfResume(provider: ProviderId, ms: number): 'done' | 'told' {
    return provider === 'devo' && ms === DAY ? 'told' : 'done';
  }
});
