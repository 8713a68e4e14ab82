import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireTools } from './system.ts';

/** A clock that a test sets, for processes of their own. What counts up from the start of the machine goes on as it is. */
export interface WrongClock {
  /** Puts a program in front of another one, which then reads this clock. */
  readonly program: readonly [string, ...string[]];
  /** How far it is ahead from now on, in ms. */
  set(aheadMs: number): void;
  remove(): void;
}

/** Null where the clock of a process can be set, else why not. */
export function whyNoClock(): string | null {
  const missing = requireTools('faketime');
  if (missing !== null) return missing;
  const clock = createWrongClock(86_400_000);
  try {
    const [command, ...args] = clock.program;
    const now = execFileSync(command, [...args, process.execPath, '-p', 'Date.now()']).toString();
    return Number(now) > Date.now() + 80_000_000 ? null : 'faketime has no effect here';
  } catch {
    return 'faketime has no effect here';
  } finally {
    clock.remove();
  }
}

export function createWrongClock(aheadMs = 0): WrongClock {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-clock-'));
  const file = join(folder, 'offset');
  const set = (ms: number): void => writeFileSync(file, `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1000}\n`);
  set(aheadMs);
  return {
    program: [
      'env',
      `LD_PRELOAD=${library()}`,
      `FAKETIME_TIMESTAMP_FILE=${file}`,
      'FAKETIME_NO_CACHE=1',
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
    ],
    set,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** As the program `faketime` would load it. */
function library(): string {
  return execFileSync('faketime', ['-m', '-f', '+0d', 'printenv', 'LD_PRELOAD']).toString().trim();
}
