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

  // What the binding's process says on other systems is in test/system/keychain.
  test('on Linux everything works, the keychain store too', async () => {
    const ring = await startKeyring();
    onTestFinished(() => ring.stop());
    const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = ring.env;
    const rig = await createRig({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
    const keyturn = (args: readonly string[], stdin = '') =>
      rig.keyturn(args, stdin, {}, { program: copy.program });
    const login = ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'];
    const secret = rig.sandbox.login('prefactor');

    expect((await keyturn(['--version'])).code).toBe(0);
    expect((await keyturn(login, secret)).code).toBe(0);
    expect((await keyturn(['tokens', 'create', '--name', 'ci', '--save'])).code).toBe(0);
    expect((await keyturn(['tokens', 'rotate', 'ci', '--yes'])).code).toBe(0);
    expect((await keyturn(['credentials', 'get', 'ci', '--print'])).stdout).toMatch(/^\S+\n$/);
    expect((await keyturn(['run', '--env', 'A=ci', '--', 'true'])).code).toBe(0);
    const doctor = await keyturn(['doctor', '--json']);
    expect(doctor.code).toBe(0);
    expect(JSON.parse(doctor.stdout).checks).toContainEqual(
      expect.objectContaining({
        check: 'keychain',
        result: 'ok',
        message: 'works: an item was written, read back and deleted',
      }),
    );
  }, 60_000);
});
