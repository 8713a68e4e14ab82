import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BUILT, runProgram } from '../support/cli-process.ts';
import { startKeyring } from '../support/keyring-session.ts';
import { createTracer, type SystemCall, whyNoTrace } from '../support/strace.ts';
import { requireTools } from '../support/system.ts';
import { createRig, type Rig } from './rig.ts';

/** What a command does to the disk. */
interface Counts {
  readonly fsync: number;
  /** Opens of `credentials.yaml`. */
  readonly store: number;
  /** Listings of the folder of operations. */
  readonly listings: number;
  /** Opens of files of operations. */
  readonly operations: number;
  /** Files that Node opens to load keyturn: the launcher and chunks of `dist/cli`. */
  readonly code: number;
  /** Programs that were started, keyturn itself not counted. */
  readonly processes: number;
}

/**
 * At most so many, with a file store and Devo. A rotation flushes: the header of the operation and its name (2), the intent (1),
 * the answer (1), what was found of it (1), the store three times with its name (6), the destination and its name (2), the audit
 * log (1), the end and its name (2).
 */
const MOST: readonly (readonly [command: string, most: Omit<Counts, 'operations' | 'processes'>])[] = [
  ['--version', { fsync: 0, store: 0, listings: 0, code: 2 }],
  ['run -- true', { fsync: 0, store: 0, listings: 2, code: 6 }],
  ['run --env A=ci -- true', { fsync: 0, store: 1, listings: 2, code: 6 }],
  ['credentials get ci --print', { fsync: 0, store: 1, listings: 2, code: 5 }],
  ['tokens list', { fsync: 0, store: 1, listings: 2, code: 8 }],
  ['tokens create --name ci-2 --save', { fsync: 12, store: 3, listings: 6, code: 12 }],
  ['tokens rotate ci', { fsync: 14, store: 4, listings: 6, code: 12 }],
  ['tokens rotate ci --to file:secret', { fsync: 16, store: 4, listings: 6, code: 12 }],
];
const SPEC = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'table://my.app.**'];

const noTrace = whyNoTrace();
const because = noTrace === null ? '' : ` (skipped: ${noTrace})`;

describe.skipIf(noTrace !== null)(`effects of a command on files${because}`, () => {
  test('stay within the table', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    const { origin } = rig.sandbox;
    const login = ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', origin, '--with-token'];
    await rig.must(login, rig.sandbox.login('devo'));
    await rig.must(['tokens', 'create', '--name', 'ci', ...SPEC, '--save']);
    const found: [string, Counts][] = [];
    for (const [command] of MOST) found.push([command, await countOf(rig, argumentsOf(command))]);
    console.log(tableOf(found));
    for (const [index, [command, most]] of MOST.entries()) {
      const counts = found[index]?.[1];
      expect(counts?.fsync, `${command}: fsync`).toBeLessThanOrEqual(most.fsync);
      expect(counts?.store, `${command}: opens of the store`).toBeLessThanOrEqual(most.store);
      expect(counts?.listings, `${command}: listings of operations`).toBeLessThanOrEqual(most.listings);
      expect(counts?.code, `${command}: files of code`).toBeLessThanOrEqual(most.code);
    }
  }, 120_000);

  test('are no more beside many saved credentials and finished operations', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    const { origin } = rig.sandbox;
    const login = ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', origin, '--with-token'];
    await rig.must(login, rig.sandbox.login('devo'));
    await rig.must(['tokens', 'create', '--name', 'ci', ...SPEC, '--save']);
    const commands = ['run -- true', 'credentials get ci --print', 'tokens rotate ci'];
    // The first rotation of all makes what later ones find.
    await rig.must(argumentsOf('tokens rotate ci'));
    const few: Counts[] = [];
    for (const command of commands) few.push(await countOf(rig, argumentsOf(command)));
    saveMore(rig.home.path, 200);
    finishMore(rig.home.path, 200);
    const many: Counts[] = [];
    for (const command of commands) many.push(await countOf(rig, argumentsOf(command)));
    expect(many).toEqual(few);
  }, 120_000);

  const noKeyring = requireTools('dbus-daemon', 'gnome-keyring-daemon');
  test.skipIf(noKeyring !== null)(
    'with the key in the keychain: no process is started for it',
    async () => {
      const ring = await startKeyring();
      onTestFinished(() => ring.stop());
      const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = ring.env;
      const rig = await createRig({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
      await rig.must(['credentials', 'import', 'ci'], 'first-secret-0123456789');
      const { processes, store } = await countOf(rig, ['credentials', 'get', 'ci', '--print']);
      expect({ processes, store }).toEqual({ processes: 0, store: 1 });
    },
    60_000,
  );
});

/** Copies of the saved token under other names. */
function saveMore(home: string, count: number): void {
  const path = join(home, '.config', 'keyturn', 'credentials.yaml');
  const text = readFileSync(path, 'utf8');
  const [block = ''] = /^ {2}ci:\n(?: {4}.*\n)+/m.exec(text) ?? [];
  const copyOf = (n: number): string =>
    block.replace('  ci:', `  copy-${n}:`).replace(/id: .*/, `id: "${100_000 + n}"`);
  writeFileSync(path, text + Array.from({ length: count }, (_, n) => copyOf(n)).join(''));
}

/** Copies of the record of a finished operation, as if they had ended in the same second. */
function finishMore(home: string, count: number): void {
  const folder = join(home, '.local', 'state', 'keyturn', 'attempts');
  const name = readdirSync(folder).find((each) => each.endsWith('.done')) ?? '';
  const bytes = readFileSync(join(folder, name));
  for (let n = 0; n < count; n += 1) {
    const copy = `${randomBytes(16).toString('hex')}${name.slice(name.indexOf('.'))}`;
    writeFileSync(join(folder, copy), bytes, { mode: 0o600 });
  }
}

function argumentsOf(command: string): readonly string[] {
  const words = command.split(' ');
  if (words[0] !== 'tokens' || words[1] === 'list') return words;
  return words[1] === 'create' ? [...words, ...SPEC] : [...words, '--yes'];
}

async function countOf(rig: Rig, args: readonly string[]): Promise<Counts> {
  const tracer = createTracer();
  if (tracer.strike.kind !== 'under') throw new Error('a tracer runs the command under strace');
  const [program = '', ...before] = tracer.strike.program;
  const options = { env: { ...process.env, ...rig.env }, cwd: rig.home.path };
  const { code, stderr } = await runProgram(program, [...before, process.execPath, BUILT, ...args], options);
  if (code !== 0) throw new Error(`keyturn ${args.join(' ')} ended with ${code}: ${stderr}`);
  const calls = tracer.calls();
  const countIf = (is: (call: SystemCall) => boolean): number => calls.filter(is).length;
  return {
    fsync: countIf(({ name }) => name === 'fsync'),
    store: countIf(({ name, text }) => name === 'openat' && text.includes('/credentials.yaml"')),
    // Opened to be flushed, a folder has no O_NONBLOCK.
    listings: countIf(({ name, text }) => name === 'openat' && /\/attempts", [A-Z_|]*O_NONBLOCK/.test(text)),
    operations: countIf(({ name, text }) => name === 'openat' && text.includes('/attempts/')),
    code: countIf(({ name, text }) => name === 'openat' && /"[^"]+\.c?js"/.test(text)),
    processes: countIf(({ name }) => name === 'execve') - 1,
  };
}

function tableOf(rows: readonly (readonly [string, Counts])[]): string {
  const lines = rows.map(([command, { fsync, store, listings, code }]) =>
    [command.padEnd(36), ...[fsync, store, listings, code].map((count) => String(count).padStart(8))].join(
      ' ',
    ),
  );
  return [`${''.padEnd(36)}    fsync    store listings     code`, ...lines].join('\n');
}
