// `node bench/start.mjs [RUNS]`: what a command costs beside bare Node and curl, as ratios in one run.
// Whole processes, in turn (A B C A B C …), medians; quote the ratios, the milliseconds are this machine's.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstLine } from '../scripts/lib.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const KEYTURN = join(ROOT, 'bin', 'keyturn.js');
const runs = Number(process.argv[2] ?? 15);
const home = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const env = { PATH: process.env.PATH, HOME: home, KEYTURN_PASSPHRASE: 'a passphrase for the benchmark' };
const sandbox = spawn(process.execPath, [KEYTURN, 'sandbox', '--json', '--seed-tokens', '20'], {
  cwd: home,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => {
  sandbox.kill();
  rmSync(home, { recursive: true, force: true });
});
const { origin, logins } = JSON.parse(await firstLine(sandbox.stdout));
const devo = logins.find((each) => each.provider === 'devo').secret;

const plain = { ...env, KEYTURN_CONFIG_DIR: join(home, 'plain') };
const sealed = { ...env, KEYTURN_CONFIG_DIR: join(home, 'sealed') };
for (const [store, where] of [
  ['file', plain],
  ['passphrase', sealed],
]) {
  once(
    [
      'login',
      'devo',
      '--region',
      'us',
      '--domain',
      'acme',
      '--url',
      origin,
      '--with-token',
      '--store',
      store,
    ],
    where,
    devo,
  );
}

const cases = [
  { name: 'node -e 0', command: process.execPath, args: ['-e', '0'], env },
  { name: 'keyturn --version', command: process.execPath, args: [KEYTURN, '--version'], env },
  { name: 'keyturn --help', command: process.execPath, args: [KEYTURN, '--help'], env },
  {
    name: 'keyturn tokens create --help',
    command: process.execPath,
    args: [KEYTURN, 'tokens', 'create', '--help'],
    env,
  },
  {
    name: 'curl, one list',
    command: 'curl',
    args: ['-sS', '-H', `Authorization: Bearer ${devo}`, `${origin}/ws/accounts/acme/credentials/tokens`],
    env,
  },
  {
    name: 'keyturn tokens list (file)',
    command: process.execPath,
    args: [KEYTURN, 'tokens', 'list', '--json'],
    env: plain,
  },
  {
    name: 'keyturn credentials get --print (file)',
    command: process.execPath,
    args: [KEYTURN, 'credentials', 'get', 'devo', '--print', '--allow-managing'],
    env: plain,
  },
  {
    name: 'keyturn credentials get --print (passphrase)',
    command: process.execPath,
    args: [KEYTURN, 'credentials', 'get', 'devo', '--print', '--allow-managing'],
    env: sealed,
  },
];
const times = new Map(cases.map((each) => [each, []]));
for (let run = -1; run < runs; run += 1) {
  for (const each of cases) {
    const start = process.hrtime.bigint();
    const done = spawnSync(each.command, each.args, { env: each.env, stdio: 'ignore' });
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    if (done.status !== 0) throw new Error(`${each.name} ended with ${done.status}`);
    if (run >= 0) times.get(each).push(ms);
  }
}
const base = median(times.get(cases[0]));
console.log(
  `${runs} runs each, Node ${process.version}\n\n| command | median ms | × node -e 0 |\n|---|---|---|`,
);
for (const each of cases)
  console.log(
    `| ${each.name} | ${median(times.get(each)).toFixed(0)} | ${(median(times.get(each)) / base).toFixed(2)} |`,
  );
process.exit(0);

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
}

function once(args, where, input) {
  const done = spawnSync(process.execPath, [KEYTURN, ...args], { env: where, input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`set-up failed: ${done.stderr}`);
}
