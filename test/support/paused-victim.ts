import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program in front of a command that tells which process the command is, and can be stopped as by a terminal. */
export interface Followed {
  readonly program: readonly [string, ...string[]];
  pid(): number;
  remove(): void;
}

/**
 * In a group of its own, whose parent is in the same session: only such a process is stopped by SIGTSTP. It is asked after
 * again and again: where it stands still, `wait` ends, and bash with it. What bash says of its jobs is no output of the command.
 */
const SCRIPT = [
  'set -m; "$@" & p=$!; set +m; echo $p >"$0"',
  'exec 2>/dev/null; while kill -0 $p; do sleep 0.02; done; wait $p',
].join('; ');

export function follow(): Followed {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-pid-'));
  const file = join(folder, 'pid');
  return {
    program: ['bash', '-c', SCRIPT, file],
    pid: () => Number(readFileSync(file, 'utf8')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export async function stopProcess(pid: number, signal: 'SIGTSTP' | 'SIGSTOP'): Promise<void> {
  process.kill(pid, signal);
  for (let tries = 0; tries < 200; tries += 1) {
    // The state is behind the name, which stands in parentheses.
    if (/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${signal} did not stop the process`);
}
