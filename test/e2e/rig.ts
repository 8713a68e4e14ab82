import { onTestFinished } from 'vitest';
import { type RunOptions, type RunResult, runInProcess } from '../support/cli.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { createTestHome, type TestHome } from '../support/temp.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** An empty home, the four vendors on a loopback port, and the command inside this process between them. */
export interface InProcessRig {
  readonly home: TestHome;
  readonly sandbox: TestSandbox;
  run(args: readonly string[], more?: Partial<RunOptions>): Promise<RunResult>;
  /** As `run`; throws with what was said unless the command succeeds. Resolves with its stdout. */
  must(args: readonly string[], more?: Partial<RunOptions>): Promise<string>;
  /** Logs in to Devo, whose tokens need nothing else. */
  loginDevo(...more: readonly string[]): Promise<void>;
}

export const DEVO = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'table://my.app'];

/** `atEnd`: where the rig lives longer than one test. */
export async function createInProcessRig(
  env: Env = {},
  atEnd: (clean: () => void | Promise<void>) => void = onTestFinished,
  played: Parameters<typeof startTestSandbox>[0] = {},
): Promise<InProcessRig> {
  const home = createTestHome();
  atEnd(() => home.remove());
  const sandbox = await startTestSandbox(played);
  atEnd(() => sandbox.close());
  const run: InProcessRig['run'] = (args, more = {}) =>
    runInProcess(args, { home: home.path, ...more, env: { ...home.env, ...env, ...more.env } });
  const must: InProcessRig['must'] = async (args, more) => {
    const { code, stdout, stderr } = await run(args, more);
    if (code !== 0) throw new Error(`keyturn ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  };
  return {
    home,
    sandbox,
    run,
    must,
    async loginDevo(...more) {
      const place = ['--region', 'us', '--domain', 'acme', '--url', sandbox.origin];
      await must(['login', 'devo', ...place, '--with-token', '--store', 'file', ...more], {
        stdin: sandbox.login('devo'),
      });
    },
  };
}
