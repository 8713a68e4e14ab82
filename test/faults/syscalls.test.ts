import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type KillReport, killCase } from '../support/kill-case.ts';
import { IS_FULL, spread, tell } from '../support/kill-plan.ts';
import { type KillRig, makeRig, type Round } from '../support/kill-rig.ts';
import { KILL_SCENARIOS } from '../support/kill-scenarios.ts';
import {
  createTracer,
  flushedAgain,
  type Injection,
  type SystemCall,
  whyNoTrace,
} from '../support/strace.ts';
import { ALL, expectWhole, OVERLAPPING } from './bench.ts';

const MINUTES = 60_000;
const noTrace = whyNoTrace();
const because = noTrace === null ? '' : ` (skipped: ${noTrace})`;
const TRIES = 5;
const FOR_EVER = Number.POSITIVE_INFINITY;

/** A scenario made ready, and the calls of its command when nothing fails. */
interface Traced {
  readonly rig: KillRig;
  readonly calls: readonly SystemCall[];
}

async function rigOf(name: string): Promise<Traced> {
  const scenario = KILL_SCENARIOS.find((each) => each.name === name);
  if (!scenario) throw new Error(`there is no "${name}"`);
  const rig = await makeRig(scenario);
  onTestFinished(() => rig.close());
  return { rig, calls: await callsOf(rig) };
}

async function callsOf(rig: KillRig): Promise<readonly SystemCall[]> {
  const tracer = createTracer();
  const round = rig.begin();
  try {
    await round.strike(tracer.strike);
    return tracer.calls();
  } finally {
    round.end();
  }
}

/** Which call of a run fails. */
interface Target {
  readonly call: string;
  readonly what: RegExp;
  /** Which of several, from 1. */
  readonly which?: number;
  readonly error: string;
  readonly times?: number;
}

interface Played {
  readonly report: KillReport;
  readonly calls: readonly SystemCall[];
}

/** Fails that call. Two runs may differ by a call or two, so that it is looked whether the right one was hit. */
async function play(
  { rig, calls: usual }: Traced,
  target: Target,
  look: (round: Round) => void = () => {},
): Promise<Played> {
  for (let nth = 1; nth <= TRIES; nth += 1) {
    const found = (nth === 1 ? usual : await callsOf(rig)).filter(
      ({ name, text }) => name === target.call && target.what.test(text),
    );
    const chosen = found[(target.which ?? 1) - 1];
    if (!chosen) throw new Error(`${target.call} is never called with ${target.what}`);
    const { call, error, times = 1 } = target;
    const tracer = createTracer({ call, error, nth: chosen.nth, times } satisfies Injection);
    const report = await killCase(rig, tracer.strike, { spoil: look });
    const calls = tracer.calls();
    const hit = calls.filter(({ isInjected }) => isInjected);
    if (hit.length > 0 && target.what.test(hit[0]?.text ?? '')) return { report, calls };
  }
  throw new Error(`${target.call} with ${target.what} was not hit in ${TRIES} tries`);
}

const sent = ({ first }: KillReport) => first.requests.filter(({ method }) => method !== 'GET');
const temporary = ({ home }: Round) => [...home.files().keys()].filter((path) => path.endsWith('.tmp'));

describe.skipIf(noTrace !== null)(`a journal that cannot be begun${because}`, () => {
  const SPARE = /attempts\/[0-9a-f]+\.spare/;
  const NEW = /attempts\/[0-9a-f]+\.new/;
  const PLACES: readonly Target[] = [
    ...['EACCES', 'EROFS', 'EDQUOT'].flatMap((error) => [
      { call: 'openat', what: NEW, error },
      { call: 'openat', what: SPARE, error },
      { call: 'rename', what: NEW, error },
    ]),
    { call: 'fsync', what: NEW, error: 'EDQUOT' },
    // With the plan durable: the intent of the issuing request is the next to be made so.
    { call: 'fsync', what: /\.1\.journal/, error: 'EDQUOT' },
    { call: 'openat', what: /attempts\/[0-9a-f]+\.spare.*O_CREAT/, which: 2, error: 'EDQUOT' },
  ];

  test(
    '#76 EACCES, EROFS and EDQUOT: nothing is sent, and later it works',
    async () => {
      const traced = await rigOf('devo: tokens rotate');
      const reports: KillReport[] = [];
      for (const place of IS_FULL ? PLACES : PLACES.slice(-2)) {
        const { report } = await play(traced, place);
        expectWhole(report);
        expect(report.first.code).not.toBe(0);
        expect(sent(report)).toEqual([]);
        reports.push(report);
      }
      tell('a journal that cannot be begun', reports);
    },
    10 * MINUTES,
  );

  test('#76 the folder of the journal cannot be made: nothing is sent', async () => {
    const scenario = KILL_SCENARIOS.find(({ name }) => name === 'devo: tokens rotate');
    if (!scenario) throw new Error('there is no such scenario');
    const rig = await makeRig(scenario);
    onTestFinished(() => rig.close());
    for (const error of IS_FULL ? ['EACCES', 'EROFS', 'EDQUOT'] : ['EDQUOT']) {
      const round = rig.begin();
      try {
        rmSync(join(round.home.path, '.local'), { recursive: true });
        const tracer = createTracer({ call: 'mkdir', error, nth: 1, times: FOR_EVER });
        const done = await round.strike(tracer.strike);
        expect(tracer.calls().some(({ text, isInjected }) => isInjected && text.includes('.local'))).toBe(
          true,
        );
        expect([2, 7]).toContain(done.code);
        expect(round.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
        expect(round.items()).toEqual(round.before);
        expect((await round.runCommand([])).code).toBe(0);
      } finally {
        round.end();
      }
    }
  });
});

const noBind = whyNoBind();

test.skipIf(noBind !== null)(
  `#76 a journal on a file system that is read-only: nothing is sent${noBind === null ? '' : ` (skipped: ${noBind})`}`,
  async () => {
    const scenario = KILL_SCENARIOS.find(({ name }) => name === 'devo: tokens rotate');
    if (!scenario) throw new Error('there is no such scenario');
    const rig = await makeRig(scenario);
    onTestFinished(() => rig.close());
    for (const folder of ['attempts', 'locks', '.']) {
      const round = rig.begin();
      const path = join(round.home.path, '.local/state/keyturn', folder);
      execFileSync('mount', ['--bind', path, path]);
      try {
        execFileSync('mount', ['-o', 'remount,bind,ro', path]);
        const done = await round.runCommand([]);
        expect(done.code).toBe(2);
        expect(done.output).toContain('read-only');
        expect(round.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
        expect((await round.run(['credentials', 'get', 'ci', '--print'])).code).toBe(0);
      } finally {
        execFileSync('umount', ['-l', path]);
      }
      expect((await round.runCommand([])).code).toBe(0);
      round.end();
    }
  },
);

describe.skipIf(noTrace !== null)(`a file that another program has open${because}`, () => {
  const STORE = /^rename\(.*credentials\.yaml"/;
  const PLACES: readonly (readonly [string, string, Target])[] = [
    ['the store, with the new one', 'devo: tokens rotate', { call: 'rename', what: STORE, error: 'EBUSY' }],
    [
      'the store, when it is switched over',
      'bluebricks: tokens rotate',
      { call: 'rename', what: STORE, which: 2, error: 'EPERM' },
    ],
    [
      'a destination',
      'prefactor: tokens rotate --to',
      { call: 'rename', what: /"[^"]*\/\.env"/, error: 'EBUSY' },
    ],
    ['the journal', 'devo: tokens rotate', { call: 'rename', what: /\.new"/, error: 'EPERM' }],
  ];

  // Ten tries in all: the first nine waits are 5.08 s, the first six 0.78 s.
  const times = IS_FULL ? 9 : 6;
  for (const [title, scenario, target] of IS_FULL ? PLACES : PLACES.slice(0, 1)) {
    test(
      `#81 for a while: ${title} is replaced anyway`,
      async () => {
        const traced = await rigOf(scenario);
        const { report } = await play(traced, { ...target, times });
        expectWhole(report);
        expect(report.first.code).toBe(0);
      },
      2 * MINUTES,
    );
  }

  for (const [title, scenario, target] of IS_FULL ? PLACES : []) {
    test(
      `#81 for ever: ${title} stays as it was, no temporary file is left, and resume finishes`,
      async () => {
        const traced = await rigOf(scenario);
        const left: string[] = [];
        const { report } = await play(traced, { ...target, times: FOR_EVER }, (round) => {
          left.push(...temporary(round));
        });
        expectWhole(report);
        expect(left).toEqual([]);
        expect(report.first.output).toContain('another program uses it');
        // Before the issuing request nothing was sent; after it, it waits to be resumed.
        expect(report.first.code).toBe(sent(report).length === 0 ? 7 : 10);
      },
      2 * MINUTES,
    );
  }
});

describe.skipIf(noTrace !== null)(`a disk that loses what was written${because}`, () => {
  for (const provider of IS_FULL ? ALL : OVERLAPPING.slice(0, 1)) {
    test(
      `#78 EIO from each fsync: nothing is built on what was flushed again (${provider})`,
      async () => {
        const { rig, calls } = await rigOf(`${provider}: tokens rotate`);
        const all = calls.filter(({ name }) => name === 'fsync').map(({ nth }) => nth);
        const reports: KillReport[] = [];
        for (const nth of IS_FULL ? all : spread(all, 2, 1)) {
          const tracer = createTracer({ call: 'fsync', error: 'EIO', nth });
          const resumed = createTracer();
          const report = await killCase(rig, tracer.strike, { second: resumed.strike });
          const runs = [tracer.calls(), resumed.calls()];
          expect(runs.flat().filter(({ isInjected }) => isInjected)).toHaveLength(1);
          // The audit log goes on in its file: what it may lose is its own, and `audit verify` tells of it.
          const again = flushedAgain(runs).filter((path) => !path.endsWith('/audit.jsonl'));
          expect({ nth, again }).toEqual({ nth, again: [] });
          reports.push(report);
        }
        tell(`EIO from each fsync, ${provider}`, reports);
        expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
        expect(reports.map(({ end }) => end)).not.toContain('told');
      },
      20 * MINUTES,
    );
  }

  test('#78 the log of calls tells a file that is flushed again', () => {
    const call = (text: string, isInjected = false): SystemCall => ({
      ...{ name: text.split('(')[0] ?? '', text, nth: 1, isInjected },
    });
    const failed = call('fsync(3</a/x.journal>) = -1 EIO', true);
    const again = call('fsync(4</a/x.journal>) = 0');
    expect(flushedAgain([[failed], [again]])).toEqual(['/a/x.journal']);
    expect(flushedAgain([[failed, call('openat(AT_FDCWD, "/a/x.journal", O_CREAT) = 5'), again]])).toEqual(
      [],
    );
  });
});

describe.skipIf(noTrace !== null)(`a process that may open no more files${because}`, () => {
  for (const provider of IS_FULL ? ALL : OVERLAPPING.slice(0, 1)) {
    test(
      `#80 EMFILE from one open (${provider})`,
      async () => {
        const { rig, calls } = await rigOf(`${provider}: tokens rotate`);
        const ours = calls.filter(
          ({ name, text }) => name === 'openat' && /, "[^"]*\/keyturn-kill-\w+\/\./.test(text),
        );
        // One that makes a file is missed for certain.
        const chosen = IS_FULL ? spread(ours, 40) : spread(ours.filter(isMaking), 2, 1);
        const reports: KillReport[] = [];
        for (const { nth } of chosen) {
          const tracer = createTracer({ call: 'openat', error: 'EMFILE', nth });
          reports.push(await killCase(rig, tracer.strike));
          expect(tracer.calls().some(({ isInjected }) => isInjected)).toBe(true);
        }
        tell(`EMFILE from open, ${provider}`, reports);
        expect(reports.filter(({ first }) => first.code !== 0).length).toBeGreaterThan(0);
        expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
        expect(reports.map(({ end }) => end)).not.toContain('told');
      },
      20 * MINUTES,
    );
  }

  function isMaking({ text }: SystemCall): boolean {
    return text.includes('O_CREAT');
  }
});

function whyNoBind(): string | null {
  const folder = join('/tmp', `keyturn-bind-${process.pid}`);
  try {
    mkdirSync(folder);
    chmodSync(folder, 0o700);
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no folder can be mounted here';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
