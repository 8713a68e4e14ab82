import { expect } from 'vitest';
import { EXIT } from '../../src/domain/errors.ts';
import { createCanary } from './canary.ts';
import { type RunOptions, type RunResult, runInProcess } from './cli.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';
import { createTestHome, picture, type TestHome } from './temp.ts';

const SLOWEST_MS = 5_000;

/** A home and a sandbox for a table of bad inputs. */
export interface Trial {
  readonly home: TestHome;
  readonly sandbox: TestSandbox;
  run(argv: readonly string[], more?: Partial<RunOptions>): Promise<RunResult>;
  /**
   * Runs the command and asserts what every bad input must end with: one of our exit codes, a line that says what is
   * wrong, nothing sent, no file changed, nothing of `secret` repeated, and soon.
   */
  refuses(
    argv: readonly string[],
    more?: Partial<RunOptions> & { readonly secret?: string },
  ): Promise<RunResult>;
  end(): Promise<void>;
}

export async function startTrial(): Promise<Trial> {
  const home = createTestHome();
  const sandbox = await startTestSandbox();
  const run = (argv: readonly string[], more: Partial<RunOptions> = {}) =>
    runInProcess(argv, { home: home.path, ...more, env: { ...home.env, ...more.env } });
  return {
    home,
    sandbox,
    run,
    async refuses(argv, more = {}) {
      const before = picture(home);
      const sent = sandbox.requests.length;
      const start = performance.now();
      const result = await run(argv, more);
      expectTold(result);
      expect(performance.now() - start).toBeLessThan(SLOWEST_MS);
      expect(sandbox.requests.slice(sent)).toEqual([]);
      expect(picture(home)).toBe(before);
      const told = result.stdout + result.stderr;
      if (more.secret !== undefined) expect(createCanary([more.secret]).find(told)).toBeNull();
      expect(createCanary(sandbox.secrets).find(told)).toBeNull();
      return result;
    },
    async end() {
      home.remove();
      await sandbox.close();
    },
  };
}

/** One of our own errors, in one line and a hint; never Node's. */
export function expectTold({ code, stdout, stderr }: RunResult): void {
  const codes: readonly number[] = Object.values(EXIT).map((each) => each.code);
  expect(codes).toContain(code);
  expect(code).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^keyturn: .+\n(?: {2}.+\n)?$/);
  expect(stderr).not.toMatch(/fault of its own|node:|\bat \//);
  expect(stderr.length).toBeLessThan(1_500);
}
