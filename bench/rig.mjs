// What the benchmarks share: a home with a login at a sandbox, and how a process is measured.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLine, ROOT } from '../scripts/lib.mjs';

export const KEYTURN = join(ROOT, 'bin', 'keyturn.js');

const LOGIN = {
  devo: ['--region', 'us', '--domain', 'acme'],
  prefactor: [],
};

/**
 * A home that is logged in at a sandbox. `tokens`: how many the account begins with. `latency`: what the sandbox waits before each
 * answer, such as `20ms`. Everything is gone when the program ends, or at `stop`.
 */
export async function startPlace({ vendor = 'devo', tokens = 10, latency = null } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
  const env = { PATH: process.env.PATH, HOME: home, KEYTURN_STORE: 'file' };
  const slow = latency === null ? [] : ['--latency', latency];
  const sandbox = spawn(
    process.execPath,
    [KEYTURN, 'sandbox', '--json', '--seed-tokens', String(tokens), ...slow],
    { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = () => {
    // At an ordinary end it would write compiled code into the home that is on its way out.
    sandbox.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  process.on('exit', stop);
  const { origin, logins } = JSON.parse(await firstLine(sandbox.stdout));
  const secret = logins.find((each) => each.provider === vendor).secret;
  const place = { home, env, origin, secret, stop };
  must(place, ['login', vendor, ...LOGIN[vendor], '--url', origin, '--with-token'], secret);
  return place;
}

/** Runs keyturn in the place; throws with what it said unless it succeeds. */
export function must({ home, env }, args, input = '') {
  const run = spawnSync(process.execPath, [KEYTURN, ...args], {
    cwd: home,
    env,
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.status !== 0) throw new Error(`keyturn ${args.join(' ')}: ${run.stderr}`);
  return run;
}

/** CPU time (user and system) and wall time of one process in milliseconds, as bash tells them. Its output is a pipe, as in a script. */
export function measure({ name, command, args, env, cwd, input = '' }) {
  const timed = ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$@" 2>&3 3>&-', 'bash', command, ...args];
  const done = spawnSync('bash', timed, {
    env,
    cwd,
    input,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (done.status !== 0) throw new Error(`${name} ended with ${done.status}: ${done.output[3]}`);
  const [wall, user, system] = done.stderr
    .trim()
    .split(' ')
    .map((seconds) => Number(seconds) * 1_000);
  return { wall, cpu: user + system };
}

/** The value below which this part of the list lies. */
export function quantile(list, part) {
  return list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * part)];
}

/** Node, the machine and its load, for the head of a table. */
export function machine() {
  const processors = cpus();
  const load = loadavg().map((each) => each.toFixed(1));
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${processors.length} × ${processors[0]?.model.trim()}, load ${load.join(' ')}`;
}
