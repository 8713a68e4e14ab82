// `npm run bench -- start`: what a command costs beside bare Node, a bare HTTP client and curl, as ratios in one run.
// Whole processes, in turn (A B C, then C B A …). Each ratio is of a command to `node -e 0` in the same round; the table has the median and the
// middle half of them. Quote the ratios of CPU time: the milliseconds are this machine's, and wall time grows with its load.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { KEYTURN, machine, measure, must, quantile, startPlace } from './rig.mjs';

const GET = `require('node:http').get(process.argv[1], { headers: { authorization: process.argv[2] } }, async (answer) => {
  let text = '';
  for await (const part of answer) text += part;
  console.log(JSON.parse(text).object?.length);
})`;

export async function start({ rounds: count }) {
  const plain = await startPlace({ tokens: 20 });
  const { home, origin, secret } = plain;
  const sealed = {
    ...plain,
    env: {
      PATH: process.env.PATH,
      HOME: join(home, 'sealed'),
      KEYTURN_PASSPHRASE: 'a passphrase for the benchmark',
    },
  };
  const login = ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', origin, '--with-token'];
  mkdirSync(sealed.env.HOME, { mode: 0o700 });
  must(sealed, [...login, '--store', 'passphrase'], secret);
  must(plain, ['credentials', 'import', 'job', '--origin', 'https://job.example'], secret);
  const cases = casesOf(plain, sealed);
  const rounds = [];
  for (let round = -1; round < count; round += 1) {
    const measured = new Map();
    for (const each of round % 2 === 0 ? cases : cases.toReversed()) measured.set(each, measure(each));
    if (round >= 0) rounds.push(measured);
  }
  plain.stop();
  print(cases, rounds);
}

function casesOf(plain, sealed) {
  const { env, home, origin, secret } = plain;
  const node = (name, args, where = env) => ({
    name,
    command: process.execPath,
    args,
    env: where,
    cwd: home,
  });
  const keyturn = (line, { env: where } = plain, note = '') =>
    node(`keyturn ${line}${note}`, [KEYTURN, ...line.split(' ')], where);
  const get = 'credentials get devo --print --allow-managing';
  const list = `${origin}/ws/accounts/acme/credentials/tokens`;
  return [
    node('node -e 0', ['-e', '0']),
    keyturn('--version'),
    keyturn('--help'),
    keyturn('tokens create --help'),
    keyturn('profiles list'),
    keyturn('run -- true'),
    keyturn('run --env T=job -- true'),
    keyturn(get),
    keyturn(get, sealed, ' (passphrase)'),
    {
      name: 'curl, one list',
      command: 'curl',
      args: ['-sS', '-H', `Authorization: Bearer ${secret}`, list],
      env,
      cwd: home,
    },
    node('bare node:http, one list', ['-e', GET, list, `Bearer ${secret}`]),
    keyturn('tokens list'),
    keyturn('tokens list -o human'),
    keyturn('tokens list', sealed, ' (passphrase)'),
  ];
}

function print(cases, rounds) {
  const [base] = cases;
  console.log(
    `\n${rounds.length} rounds, ${machine()}\n\n| command | CPU ms | CPU × node -e 0 | middle half | wall × |\n|---|---|---|---|---|`,
  );
  for (const each of cases) {
    const ratios = (of) => rounds.map((round) => round.get(each)[of] / round.get(base)[of]);
    const cpu = ratios('cpu');
    const spent = rounds.map((round) => round.get(each).cpu);
    const half = [0.25, 0.75].map((part) => quantile(cpu, part).toFixed(2)).join('–');
    const cells = [each.name, quantile(spent, 0.5).toFixed(0), quantile(cpu, 0.5).toFixed(2), half];
    console.log(`| ${[...cells, quantile(ratios('wall'), 0.5).toFixed(2)].join(' | ')} |`);
  }
}
