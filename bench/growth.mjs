// `node bench/growth.mjs`: what a command costs as an account, a store and a history grow. CPU seconds of whole processes
// (user and system, from the shell's `time`), the smallest of five; quote the ratios, the seconds are this machine's.

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstLine } from '../scripts/lib.mjs';

const KEYTURN = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'keyturn.js');
const SPEC = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'table://my.app.**'];
const COMMANDS = [
  ['run', '--', 'true'],
  ['credentials', 'get', 'growth', '--print'],
  ['tokens', 'list', '-o', 'tsv'],
  ['tokens', 'rotate', 'growth', '--yes'],
];

await table('saved credentials', [10, 2_000], async (count) => {
  const place = await start(10);
  saveMore(place, count);
  return place;
});
await table('finished operations', [0, 2_500], async (count) => {
  const place = await start(10);
  finishMore(place, count);
  return place;
});
await table('tokens of the account', [10, 1_000, 10_000], start);

async function table(what, sizes, make) {
  console.log(`\nCPU s, by ${what}: ${sizes.join(' / ')}`);
  const columns = [];
  for (const size of sizes) {
    const place = await make(size);
    columns.push(COMMANDS.map((args) => Math.min(...Array.from({ length: 5 }, () => cpuOf(place, args)))));
    place.stop();
  }
  COMMANDS.forEach((args, row) => {
    const seconds = columns.map((column) => column[row]);
    const [first, last] = [seconds[0], seconds.at(-1)];
    const ratio = (last / first).toFixed(1);
    console.log(
      `  ${args.join(' ').padEnd(36)} ${seconds.map((each) => each.toFixed(2)).join(' / ')}   × ${ratio}`,
    );
  });
}

/** A home with a login at a sandbox that begins with so many tokens, and one token that is saved as "growth". */
async function start(tokens) {
  const home = mkdtempSync(join(tmpdir(), 'keyturn-growth-'));
  const env = { PATH: process.env.PATH, HOME: home, KEYTURN_STORE: 'file' };
  const sandbox = spawn(process.execPath, [KEYTURN, 'sandbox', '--json', '--seed-tokens', String(tokens)], {
    cwd: home,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => {
    sandbox.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  process.on('exit', stop);
  const { origin, logins } = JSON.parse(await firstLine(sandbox.stdout));
  const place = { home, env, stop };
  const secret = logins.find((each) => each.provider === 'devo').secret;
  must(
    place,
    ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', origin, '--with-token'],
    secret,
  );
  must(place, ['tokens', 'create', '--name', 'growth', ...SPEC, '--save']);
  return place;
}

/** Copies of the saved token under other names. */
function saveMore({ home }, count) {
  const path = join(home, '.config', 'keyturn', 'credentials.yaml');
  const text = readFileSync(path, 'utf8');
  const [block] = /^ {2}growth:\n(?: {4}.*\n)+/m.exec(text);
  const copies = Array.from({ length: count }, (_, n) =>
    block
      .replace('  growth:', `  copy-${n}:`)
      .replace(/id: .*/, `id: "${100_000 + n}"`)
      .replace(/secret: .*/, `secret: ${randomBytes(16).toString('hex')}`),
  );
  writeFileSync(path, text + copies.join(''));
}

/** Copies of the record of a finished operation, as if they had ended in the same second. */
function finishMore({ home }, count) {
  const folder = join(home, '.local', 'state', 'keyturn', 'attempts');
  const name = readdirSync(folder).find((each) => each.endsWith('.done'));
  const bytes = readFileSync(join(folder, name));
  for (let n = 0; n < count; n += 1) {
    const copy = `${randomBytes(16).toString('hex')}${name.slice(name.indexOf('.'))}`;
    writeFileSync(join(folder, copy), bytes, { mode: 0o600 });
  }
}

function cpuOf(place, args) {
  const script = `TIMEFORMAT='%U %S'; time "$0" "$@" >/dev/null 2>&1`;
  const { stderr, status } = spawnSync('bash', ['-c', script, process.execPath, KEYTURN, ...args], {
    cwd: place.home,
    env: place.env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`keyturn ${args.join(' ')} ended with ${status}`);
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return user + system;
}

function must({ home, env }, args, input = '') {
  const run = spawnSync(process.execPath, [KEYTURN, ...args], { cwd: home, env, input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`keyturn ${args.join(' ')}: ${run.stderr}`);
}
