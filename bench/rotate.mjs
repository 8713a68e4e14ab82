// `npm run bench -- rotate`: many rotations in one command at a provider that answers after 20 ms, beside curl and Python's threads
// sending as many requests in the same run. Quote the ratios; the seconds are this machine's.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEYTURN, machine, measure, must, startPlace } from './rig.mjs';

const LATENCY_MS = 20;
const MOST_AT_ONCE = 32;

export async function rotate({ tokens }) {
  console.log(`\n${tokens} rotations at Devo, ${LATENCY_MS} ms an answer; ${machine()}\n`);
  const rows = [];
  // With `-v` each request is a line.
  const requests = await requestsOf(tokens);
  for (const concurrency of [1, 4, MOST_AT_ONCE]) {
    const place = await startPlace({ tokens, latency: `${LATENCY_MS}ms` });
    const args = ['tokens', 'rotate', '--all', '--expiring-within', '14d', '--save', '--yes'];
    const more = ['--max', String(tokens), '--concurrency', String(concurrency)];
    const run = node(`keyturn --concurrency ${concurrency}`, [KEYTURN, ...args, ...more], place);
    rows.push([run.name, measure(run), requests / concurrency]);
    place.stop();
  }
  const place = await startPlace({ tokens: 1, latency: `${LATENCY_MS}ms` });
  for (const rival of [curl(place, requests), python(place, requests)]) {
    rows.push([rival.name, measure(rival), requests / MOST_AT_ONCE]);
  }
  place.stop();
  console.log('| what | wall s | CPU s | wall × (requests × latency ÷ at once) |\n|---|---|---|---|');
  for (const [name, { wall, cpu }, turns] of rows) {
    const ratio = wall / (turns * LATENCY_MS);
    console.log(
      `| ${name} | ${(wall / 1_000).toFixed(2)} | ${(cpu / 1_000).toFixed(2)} | ${ratio.toFixed(2)} |`,
    );
  }
  console.log(`\n${requests} requests each`);
}

/** The requests of that many rotations in one command, from the difference between two and one. */
async function requestsOf(tokens) {
  const counts = [];
  for (const few of [1, 2]) {
    const place = await startPlace({ tokens: few });
    const args = ['tokens', 'rotate', '--all', '--expiring-within', '14d', '--save', '--yes', '-v'];
    const { stderr } = must(place, args);
    counts.push(stderr.split('\n').filter((line) => /\b(GET|POST|PUT|PATCH|DELETE) \//.test(line)).length);
    place.stop();
  }
  const [one, two] = counts;
  return one + (two - one) * (tokens - 1);
}

function node(name, args, { env, home }) {
  return { name, command: process.execPath, args, env, cwd: home };
}

/** As many reads of one token, on connections that stay open. */
function curl({ env, home, origin, secret }, requests) {
  const path = join(home, 'curl.txt');
  const one = `url = "${origin}/ws/accounts/acme/credentials/tokens/2"\noutput = /dev/null\n`;
  writeFileSync(path, one.repeat(requests));
  const args = ['-sS', '--parallel', '--parallel-max', String(MOST_AT_ONCE), '-K', path];
  return {
    name: 'curl --parallel',
    command: 'curl',
    args: [...args, '-H', `Authorization: Bearer ${secret}`],
    env,
    cwd: home,
  };
}

const THREADS = `
import concurrent.futures, http.client, sys, threading
host, path, secret, count, at_once = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
local = threading.local()
def one(_):
    if not hasattr(local, 'connection'):
        local.connection = http.client.HTTPConnection(host)
    local.connection.request('GET', path, headers={'Authorization': 'Bearer ' + secret})
    answer = local.connection.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
    list(pool.map(one, range(count)))
`;

function python({ env, home, origin, secret }, requests) {
  const path = '/ws/accounts/acme/credentials/tokens/2';
  const args = ['-c', THREADS, new URL(origin).host, path, secret, String(requests), String(MOST_AT_ONCE)];
  const version = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (version.status !== 0) return { name: 'Python (not installed)', command: 'true', args: [], env };
  return { name: `Python, ${MOST_AT_ONCE} threads`, command: 'python3', args, env, cwd: home };
}
