// `npm run bench -- grow`: what a command costs as an account, a store and a history grow. CPU of whole processes, the smallest of
// five; quote the ratios, the seconds are this machine's. Ends with 1 where a cost grows with an exponent of more than 1.2.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEYTURN, machine, measure, must, startPlace } from './rig.mjs';

const SPEC = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'table://my.app.**'];
const COMMANDS = [
  ['run', '--', 'true'],
  ['credentials', 'get', 'growth', '--print'],
  ['tokens', 'list', '-o', 'tsv'],
  ['tokens', 'rotate', 'growth', '--yes'],
];
const STEEPEST = 1.2;

/** False where something grows too steeply. */
export async function grow({ isQuick }) {
  console.log(`\nCPU s of whole processes; ${machine()}`);
  const runs = isQuick ? 2 : 5;
  const tables = [
    await table(runs, 'saved credentials', isQuick ? [10, 500] : [10, 2_000], async (count) => {
      const place = await begin(10);
      saveMore(place, count);
      return place;
    }),
    await table(runs, 'finished operations', isQuick ? [0, 500] : [0, 2_500], async (count) => {
      const place = await begin(10);
      finishMore(place, count);
      return place;
    }),
    await table(runs, 'tokens of the account', isQuick ? [10, 1_000] : [10, 1_000, 10_000], begin),
  ];
  return tables.every((isFlat) => isFlat);
}

/** False where the cost between the last two sizes grows with an exponent over {@link STEEPEST}. */
async function table(runs, what, sizes, make) {
  const columns = [];
  for (const size of sizes) {
    const place = await make(size);
    const cpuOf = (args) => measure({ ...place, cwd: place.home, ...command(args) }).cpu;
    columns.push(COMMANDS.map((args) => Math.min(...Array.from({ length: runs }, () => cpuOf(args)))));
    place.stop();
  }
  console.log(`\n| | ${sizes.map((size) => `${size} ${what}`).join(' | ')} | ratio | exponent |`);
  console.log(`|---|${'---|'.repeat(sizes.length + 2)}`);
  let isFlat = true;
  COMMANDS.forEach((args, row) => {
    const spent = columns.map((column) => column[row]);
    const [before, last] = spent.slice(-2);
    const [from, to] = sizes.slice(-2);
    const exponent = Math.log(last / before) / Math.log(Math.max(to, 1) / Math.max(from, 1));
    if (exponent > STEEPEST) isFlat = false;
    const cells = [...spent.map((each) => (each / 1_000).toFixed(2)), (last / spent[0]).toFixed(1)];
    console.log(`| \`${args.slice(0, 3).join(' ')}\` | ${[...cells, exponent.toFixed(2)].join(' | ')} |`);
  });
  return isFlat;
}

function command(args) {
  return { name: `keyturn ${args.join(' ')}`, command: process.execPath, args: [KEYTURN, ...args] };
}

/** A place whose account has so many tokens, and one more that is saved as "growth". */
async function begin(tokens) {
  const place = await startPlace({ tokens });
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
