// `npm run bench -- list`: a list of many tokens in pages, in each format, beside a bare Node program that reads the same pages and
// prints a line a token, in the same run. CPU of the whole process, its peak of memory (Linux tells both), and when the first row came.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { KEYTURN, machine, startPlace } from './rig.mjs';

const FORMATS = ['ndjson', 'json', 'tsv', 'human'];
const LOOK_MS = 5;
/** Of the times in `/proc/PID/stat`. */
const MS_PER_TICK = 10;
const BARE = `
const get = (offset) => new Promise((resolve, reject) => {
  const [, origin, secret] = process.argv;
  const url = origin + '/api/v1/api_token?sorting[field]=id&pagination[page_size]=100&pagination[offset]=' + offset;
  require('node:http').get(url, { agent, headers: { authorization: 'Bearer ' + secret } }, async (answer) => {
    if (answer.statusCode !== 200) return reject(new Error('status ' + answer.statusCode));
    let text = '';
    for await (const part of answer) text += part;
    resolve(JSON.parse(text));
  }).on('error', reject);
});
const agent = new (require('node:http').Agent)({ keepAlive: true, maxSockets: 1 });
(async () => {
  for (let offset = 0; ; offset += 100) {
    const page = await get(offset);
    const records = page.summaries ?? Object.values(page).find(Array.isArray);
    if (records.length > 0 && !process.stdout.write(records.map((record) => JSON.stringify(record)).join('\\n') + '\\n'))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
    if (records.length < 100) break;
  }
  agent.destroy();
})();
`;

export async function list({ tokens }) {
  console.log(`\n${tokens} tokens at Prefactor, pages of 100; ${machine()}\n`);
  const place = await startPlace({ vendor: 'prefactor', tokens });
  const { origin, secret } = place;
  const rows = [['bare node:http, a line each', await run(place, ['-e', BARE, origin, secret])]];
  for (const format of FORMATS) {
    const args = [KEYTURN, 'tokens', 'list', '-o', format];
    rows.push([`keyturn tokens list -o ${format}`, await run(place, args)]);
  }
  place.stop();
  const [[, bare]] = rows;
  console.log(
    '| what | CPU s | × bare | peak MiB | first bytes after ms | lines |\n|---|---|---|---|---|---|',
  );
  for (const [name, { cpu, peak, first, lines }] of rows) {
    const cells = [name, (cpu / 1_000).toFixed(2), (cpu / bare.cpu).toFixed(2), (peak / 1024).toFixed(0)];
    console.log(`| ${[...cells, first.toFixed(0), lines].join(' | ')} |`);
  }
}

/** CPU in milliseconds and the peak of memory in KiB, as seen last before the process ended; and what its output tells. */
function run({ env, home }, args) {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(process.execPath, args, { env, cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
    let seen = { cpu: 0, peak: 0 };
    const looking = setInterval(() => {
      seen = look(child.pid) ?? seen;
    }, LOOK_MS);
    let [first, lines] = [null, 0];
    child.stdout.on('data', (bytes) => {
      first ??= performance.now() - begun;
      for (const byte of bytes) if (byte === 0x0a) lines += 1;
    });
    child.on('close', (code) => {
      clearInterval(looking);
      if (code !== 0) reject(new Error(`${args.slice(0, 4).join(' ')} ended with ${code}`));
      else resolve({ ...seen, first, lines });
    });
  });
}

/** Null when the process has ended. */
function look(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpu: (Number(stat[11]) + Number(stat[12])) * MS_PER_TICK, peak: Number(peak) };
  } catch {
    return null;
  }
}
