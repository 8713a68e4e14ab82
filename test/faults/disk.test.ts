import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { killCase } from '../support/kill-case.ts';
import { IS_FULL, spread, tell } from '../support/kill-plan.ts';
import { type KillRig, makeRig } from '../support/kill-rig.ts';
import { KILL_SCENARIOS } from '../support/kill-scenarios.ts';
import { fillerOf, type Strike, traceEffects } from '../support/kill-victim.ts';
import { requireTools } from '../support/system.ts';

const MINUTES = 60_000;
const SCENARIOS = KILL_SCENARIOS.filter(({ name }) =>
  (IS_FULL ? /: tokens (rotate|create)$/ : /^devo: tokens rotate$/).test(name),
);

const noMount = whyNoMount();
const noTrace = whyNoTrace();

describe.skipIf(noMount !== null)(`a disk that is full${because(noMount)}`, () => {
  for (const scenario of SCENARIOS) {
    test(
      `#77 from any write on: ${scenario.name}`,
      async () => {
        const rig = await makeRig(scenario, { disk: '640k' });
        const effects = await effectsOf(rig);
        const writes = effects.flatMap(({ kind }, index): Strike[] =>
          kind === 'write' || kind === 'create' ? [{ kind: 'effect', at: index + 1, side: 'fill' }] : [],
        );
        await play(`full disk, ${scenario.name}`, rig, spread(writes, IS_FULL ? 25 : 6));
      },
      10 * MINUTES,
    );
  }
});

describe.skipIf(noTrace !== null)(`a disk that fails${because(noTrace)}`, () => {
  for (const scenario of SCENARIOS.filter(({ name }) => name.endsWith(': tokens rotate'))) {
    test(
      `#78 EIO from one fsync: ${scenario.name}`,
      async () => {
        const rig = await makeRig(scenario);
        const syncs = (await effectsOf(rig)).filter(({ kind }) => kind === 'sync').length;
        const all = Array.from({ length: syncs }, (_, index) => failing('fsync', 'EIO', index + 1));
        await play(`EIO from fsync, ${scenario.name}`, rig, spread(all, IS_FULL ? 20 : 3, 1));
      },
      10 * MINUTES,
    );
    test(
      `#80 EMFILE from one open: ${scenario.name}`,
      async () => {
        const rig = await makeRig(scenario);
        // Hundreds of files are opened while Node and the command are loaded; those failures begin nothing.
        const all = Array.from({ length: 60 }, (_, index) => failing('openat', 'EMFILE', 150 + index * 10));
        await play(`EMFILE from open, ${scenario.name}`, rig, spread(all, IS_FULL ? 20 : 2, 1));
      },
      10 * MINUTES,
    );
  }
});

function failing(call: string, error: string, nth: number): Strike {
  const inject = `inject=${call}:error=${error}:when=${nth}`;
  // One thread does all the work, so that the count is of the process.
  const program = ['env', 'UV_THREADPOOL_SIZE=1', 'strace', '-f', '-qq', '-o', '/dev/null'] as const;
  return {
    kind: 'under',
    what: `${error} from ${call} number ${nth}`,
    program: [...program, '-e', `trace=${call}`, '-e', inject],
  };
}

async function play(name: string, rig: KillRig, strikes: readonly Strike[]): Promise<void> {
  try {
    const reports = [];
    for (const strike of strikes) {
      const spoil = ({ home }: { home: Parameters<typeof fillerOf>[0] }): void =>
        rmSync(fillerOf(home), { force: true });
      reports.push(await killCase(rig, strike, { spoil }));
    }
    tell(name, reports);
    // A fault that never bites proves nothing.
    expect(reports.filter(({ first }) => first.code !== 0).length).toBeGreaterThan(0);
    expect(reports.flatMap(({ problems }) => problems)).toEqual([]);
    expect(reports.map(({ end }) => end)).not.toContain('told');
  } finally {
    await rig.close();
  }
}

async function effectsOf(rig: KillRig) {
  const round = rig.begin();
  try {
    return await traceEffects((trace) => round.strike({ kind: 'none' }, trace));
  } finally {
    round.end();
  }
}

function whyNoMount(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return null;
  } catch {
    return 'no tmpfs can be mounted here';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function whyNoTrace(): string | null {
  const missing = requireTools('strace');
  if (missing !== null) return missing;
  try {
    execFileSync('strace', ['-qq', '-e', 'trace=none', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'ptrace is forbidden here';
  }
}

function because(reason: string | null): string {
  return reason === null ? '' : ` (skipped: ${reason})`;
}
