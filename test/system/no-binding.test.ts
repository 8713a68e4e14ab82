import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../support/cli-process.ts';
import { startKeyring } from '../support/keyring-session.ts';
import { describeWithTools } from '../support/system.ts';
import { createRig } from './rig.ts';

const TOOLS = ['dbus-daemon', 'gnome-keyring-daemon'];

/** The package as `npm install --omit=optional` leaves it: it needs no other. */
function copyWithoutBinding(): { readonly program: string; remove(): void } {
  const parent = mkdtempSync(join(tmpdir(), 'keyturn-package-'));
  const folder = join(parent, 'keyturn');
  for (const part of ['bin', 'dist', 'completions', 'schemas', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  return {
    program: join(folder, 'bin/keyturn.js'),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

describeWithTools('installed without the keychain’s binding', TOOLS, () => {
  let copy: ReturnType<typeof copyWithoutBinding>;
  beforeAll(() => {
    copy = copyWithoutBinding();
  });
  afterAll(() => copy.remove());

  test('the keychain store says so, and everything else works', async () => {
    const ring = await startKeyring();
    onTestFinished(() => ring.stop());
    const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = ring.env;
    const rig = await createRig({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
    const keyturn = (args: readonly string[], stdin = '') =>
      rig.keyturn(args, stdin, {}, { program: copy.program });
    const login = ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'];
    const secret = rig.sandbox.login('prefactor');

    const refused = await keyturn(login, secret);
    expect(refused.code).toBe(7);
    // A28: Node looks in every parent folder as well.
    const planted = join(copy.program, '../../../node_modules');
    cpSync(join(ROOT, 'node_modules/@napi-rs'), join(planted, '@napi-rs'), { recursive: true });
    const again = await keyturn(login, secret);
    expect([again.code, again.stderr]).toEqual([7, refused.stderr]);
    expect(refused.stderr).toContain('"@napi-rs/keyring" is not installed');
    expect(refused.stderr).toContain('--omit=optional');
    expect(rig.sandbox.requests).toEqual([]);

    expect((await keyturn(['--version'])).code).toBe(0);
    expect((await keyturn([...login, '--store', 'file'], secret)).code).toBe(0);
    expect((await keyturn(['tokens', 'create', '--name', 'ci', '--save'])).code).toBe(0);
    expect((await keyturn(['tokens', 'rotate', 'ci', '--yes'])).code).toBe(0);
    expect((await keyturn(['credentials', 'get', 'ci', '--print'])).stdout).toMatch(/^\S+\n$/);
    expect((await keyturn(['run', '--env', 'A=ci', '--', 'true'])).code).toBe(0);
    const doctor = await keyturn(['doctor', '--json']);
    expect(doctor.code).toBe(0);
    expect(JSON.parse(doctor.stdout).checks).toContainEqual(
      expect.objectContaining({
        check: 'keychain',
        result: 'warning',
        message: expect.stringContaining('not installed'),
      }),
    );
  }, 60_000);
});
