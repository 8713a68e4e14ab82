import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../support/cli-process.ts';
import { type KeyringSession, startKeyring } from '../support/keyring-session.ts';
import { describeWithTools } from '../support/system.ts';
import { createRig, type Rig } from './rig.ts';

const TOOLS = ['dbus-daemon', 'gnome-keyring-daemon', 'secret-tool'];
/** How long a command may take to say that the keychain cannot be reached. */
const PROMISED_MS = 5_000;
const THOROUGH = process.env['KEYTURN_PROOF'] === 'full';

interface Machine extends Rig {
  readonly ring: KeyringSession;
  /** What the keychain holds of keyturn, seen with somebody else's program: the names of the items. */
  items(): readonly string[];
}

async function createMachine(kind: 'unlocked' | 'no-service' = 'unlocked'): Promise<Machine> {
  const ring = await startKeyring(kind);
  onTestFinished(() => ring.stop());
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = ring.env;
  const rig = await createRig({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
  return {
    ...rig,
    ring,
    items() {
      const command = 'secret-tool search --all service keyturn 2>&1 || true';
      const found = execFileSync('sh', ['-c', command], { env: ring.env, timeout: 10_000 }).toString();
      return [...found.matchAll(/^attribute\.username = (.*)$/gm)].map((match) => match[1] ?? '');
    },
  };
}

const config = (rig: Rig) => join(rig.home.path, '.config/keyturn');
const kindOf = (rig: Rig) =>
  /^store: (\w+)$/m.exec(readFileSync(join(config(rig), 'credentials.yaml'), 'utf8'))?.[1];
const loginTo = (rig: Rig) => ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'];

/** A store with two secrets in it, and how to see that both are still there. */
async function keepTwo(rig: Rig): Promise<void> {
  await rig.must(['credentials', 'import', 'one'], 'first-secret-0123456789');
  await rig.must(['credentials', 'import', 'two'], 'second-secret-9876543210');
}

async function expectTwo(rig: Rig): Promise<void> {
  const kept = await rig.must(['credentials', 'export', 'one', 'two', '--format', 'json']);
  expect(JSON.parse(kept)).toEqual({ ONE: 'first-secret-0123456789', TWO: 'second-secret-9876543210' });
}

const TWO = ['first-secret-0123456789', 'second-secret-9876543210'];

describeWithTools('the keychain store', TOOLS, () => {
  test('a token lives there from login to rotation, and no file ever holds a secret in clear', async () => {
    const machine = await createMachine();
    await machine.must(loginTo(machine), machine.sandbox.login('prefactor'));
    await machine.must(['tokens', 'create', '--name', 'agent', '--save']);
    const first = await machine.must(['credentials', 'get', 'agent', '--print']);
    await machine.must(['tokens', 'rotate', 'agent', '--yes']);
    const second = await machine.must(['credentials', 'get', 'agent', '--print']);
    expect(second).not.toBe(first);
    expect(machine.sandbox.secrets).toContain(second.trim());
    expect(await machine.must(['credentials', 'list', '--json'])).toContain('"store": "keychain"');
    expect(machine.findInHome(machine.sandbox.secrets)).toBe(null);
    const [item, ...more] = machine.items();
    expect({ item, more }).toEqual({ item: expect.stringMatching(/^vault:[0-9a-f]{32}$/), more: [] });
    const lookUp = ['lookup', 'service', 'keyturn', 'username', item ?? ''];
    const key = execFileSync('secret-tool', lookUp, { env: machine.ring.env }).toString();
    expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(machine.findInHome([key])).toBe(null);
    // The daemon's own files survive it.
    await machine.ring.restart('unlocked');
    expect(await machine.must(['credentials', 'get', 'agent', '--print'])).toBe(second);
  });

  test('locked, stopped, gone or without a bus: 7 within 5 s, nothing sent, and the rest works', async () => {
    const machine = await createMachine();
    await machine.must(loginTo(machine), machine.sandbox.login('prefactor'));
    const sent = machine.sandbox.requests.length;
    const { ring } = machine;
    const expectUnavailable = async (said: string, env = {}) => {
      for (const [args, stdin] of [
        [['tokens', 'list'], ''],
        [loginTo(machine), machine.sandbox.login('prefactor')],
      ] as const) {
        const started = performance.now();
        const { code, stdout, stderr } = await machine.keyturn(args, stdin, env);
        expect({ code, stdout, stderr }).toEqual({
          code: 7,
          stdout: '',
          stderr: expect.stringContaining(said),
        });
        expect(performance.now() - started).toBeLessThan(PROMISED_MS);
        // What is there is kept in the keychain: another store does not open it.
        expect(stderr).not.toMatch(/--store|KEYTURN_STORE/);
      }
      expect(machine.sandbox.requests).toHaveLength(sent);
    };
    await expectUnavailable('no D-Bus session', { DBUS_SESSION_BUS_ADDRESS: '', XDG_RUNTIME_DIR: '' });
    await ring.restart('locked');
    await expectUnavailable('the keychain is locked');
    for (const args of [
      ['credentials', 'list'],
      ['profiles', 'list'],
      ['providers'],
      ['help'],
      ['rotations', 'list'],
    ]) {
      expect(await machine.must(args)).toBeTypeOf('string');
    }
    expect(await machine.must(['credentials', 'list'])).toContain('prefactor');
    const doctor = await machine.keyturn(['doctor', '--offline', '--json']);
    expect(doctor.code).toBe(1);
    expect(JSON.parse(doctor.stdout).checks).toContainEqual(
      expect.objectContaining({ check: 'keychain', result: 'wrong', message: 'the keychain is locked' }),
    );
    await ring.restart('unlocked');
    ring.daemon()?.kill('SIGSTOP');
    await expectUnavailable('the keychain does not answer');
    ring.daemon()?.kill('SIGCONT');
    expect(await machine.must(['tokens', 'list'])).toContain('active');
  }, 60_000);

  test('gone while an issuing request is on its way, and locked after a kill: the key is known, and resume waits for it', async () => {
    const machine = await createMachine();
    await machine.must(loginTo(machine), machine.sandbox.login('prefactor'));
    await machine.must(['tokens', 'create', '--name', 'agent', '--save']);
    const { ring, sandbox } = machine;
    const read = () => machine.must(['credentials', 'get', 'agent', '--print']);
    const first = await read();
    const from = sandbox.requests.length;
    const afterIssue = () => {
      const seen = sandbox.requests.slice(from);
      const issuing = seen.findIndex(({ method }) => method === 'POST');
      return issuing < 0 ? null : seen.length - issuing - 1;
    };
    sandbox.setFaults(['POST * slow:200 x1', 'GET /api/v1/ping slow:200']);
    const killed = await machine.keyturn(
      ['tokens', 'rotate', 'agent', '--yes'],
      '',
      {},
      {
        onStart: (pid) => {
          const watching = setInterval(() => {
            const later = afterIssue();
            if (later !== null) ring.daemon()?.kill('SIGKILL');
            if (later === null || later === 0) return;
            clearInterval(watching);
            kill(pid);
          }, 5);
        },
      },
    );
    sandbox.setFaults([]);
    // Without the keyring it kept the new one and went on to use it.
    expect({ signal: killed.signal, later: afterIssue() }).toEqual({ signal: 'SIGKILL', later: 1 });
    await ring.restart('locked');
    const refused = await machine.keyturn(['rotations', 'resume', '--all', '--yes']);
    expect([7, 10]).toContain(refused.code);
    expect(refused.stdout + refused.stderr).toContain('the keychain is locked');
    expect(afterIssue()).toBe(1);
    await ring.restart('unlocked');
    await machine.must(['rotations', 'resume', '--all', '--yes']);
    expect(await read()).not.toBe(first);
    expect(sandbox.sandbox.tokens('prefactor').filter(({ live }) => live)).toHaveLength(2);
    const isIssuing = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path === '/api/v1/api_token';
    expect(sandbox.requests.slice(from).filter(isIssuing)).toHaveLength(1);
  }, 60_000);

  test('a first login where there is no keychain sends nothing and leaves nothing', async () => {
    const machine = await createMachine('no-service');
    const { code, stderr } = await machine.keyturn(loginTo(machine), machine.sandbox.login('prefactor'));
    expect(code).toBe(7);
    expect(stderr).toContain('gnome-keyring');
    const session = ['login', 'errova', '--org', 'acme-inc', '--url', machine.sandbox.origin, '--session'];
    const issued = await machine.keyturn(session, machine.sandbox.login('errova', 'session-cookie'));
    expect(issued.code).toBe(7);
    const env = {
      KEYTURN_PROVIDER: 'prefactor',
      KEYTURN_URL: machine.sandbox.origin,
      KEYTURN_TOKEN: machine.sandbox.login('prefactor'),
    };
    const created = await machine.keyturn(['tokens', 'create', '--name', 'ci', '--save'], '', env);
    expect(created.code).toBe(7);
    expect(machine.sandbox.requests.filter((request) => request.method !== 'GET')).toEqual([]);
    expect(existsSync(join(config(machine), 'credentials.yaml'))).toBe(false);
    expect(machine.findInHome(machine.sandbox.secrets)).toBe(null);
    await machine.must([...loginTo(machine), '--store', 'file'], machine.sandbox.login('prefactor'));
  });

  test('migrate goes from store to store, makes a new key, and leaves no old one', async () => {
    const machine = await createMachine();
    await machine.must(['credentials', 'import', 'one', '--store', 'file'], TWO[0]);
    await machine.must(['credentials', 'import', 'two'], TWO[1]);
    const migrate = (from: string, to: string, more: readonly string[] = []) =>
      machine.must(['credentials', 'migrate', '--from', from, '--to', to, ...more], '', {
        KEYTURN_PASSPHRASE: 'correct horse battery',
      });
    const before = readFileSync(join(config(machine), 'credentials.yaml'), 'utf8');
    expect(await migrate('file', 'keychain', ['--dry-run'])).toContain('2 secrets');
    expect(readFileSync(join(config(machine), 'credentials.yaml'), 'utf8')).toBe(before);
    expect(machine.items()).toEqual([]);

    await migrate('file', 'keychain');
    expect(machine.findInHome(TWO)).toBe(null);
    const [first] = machine.items();
    await expectTwo(machine);
    await migrate('keychain', 'passphrase');
    expect(machine.items()).toEqual([]);
    expect(machine.findInHome([...TWO, 'correct horse battery'])).toBe(null);
    await migrate('passphrase', 'keychain');
    const [second, ...none] = machine.items();
    expect(none).toEqual([]);
    await migrate('keychain', 'keychain');
    const [third, ...also] = machine.items();
    expect(also).toEqual([]);
    expect(new Set([first, second, third]).size).toBe(3);
    await expectTwo(machine);
    expect(machine.findInHome(TWO)).toBe(null);

    const wrong = await machine.keyturn(['credentials', 'migrate', '--from', 'file', '--to', 'keychain']);
    expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('keyturn credentials migrate --from keychain --to keychain'),
    });
  }, 60_000);

  test('migrate killed at any moment leaves the old or the new store whole, and is finished by running it again', async () => {
    const machine = await createMachine();
    await keepTwo(machine);
    const rounds = THOROUGH ? 40 : 4;
    let length = 900;
    for (let round = 0; round < rounds; round += 1) {
      const from = kindOf(machine) ?? '';
      const to = from === 'keychain' ? (['file', 'keychain'][round % 2] ?? '') : 'keychain';
      const args = ['credentials', 'migrate', '--from', from, '--to', to, '--yes'];
      const started = performance.now();
      // Spread over the whole run, with what the machine's load adds.
      const delay =
        Math.floor((((round * 7) % rounds) / rounds) * length) + Math.random() * (length / rounds);
      const killed = await machine.keyturn(
        args,
        '',
        {},
        {
          onStart: (pid) => setTimeout(() => kill(pid), delay),
        },
      );
      if (killed.signal === null) length = Math.max(200, performance.now() - started);
      expect([from, to]).toContain(kindOf(machine));
      await expectTwo(machine);
      const { code, stderr } = await machine.keyturn([
        'credentials',
        'migrate',
        '--from',
        kindOf(machine) ?? '',
        '--to',
        to === 'file' && kindOf(machine) === 'file' ? 'keychain' : to,
        '--yes',
      ]);
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringMatching(/(^|\n)2 secrets moved [^\n]*\n$/),
      });
      expect(machine.items()).toHaveLength(kindOf(machine) === 'keychain' ? 1 : 0);
      expect(readdirSync(config(machine)).sort()).toEqual(['credentials.yaml']);
    }
    await expectTwo(machine);
  }, 300_000);

  test('migrate killed at each of its effects on the disk is finished by running it again', async () => {
    const machine = await createMachine();
    await keepTwo(machine);
    const entry = join(ROOT, 'test/support/kill-entry.mjs');
    const step = THOROUGH ? 1 : 7;
    let effects = 0;
    for (let at = 1; ; at += step) {
      const args = ['credentials', 'migrate', '--from', 'keychain', '--to', 'keychain'];
      const plan = JSON.stringify({ at, side: at % 3 === 0 ? 'before' : 'after' });
      const killed = await machine.keyturn([plan, ...args], '', {}, { program: entry });
      await expectTwo(machine);
      if (killed.signal === null) break;
      effects = at;
      await machine.must(args);
      expect(machine.items()).toHaveLength(1);
      expect(readdirSync(config(machine)).sort()).toEqual(['credentials.yaml']);
    }
    expect(effects).toBeGreaterThan(9);
  }, 300_000);
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
