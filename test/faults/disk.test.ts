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

const MINUTES = 60_000;
const SCENARIOS = KILL_SCENARIOS.filter(({ name }) =>
  (IS_FULL ? /: tokens (rotate|create)$/ : /^devo: tokens rotate$/).test(name),
);

const noMount = whyNoMount();

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

function because(reason: string | null): string {
  return reason === null ? '' : ` (skipped: ${reason})`;
}
