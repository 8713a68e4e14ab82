import {
  chmodSync,
  chownSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createCanary } from '../support/canary.ts';
import { runInProcess } from '../support/cli.ts';
import { BUILT, runProgram } from '../support/cli-process.ts';
import { dig, fingerprintOf, type KillRig, makeRig, type Round } from '../support/kill-rig.ts';
import { KILL_SCENARIOS } from '../support/kill-scenarios.ts';
import { picture } from '../support/temp.ts';

/** What befalls one machine: two commands at once, signals, backups, copies, broken files. With Devo, as the others. */
describe('one machine', () => {
  let rig: KillRig;
  const LOST = 'POST * reset-after x1';
  const GONE = '* reset-before after:';
  const ATTEMPTS = '.local/state/keyturn/attempts';

  beforeAll(async () => {
    const scenario = KILL_SCENARIOS.find(({ name }) => name === 'devo: tokens rotate');
    if (!scenario) throw new Error('there is no such scenario');
    rig = await makeRig(scenario);
  });
  afterAll(() => rig.close());

  function begin(): Round {
    const round = rig.begin();
    onTestFinished(() => round.end());
    return round;
  }

  const live = (round: Round): number => round.items().filter((item) => item.live).length;
  const ended = (round: Round) =>
    round.requests().filter(({ method }) => method === 'DELETE' || method === 'PUT');

  async function saved(round: Round, home = round.home.path): Promise<string> {
    const { stdout } = await runInProcess(['credentials', 'get', 'ci', '--print'], {
      ...{ home, env: { ...round.env, HOME: home }, time: rig.time },
    });
    return stdout.trimEnd();
  }

  /** A rotation whose issuing request was answered by nobody, on a provider that is gone since. */
  async function leaveOpen(round: Round, ...args: readonly string[]): Promise<void> {
    const from = 2;
    rig.world.setFaults([LOST, `${GONE}${from}`]);
    const done = await round.run(args);
    rig.world.setFaults([]);
    expect(done.code, done.stderr).toBe(10);
  }

  /** The id of the token whose secret each saved credential holds. */
  async function savedIds(round: Round): Promise<ReadonlyMap<unknown, unknown>> {
    const { stdout } = await round.run(['credentials', 'list', '--json']);
    const list = dig(JSON.parse(stdout), 'credentials');
    return new Map(Array.isArray(list) ? list.map((one) => [dig(one, 'name'), dig(one, 'id')]) : []);
  }

  async function rotations(round: Round): Promise<readonly unknown[]> {
    const { stdout } = await round.run(['rotations', 'list', '--json']);
    const list = dig(JSON.parse(stdout), 'rotations');
    return Array.isArray(list) ? list : [];
  }

  test('#51 a name that is taken: nothing of the other’s is touched', async () => {
    const scenario = KILL_SCENARIOS.find(({ name }) => name === 'bluebricks: tokens create');
    if (!scenario) throw new Error('there is no such scenario');
    const other = await makeRig(scenario);
    onTestFinished(() => other.close());
    const round = other.begin();
    onTestFinished(() => round.end());
    other.world.setFaults(['POST * status:409 x1']);
    const done = await round.runCommand([]);
    expect([6, 7]).toContain(done.code);
    expect(round.items()).toEqual(round.before);
  });

  test('#56 what a lost answer made is found among 500', async () => {
    const round = begin();
    rig.world.seedTokens('devo', 500);
    const before = live(round);
    rig.world.setFaults([LOST]);
    expect((await round.runCommand([])).code).toBe(0);
    expect(live(round)).toBe(before);
    const print = fingerprintOf(await saved(round));
    expect(round.items().filter((item) => item.live && item.fingerprint === print)).toHaveLength(1);
  });

  test('#70 one that is dead already is not rotated with a dead credential', async () => {
    const round = begin();
    expect((await round.run(['tokens', 'delete', 'ci', '--yes'])).code).toBe(0);
    const before = round.requests().length;
    expect((await round.runCommand([])).code).toBe(5);
    expect(
      round
        .requests()
        .slice(before)
        .filter(({ method }) => method !== 'GET'),
    ).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    '#84 %s five times while the issuing request is on its way: the answer is kept, nothing is lost',
    async (signal) => {
      const round = begin();
      rig.world.setFaults(['POST * slow:700 x1']);
      // Where a memory image may be written, it would be written here.
      const command = ['-c', 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"', process.execPath, BUILT];
      const done = await runProgram('/bin/sh', [...command, 'tokens', 'rotate', 'ci', '--yes'], {
        ...{ env: round.env, cwd: round.home.path },
        onStart: (pid) => void interrupt(round, pid, signal),
      });
      rig.world.setFaults([]);
      expect(readdirSync(round.home.path).filter((name) => name.startsWith('core'))).toEqual([]);
      expect(createCanary(round.secrets()).find(done.stdout + done.stderr)).toBeNull();
      expect(done.signal).toBeNull();
      expect([0, 10]).toContain(done.code);
      expect(round.requests().filter(({ method }) => method === 'POST')).toHaveLength(1);
      await round.run(['rotations', 'resume', '--all', '--yes']);
      expect(await rotations(round)).toEqual([]);
      expect(live(round)).toBe(round.before.filter((item) => item.live).length);
      const print = fingerprintOf(await saved(round));
      expect(round.before.map(({ fingerprint }) => fingerprint)).not.toContain(print);
      expect(round.items().some((item) => item.live && item.fingerprint === print)).toBe(true);
    },
  );

  describe('a folder of the state that is not ours alone', () => {
    const STATE = '.local/state/keyturn';
    const spoilers: readonly (readonly [string, (path: string) => void])[] = [
      ['a link to another folder', (path) => moveAway(path, (to) => symlinkSync(to, path))],
      ['a link to nowhere', (path) => moveAway(path, () => symlinkSync('/nonexistent/folder', path))],
      ['a file', (path) => moveAway(path, () => writeFileSync(path, '', { mode: 0o600 }))],
      ['open to everybody', (path) => chmodSync(path, 0o777)],
      ['open to a group', (path) => chmodSync(path, 0o750)],
      ...(process.getuid?.() === 0
        ? [['another user’s', (path: string) => chownSync(path, 65_534, 65_534)] as const]
        : []),
    ];

    test.each(spoilers)(
      '#82 %s: refused before the issuing request, and nothing is written there',
      async (_title, spoil) => {
        for (const folder of ['attempts', 'locks', '.']) {
          const round = begin();
          const path = join(round.home.path, STATE, folder);
          spoil(path.replace(/\/\.$/, ''));
          const before = picture(round.home);
          const done = await round.runCommand([]);
          expect(done.code, `${folder}: ${done.output}`).toBe(2);
          expect(round.requests().filter(({ method }) => method !== 'GET')).toEqual([]);
          expect(picture(round.home)).toBe(before);
          expect(await saved(round)).not.toBe('');
          expect(round.items()).toEqual(round.before);
        }
      },
    );
  });

  test('#88 two rotations of one token at once: one rotates, and readers never see none', async () => {
    const round = begin();
    rig.world.setFaults(['* slow:60']);
    const reads: Promise<string>[] = [];
    const reading = setInterval(() => reads.push(saved(round)), 40);
    const [one, two] = await Promise.all([round.strike({ kind: 'none' }), round.strike({ kind: 'none' })]);
    clearInterval(reading);
    rig.world.setFaults([]);
    const codes = [one, two].map(({ code }) => code).sort();
    // The later one is refused, or comes when the first is done and finds its token gone.
    expect(codes[0]).toBe(0);
    expect([5, 13]).toContain(codes[1]);
    expect(round.requests().filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(live(round)).toBe(round.before.filter((item) => item.live).length);
    const seen = new Set((await Promise.all(reads)).map((secret) => secret.length > 20));
    expect(seen).toEqual(new Set([true]));
  });

  test('#92 a backup of before: its secret is rejected, and nothing is ended', async () => {
    const round = begin();
    const backup = readFileSync(join(round.home.path, '.config/keyturn/credentials.yaml'));
    expect((await round.runCommand([])).code).toBe(0);
    writeFileSync(join(round.home.path, '.config/keyturn/credentials.yaml'), backup, { mode: 0o600 });
    const before = { requests: ended(round).length, live: live(round) };
    const again = await round.runCommand([]);
    expect(again.code).not.toBe(0);
    expect(ended(round).length).toBe(before.requests);
    expect(live(round)).toBe(before.live);
  });

  test('#93 a copy on a second machine: both resume, one token is left, and its secret is on the machine that made it', async () => {
    const round = begin();
    await leaveOpen(round, 'tokens', 'rotate', 'ci', '--yes');
    const copy = `${round.home.path}-copy`;
    cpSync(round.home.path, copy, { recursive: true });
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    expect((await round.run(['rotations', 'resume', '--all', '--yes'])).code).toBe(0);
    const kept = await saved(round);
    await runInProcess(['rotations', 'resume', '--all', '--yes'], {
      ...{ home: copy, env: { ...round.env, HOME: copy }, time: rig.time },
    });
    expect(round.items().some((item) => item.live && item.fingerprint === fingerprintOf(kept))).toBe(true);
    expect(live(round)).toBe(round.before.filter((item) => item.live).length);
  });

  test('#96 several unfinished, one broken: the others finish, and the broken one is named', async () => {
    const round = begin();
    const create = (name: string) => [
      ...['tokens', 'create', '--name', name, '--user', 'admin@example.com', '--audience', 'apiv2'],
      ...['--scope', 'table://my.app', '--save'],
    ];
    const names = ['a', 'b', 'c'];
    for (const name of names) expect((await round.run(create(name))).code).toBe(0);
    const before = await savedIds(round);
    for (const name of names) await leaveOpen(round, 'tokens', 'rotate', name, '--yes');
    const [id] = readdirSync(join(round.home.path, ATTEMPTS)).filter((name) => name.endsWith('.journal'));
    const path = join(round.home.path, ATTEMPTS, id ?? '');
    const bytes = readFileSync(path);
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const resumed = await round.run(['rotations', 'resume', '--all', '--yes']);
    expect(resumed.code).toBe(9);
    const left = await rotations(round);
    expect(left.map((one) => dig(one, 'id'))).toEqual([id?.split('.')[0]]);
    expect(readFileSync(path)).toEqual(bytes);
    const after = await savedIds(round);
    expect(names.filter((name) => after.get(name) !== before.get(name))).toHaveLength(2);
  });

  test('#97 logout while an operation is open is refused', async () => {
    const round = begin();
    await leaveOpen(round, 'tokens', 'rotate', 'ci', '--yes');
    const done = await round.run(['logout', 'devo', '--yes']);
    expect(done.code).not.toBe(0);
    expect(done.stderr).toContain('rotations resume');
    expect((await round.run(['rotations', 'resume', '--all', '--yes'])).code).toBe(0);
  });
});

function moveAway(path: string, then: (to: string) => void): void {
  const to = `${path}.real`;
  renameSync(path, to);
  then(to);
}

async function interrupt(round: Round, pid: number, signal: NodeJS.Signals): Promise<void> {
  while (!round.requests().some(({ method }) => method === 'POST'))
    await new Promise((resolve) => setTimeout(resolve, 5));
  for (let times = 0; times < 5; times += 1) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    process.kill(pid, signal);
  }
}
