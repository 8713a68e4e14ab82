import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startKeyring } from '../support/keyring-session.ts';
import { describeWithTools } from '../support/system.ts';
import { createRig, type Rig } from './rig.ts';

const THOROUGH = process.env['KEYTURN_PROOF'] === 'full';
const WRITERS = THOROUGH ? 20 : 6;
const READERS = THOROUGH ? 50 : 6;

const config = (rig: Rig) => join(rig.home.path, '.config/keyturn');
const fileOf = (rig: Rig) => readFileSync(join(config(rig), 'credentials.yaml'), 'utf8');
const names = (count: number, word: string) => Array.from({ length: count }, (_, n) => `${word}${n}`);

describe('many shells at once', () => {
  test('writers lose nothing of each other’s, and readers see a whole file', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    await rig.must(['credentials', 'import', 'before'], 'secret-of-before');
    const writers = names(WRITERS, 'w').map((name) =>
      rig.must(['credentials', 'import', name], `secret-of-${name}`),
    );
    const readers = names(READERS, 'r').map(() => rig.must(['credentials', 'get', 'before', '--print']));
    await Promise.all(writers);
    expect(new Set(await Promise.all(readers))).toEqual(new Set(['secret-of-before\n']));
    const kept = JSON.parse(
      await rig.must(['credentials', 'export', 'before', ...names(WRITERS, 'w'), '--format', 'json']),
    );
    expect(Object.keys(kept)).toHaveLength(WRITERS + 1);
    for (const [name, secret] of Object.entries(kept)) expect(secret).toBe(`secret-of-${name.toLowerCase()}`);
    expect(readdirSync(config(rig))).toEqual(['credentials.yaml']);
    expect(statSync(join(config(rig), 'credentials.yaml')).mode & 0o777).toBe(0o600);
    expect(statSync(config(rig)).mode & 0o777).toBe(0o700);
  }, 120_000);
});

describeWithTools('many first writes at once', ['dbus-daemon', 'gnome-keyring-daemon', 'secret-tool'], () => {
  test('make one key in the keychain', async () => {
    const ring = await startKeyring();
    onTestFinished(() => ring.stop());
    const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = ring.env;
    const rig = await createRig({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
    const writers = names(THOROUGH ? 12 : 4, 'w');
    await Promise.all(writers.map((name) => rig.must(['credentials', 'import', name], `secret-of-${name}`)));
    const kept = JSON.parse(await rig.must(['credentials', 'export', ...writers, '--format', 'json']));
    expect(Object.values(kept)).toEqual(writers.map((name) => `secret-of-${name}`));
    const command = 'secret-tool search --all service keyturn 2>&1';
    const found = execFileSync('sh', ['-c', command], { env: ring.env }).toString();
    expect(found.match(/^attribute\.username = vault:/gm)).toHaveLength(1);
    expect(readdirSync(config(rig))).toEqual(['credentials.yaml']);
  }, 120_000);
});

describe('a passphrase store', () => {
  test('opens with the passphrase from the environment and with no other, and holds nothing in clear', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'passphrase' });
    const right = { KEYTURN_PASSPHRASE: 'correct horse battery' };
    const secret = rig.sandbox.login('prefactor');
    const login = ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'];
    const without = await rig.keyturn(login, secret);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('KEYTURN_PASSPHRASE');
    expect(rig.sandbox.requests).toEqual([]);
    await rig.must(login, secret, right);
    await rig.must(['tokens', 'create', '--name', 'ci', '--save'], '', right);
    expect(
      await rig.must(['credentials', 'get', 'prefactor', '--print', '--allow-managing'], '', right),
    ).toBe(`${secret}\n`);
    expect(fileOf(rig)).toContain('N: 131072');
    expect(rig.findInHome([...rig.sandbox.secrets, 'correct horse battery'])).toBe(null);
    const before = fileOf(rig);
    const sent = rig.sandbox.requests.length;
    for (const [args, stdin] of [
      [['credentials', 'get', 'ci', '--print'], ''],
      [['credentials', 'import', 'more'], 'another-secret-0123'],
      [['credentials', 'migrate', '--from', 'passphrase', '--to', 'file', '--yes'], ''],
    ] as const) {
      const wrong = await rig.keyturn(args, stdin, { KEYTURN_PASSPHRASE: 'correct horse batterie' });
      expect({ code: wrong.code, stdout: wrong.stdout, stderr: wrong.stderr }).toEqual({
        code: 4,
        stdout: '',
        stderr: expect.stringContaining('the passphrase is wrong'),
      });
    }
    expect(fileOf(rig)).toBe(before);
    expect(rig.sandbox.requests).toHaveLength(sent);
    // Listing unlocks nothing.
    expect(await rig.must(['credentials', 'list'])).toContain('ci\t');
  }, 60_000);

  test('gets a new passphrase by migrating to itself', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'passphrase', KEYTURN_PASSPHRASE: 'correct horse battery' });
    await rig.must(['credentials', 'import', 'one'], 'first-secret-0123456789');
    const migrate = ['credentials', 'migrate', '--from', 'passphrase', '--to', 'passphrase'];
    await rig.must(migrate, '', { KEYTURN_NEW_PASSPHRASE: 'another one altogether' });
    expect((await rig.keyturn(['credentials', 'get', 'one', '--print'])).code).toBe(4);
    const now = { KEYTURN_PASSPHRASE: 'another one altogether' };
    expect(await rig.must(['credentials', 'get', 'one', '--print'], '', now)).toBe(
      'first-secret-0123456789\n',
    );
  }, 60_000);
});

const MOUNTS = mountsHere();
describe.skipIf(!MOUNTS)(`a full disk${MOUNTS ? '' : ' (skipped: no tmpfs can be mounted here)'}`, () => {
  test('leaves the old file whole, sends nothing that issuing, and says so', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'none', rig.home.path]);
    onTestFinished(() => void execFileSync('umount', ['-l', rig.home.path]));
    await rig.must(['credentials', 'import', 'kept'], 'kept-secret-0123456789');
    mkdirSync(join(rig.home.path, '.local/state/keyturn/locks'), { recursive: true, mode: 0o700 });
    const before = fileOf(rig);
    fillUp(rig.home.path);
    const big = await rig.keyturn(['credentials', 'import', 'big'], 'x'.repeat(20_000));
    expect({ code: big.code, stderr: big.stderr }).toEqual({
      code: 7,
      stderr: expect.stringContaining('full'),
    });
    expect(fileOf(rig)).toBe(before);
    const session = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin, '--session'];
    const login = await rig.keyturn(session, rig.sandbox.login('errova', 'session-cookie'));
    expect(login.code).toBe(7);
    expect(rig.sandbox.requests.filter((request) => request.method !== 'GET')).toEqual([]);
    expect(fileOf(rig)).toBe(before);
    expect(readdirSync(config(rig))).toEqual(['credentials.yaml']);
    expect(await rig.must(['credentials', 'get', 'kept', '--print'])).toBe('kept-secret-0123456789\n');
    rmSync(join(rig.home.path, 'filler'));
    await rig.must(['credentials', 'import', 'big'], 'x'.repeat(20_000));
  }, 60_000);
});

/** Down to the last page. */
function fillUp(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'filler'), Buffer.alloc(bavail * bsize));
  expect(statfsSync(folder).bavail).toBe(0);
}

/** Root may; a container may have forbidden it anyway. */
function mountsHere(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}
