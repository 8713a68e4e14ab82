import { spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { closePipes, type Pipe } from './pipe.ts';

/**
 * Pipes with a name, which is gone before anybody else can open it. Null when that fails. On Linux a child that opens its
 * end by name would wait for the other end, which may be gone: there they are the second choice.
 */
export async function makeFifos(
  mkfifo: string,
  count: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Pipe[] | null> {
  const folder = makeFolder(env);
  if (folder === null) return null;
  const pipes: Pipe[] = [];
  try {
    const paths = Array.from({ length: count }, (_, at) => join(folder, `${at}`));
    if (!(await succeeds(mkfifo, ['-m', '600', ...paths]))) return null;
    for (const path of paths) pipes.push(openBothEnds(path));
    return pipes;
  } catch {
    closePipes(pipes);
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A FIFO's end opens only when the other one is open: both at once, by a descriptor that is closed again. */
function openBothEnds(path: string): Pipe {
  const both = openSync(path, constants.O_RDWR);
  try {
    return { read: openSync(path, constants.O_RDONLY), write: openSync(path, constants.O_WRONLY) };
  } finally {
    closeSync(both);
  }
}

function makeFolder(env: Readonly<Record<string, string | undefined>>): string | null {
  for (const parent of [env['TMPDIR'], env['XDG_RUNTIME_DIR'], '/tmp', '/dev/shm']) {
    if (!parent?.startsWith('/')) continue;
    try {
      return mkdtempSync(join(parent, 'keyturn-'));
    } catch {
      // The next one.
    }
  }
  return null;
}

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: {}, stdio: 'ignore' });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
