import { spawn } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { closePipes, type Pipe } from './pipe.ts';

/** The shell's descriptors for the reading ends: one digit each, beside its own stdin and the one it waits on. */
const WAIT = 3;
const FIRST = 4;
const LATEST = 9;
const ANSWER_MS = 5_000;

/**
 * Pipes of a shell, opened through /proc while it waits: Node cannot make any. Linux only. Null when that fails.
 */
export async function makeAnonymousPipes(shell: string, count: number): Promise<readonly Pipe[] | null> {
  if (FIRST + count - 1 > LATEST) return null;
  const child = spawn(shell, ['-c', script(count), shell], { env: {}, stdio: ['pipe', 'pipe', 'ignore'] });
  const pipes: Pipe[] = [];
  try {
    const pid = await new Promise<string>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', reject);
      child.stdin.on('error', reject);
      setTimeout(reject, ANSWER_MS).unref();
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        said += part;
        if (/^\d+\n$/.test(said)) resolve(said.trim());
      });
    });
    for (let at = 0; at < count; at += 1) pipes.push(openBothEnds(`/proc/${pid}/fd/${FIRST + at}`));
    return pipes;
  } catch {
    closePipes(pipes);
    return null;
  } finally {
    child.stdin.end();
  }
}

/** `: | { : | sh … 5<&0; } 4<&0`: the innermost shell has every pipe, says its number, and waits until we have them. */
function script(count: number): string {
  let inner = `exec "$0" -c 'echo $$; read -r line <&${WAIT}'`;
  for (let at = count - 1; at >= 0; at -= 1) inner = `: | { ${inner}; } ${FIRST + at}<&0`;
  return `exec ${WAIT}<&0; ${inner}`;
}

function openBothEnds(path: string): Pipe {
  return { read: openSync(path, constants.O_RDONLY), write: openSync(path, constants.O_WRONLY) };
}
