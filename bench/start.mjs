// `npm run bench [RUNS]`: what a command costs beside bare Node, a bare HTTP client and curl, as ratios in one run. It measures
// what is built: run `npm run build` first.
// Whole processes, in turn (A B C, then C B A …). Each ratio is of a command to `node -e 0` in the same round; the table has the median and the
// middle half of them. Quote the ratios of CPU time: the milliseconds are this machine's, and wall time grows with its load.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstLine } from '../scripts/lib.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const KEYTURN = join(ROOT, 'bin', 'keyturn.js');
const runs = Number(process.argv[2] ?? 15);
const home = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const env = { PATH: process.env.PATH, HOME: home };
const sandbox = spawn(process.execPath, [KEYTURN, 'sandbox', '--json', '--seed-tokens', '20'], {
  cwd: home,
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => {
  sandbox.kill();
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});
const { origin, logins } = JSON.parse(await firstLine(sandbox.stdout));
const devo = logins.find((each) => each.provider === 'devo').secret;
const list = `${origin}/ws/accounts/acme/credentials/tokens`;

const plain = { ...env, KEYTURN_CONFIG_DIR: join(home, 'plain'), KEYTURN_STATE_DIR: join(home, 'plain') };
const sealed = {
  ...env,
  KEYTURN_CONFIG_DIR: join(home, 'sealed'),
  KEYTURN_STATE_DIR: join(home, 'sealed'),
  KEYTURN_PASSPHRASE: 'a passphrase for the benchmark',
};
const login = [
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
];
once([...login, 'file'], plain, devo);
once([...login, 'passphrase'], sealed, devo);
once(
  ['credentials', 'import', 'job', '--origin', 'https://job.example'],
  { ...plain, KEYTURN_STORE: 'file' },
  devo,
);

const node = (name, args, where = env) => ({ name, command: process.execPath, args, env: where });
const keyturn = (line, where = env, note = '') =>
  node(`keyturn ${line}${note}`, [KEYTURN, ...line.split(' ')], where);
const GET = `require('node:http').get(process.argv[1], { headers: { authorization: process.argv[2] } }, async (answer) => {
  let text = '';
  for await (const part of answer) text += part;
  console.log(JSON.parse(text).object?.length);
})`;
const get = 'credentials get devo --print --allow-managing';
const cases = [
  node('node -e 0', ['-e', '0']),
  keyturn('--version'),
  keyturn('--help'),
  keyturn('tokens create --help'),
  keyturn('profiles list', plain),
  keyturn('run -- true', plain),
  keyturn('run --env T=job -- true', plain),
  keyturn(get, plain),
  keyturn(get, sealed, ' (passphrase)'),
  {
    name: 'curl, one list',
    command: 'curl',
    args: ['-sS', '-H', `Authorization: Bearer ${devo}`, list],
    env,
  },
  node('bare node:http, one list', ['-e', GET, list, `Bearer ${devo}`]),
  keyturn('tokens list', plain),
  keyturn('tokens list -o human', plain),
  keyturn('tokens list', sealed, ' (passphrase)'),
];
const rounds = [];
for (let run = -1; run < runs; run += 1) {
  const round = new Map();
  for (const each of run % 2 === 0 ? cases : cases.toReversed()) round.set(each, measure(each));
  if (run >= 0) rounds.push(round);
}
const [base] = cases;
const processors = cpus();
console.log(
  `${runs} rounds, Node ${process.version}, ${process.platform} ${process.arch}, ${processors.length} × ${processors[0]?.model.trim()}, load ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}\n\n| command | CPU ms | CPU × node -e 0 | middle half | wall × |\n|---|---|---|---|---|`,
);
for (const each of cases) {
  const ratios = (of) => rounds.map((round) => round.get(each)[of] / round.get(base)[of]);
  const cpu = ratios('cpu');
  const row = [
    each.name,
    quantile(
      rounds.map((round) => round.get(each).cpu),
      0.5,
    ).toFixed(0),
    quantile(cpu, 0.5).toFixed(2),
    `${quantile(cpu, 0.25).toFixed(2)}–${quantile(cpu, 0.75).toFixed(2)}`,
    quantile(ratios('wall'), 0.5).toFixed(2),
  ];
  console.log(`| ${row.join(' | ')} |`);
}
process.exit(0);

/** CPU time (user and system) and wall time of one process in milliseconds, as bash tells them. Its output is a pipe, as in a script. */
function measure({ name, command, args, env: where }) {
  const timed = ['-c', 'TIMEFORMAT="%3R %3U %3S"; time "$@" 2>&3 3>&-', 'bash', command, ...args];
  const done = spawnSync('bash', timed, {
    env: where,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`${name} ended with ${done.status}: ${done.output[3]}`);
  const [wall, user, system] = done.stderr
    .trim()
    .split(' ')
    .map((seconds) => Number(seconds) * 1_000);
  return { wall, cpu: user + system };
}

function quantile(list, part) {
  return list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * part)];
}

function once(args, where, input) {
  const done = spawnSync(process.execPath, [KEYTURN, ...args], { env: where, input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`set-up failed: ${done.stderr}`);
}
