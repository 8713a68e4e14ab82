import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from './cli.ts';
import { findCommand } from './runner-check.ts';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The command as `npm test` has built it. */
export const BUILT = join(ROOT, 'bin', 'keyturn.js');

export interface SpawnOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  /** Another program than the built command: the packed one. */
  readonly program?: string;
  /** Called once the process runs: to send it a signal. */
  readonly onStart?: (pid: number) => void;
}

export interface SpawnResult extends RunResult {
  readonly signal: NodeJS.Signals | null;
  /** Every different command line that this process or a child of it had, as far as they were seen. */
  readonly commandLines: readonly string[];
}

/** The command as a process of its own, without a shell between; its and its children's command lines are watched. */
export function keyturn(args: readonly string[], options: SpawnOptions): Promise<SpawnResult> {
  return runProgram(process.execPath, [options.program ?? BUILT, ...args], options);
}

/** Any program, watched in the same way. Throws where a CI runner would obey its output. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<SpawnResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const seen = new Set<string>();
    const watching = setInterval(() => {
      for (const line of commandLinesOf(child.pid)) seen.add(line);
    }, 4);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A command that does not read its input may be gone before it is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
    child.on('error', (error) => {
      clearInterval(watching);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearInterval(watching);
      const shown = {
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      };
      const obeyed = findCommand({ ...shown, env: options.env });
      if (obeyed !== null) reject(new Error(obeyed));
      // As a shell tells it.
      else {
        const status = code ?? (signal ? 128 + constants.signals[signal] : -1);
        resolve({ code: status, signal, ...shown, commandLines: [...seen] });
      }
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
  });
}

/** Of the process and everything below it; Linux only, elsewhere nothing is seen. */
function* commandLinesOf(pid: number | undefined): Generator<string> {
  if (pid === undefined) return;
  try {
    yield readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim();
      for (const child of children.split(' ')) if (child !== '') yield* commandLinesOf(Number(child));
    }
  } catch {
    // It has ended.
  }
}
