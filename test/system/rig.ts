import { onTestFinished } from 'vitest';
import { createCanary, findInFiles } from '../support/canary.ts';
import { BUILT, keyturn, type SpawnOptions, type SpawnResult } from '../support/cli-process.ts';
import { startTerminal, type Terminal } from '../support/pty.ts';
import { checkShown } from '../support/runner-check.ts';
import { startTestSandbox, type TestSandbox, type TestTime } from '../support/sandbox.ts';
import { createTestHome, type TestHome } from '../support/temp.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Stdin = SpawnOptions['stdin'];
type More = Pick<SpawnOptions, 'program' | 'onStart'>;

/** An empty home, the four vendors on a loopback port, and the built command between them. */
export interface Rig {
  readonly home: TestHome;
  readonly sandbox: TestSandbox;
  readonly env: Env;
  /** `more`: another program than the built command, and what to do once it runs. */
  keyturn(args: readonly string[], stdin?: Stdin, env?: Env, more?: More): Promise<SpawnResult>;
  /** As `keyturn`; throws with what was said unless the command succeeds. Resolves with its stdout. */
  must(args: readonly string[], stdin?: Stdin, env?: Env): Promise<string>;
  /** The command on a terminal. */
  terminal(args: readonly string[], env?: Env): Terminal;
  /** A shell script on a terminal; `$KEYTURN` is the command. */
  shell(script: string, env?: Env): Terminal;
  /** Where one of the secrets stands in clear, or in any common form, under the home; null for nowhere. */
  findInHome(secrets: readonly string[], allowed?: (path: string) => boolean): string | null;
}

/** Everything is gone when the test ends. `env` is what the machine has beside PATH and HOME, `time` the vendors' clock. */
export async function createRig(env: Env = {}, time?: TestTime): Promise<Rig> {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const sandbox = await startTestSandbox(time ? { time } : {});
  onTestFinished(() => sandbox.close());
  return rigAt(home, sandbox, env);
}

export function rigAt(home: TestHome, sandbox: TestSandbox, env: Env): Rig {
  const base = { ...home.env, ...env, HOME: home.path };
  const run: Rig['keyturn'] = (args, stdin, extra = {}, more = {}) =>
    keyturn(args, {
      ...more,
      env: { ...base, ...extra },
      cwd: home.path,
      ...(stdin === undefined ? {} : { stdin }),
    });
  const onTerminal = (program: string, args: readonly string[], more: Env = {}) => {
    const terminal = startTerminal(program, args, { env: { ...base, ...more }, cwd: home.path });
    onTestFinished(() => {
      try {
        process.kill(terminal.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    });
    return terminal;
  };
  return {
    home,
    sandbox,
    env: base,
    keyturn: run,
    async must(args, stdin, more) {
      const { code, stdout, stderr } = await run(args, stdin, more);
      if (code !== 0) throw new Error(`keyturn ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout;
    },
    terminal: (args, more) => {
      const terminal = onTerminal(process.execPath, [BUILT, ...args], more);
      const end = terminal.end.then((code) => {
        // Some runners give a job a terminal.
        checkShown({ stdout: terminal.seen(), stderr: '', env: {} });
        return code;
      });
      return { ...terminal, end };
    },
    // A terminal that is closed right after a write may drop what was written: the shell lingers.
    shell: (script, more) =>
      onTerminal(
        '/bin/sh',
        ['-c', `trap 'sleep 0.5' EXIT; KEYTURN="${process.execPath} ${BUILT}"; ${script}`],
        more,
      ),
    findInHome: (secrets, allowed = () => false) => findInFiles(createCanary(secrets), home, allowed),
  };
}
