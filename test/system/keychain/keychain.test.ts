import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { describeKeychain } from '../../../src/adapters/keychain/describe-keychain.ts';
import { createKeychain, type KeychainOptions } from '../../../src/adapters/keychain/keychain.ts';
import { compileKeychainProgram } from '../../support/keychain-program.ts';
import { type KeyringKind, startKeyring } from '../../support/keyring-session.ts';
import { describeWithTools } from '../../support/system.ts';

const VALUE = 'c2VjcmV0LWtleS1vZi10aGUtdGVzdC12YXVsdC0wMTI=';

describeWithTools('keychain', ['dbus-daemon', 'gnome-keyring-daemon', 'secret-tool'], () => {
  let program: ReturnType<typeof compileKeychainProgram>;
  beforeAll(() => {
    program = compileKeychainProgram();
  });
  afterAll(() => program.remove());

  async function session(kind: KeyringKind, more: Partial<KeychainOptions> = {}) {
    const ring = await startKeyring(kind);
    onTestFinished(() => ring.stop());
    const notes: string[] = [];
    const options: KeychainOptions = {
      env: ring.env,
      platform: 'linux',
      node: process.execPath,
      interactive: false,
      note: (line) => notes.push(line),
      program: program.path,
      ...more,
    };
    return { ring, notes, options, keychain: createKeychain(options) };
  }

  /** A program that does something between the request and the binding. */
  function wrapProgram(folder: string, before: string): string {
    const path = join(folder, 'wrapper.mjs');
    writeFileSync(
      path,
      `import { readFileSync, writeFileSync, writeSync } from 'node:fs';
      import { spawnSync } from 'node:child_process';
      const input = readFileSync(0);
      if (input.length > 0) {
        ${before}
        writeSync(1, spawnSync(process.execPath, [${JSON.stringify(program.path)}], { input }).stdout);
      }`,
    );
    return path;
  }

  it('keeps, finds, replaces and forgets', async () => {
    const { keychain } = await session('unlocked');
    expect(await keychain.getPassword('keyturn', 'vault-1')).toBe(null);
    expect(await keychain.deletePassword('keyturn', 'vault-1')).toBe(false);
    await keychain.setPassword('keyturn', 'vault-1', VALUE);
    await keychain.setPassword('keyturn', 'schlüssel 2', 'ünïcode → 😀\n');
    expect(await keychain.getPassword('keyturn', 'vault-1')).toBe(VALUE);
    expect(await keychain.getPassword('keyturn', 'schlüssel 2')).toBe('ünïcode → 😀\n');
    await keychain.setPassword('keyturn', 'vault-1', 'another');
    expect(await keychain.getPassword('keyturn', 'vault-1')).toBe('another');
    expect(await keychain.deletePassword('keyturn', 'vault-1')).toBe(true);
    expect(await keychain.getPassword('keyturn', 'vault-1')).toBe(null);
  });

  it('is seen from outside, and sees what was written from outside', async () => {
    const { ring, keychain } = await session('unlocked');
    const attributes = ['service', 'keyturn', 'username', 'vault-1'];
    await keychain.setPassword('keyturn', 'vault-1', VALUE);
    const seen = execFileSync('secret-tool', ['lookup', ...attributes], { env: ring.env, timeout: 5_000 });
    expect(seen.toString()).toBe(VALUE);
    execFileSync('secret-tool', ['clear', ...attributes], { env: ring.env, timeout: 5_000 });
    expect(await keychain.getPassword('keyturn', 'vault-1')).toBe(null);
  });

  it('loses nothing when many write at once', async () => {
    const { keychain } = await session('unlocked');
    const accounts = Array.from({ length: 8 }, (_, i) => `vault-${i}`);
    await Promise.all(
      accounts.map((account) => keychain.setPassword('keyturn', account, `value of ${account}`)),
    );
    const kept = await Promise.all(accounts.map((account) => keychain.getPassword('keyturn', account)));
    expect(kept).toEqual(accounts.map((account) => `value of ${account}`));
  });

  it.each(['no-service', 'no-default-collection', 'locked'] as const)(
    'fails at once and says what to do: %s',
    async (kind) => {
      const { keychain, notes } = await session(kind);
      const started = performance.now();
      for (const operation of [
        () => keychain.getPassword('keyturn', 'vault-1'),
        () => keychain.setPassword('keyturn', 'vault-1', VALUE),
        () => keychain.deletePassword('keyturn', 'vault-1'),
      ]) {
        await expect(operation()).rejects.toMatchObject({
          code: 'unavailable',
          // Which other store there is depends on the command, and is added by it.
          facts: { hint: expect.not.stringContaining('--store') },
        });
      }
      expect(performance.now() - started).toBeLessThan(3_000);
      expect(notes).toEqual([]);
    },
  );

  it('fails at once without a bus', async () => {
    const { ring, options } = await session('no-service');
    const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = ring.env;
    for (const address of [
      undefined,
      '',
      'unix:path=/nonexistent',
      'tcp:host=localhost,port=1',
      'nonsense',
      'autolaunch:',
    ]) {
      const without = address === undefined ? env : { ...env, DBUS_SESSION_BUS_ADDRESS: address };
      await expect(createKeychain({ ...options, env: without }).getPassword('a', 'b')).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('no D-Bus session'),
      });
    }
  });

  it('keeps its items over a restart of the daemon, and over being locked', async () => {
    const { ring, keychain } = await session('unlocked');
    await keychain.setPassword('keyturn', 'vault-1', VALUE);
    await ring.restart('locked');
    await expect(keychain.getPassword('keyturn', 'vault-1')).rejects.toMatchObject({
      message: 'the keychain is locked',
    });
    await ring.restart('unlocked');
    expect(await keychain.getPassword('keyturn', 'vault-1')).toBe(VALUE);
  });

  it('does not wait for a daemon that is stopped', async () => {
    const { ring, keychain } = await session('unlocked');
    await keychain.setPassword('keyturn', 'vault-1', VALUE);
    ring.daemon()?.kill('SIGSTOP');
    const started = performance.now();
    await expect(keychain.getPassword('keyturn', 'vault-1')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the keychain does not answer',
    });
    expect(performance.now() - started).toBeLessThan(2_000);
    ring.daemon()?.kill('SIGCONT');
    expect(await keychain.getPassword('keyturn', 'vault-1')).toBe(VALUE);
  });

  it.each(['get', 'set', 'delete'] as const)(
    'does not wait for a daemon that stops after it said it is unlocked: %s',
    { timeout: 15_000 },
    async (operation) => {
      const { ring, options } = await session('unlocked');
      const wrapper = wrapProgram(ring.folder, `process.kill(${ring.daemon()?.pid}, 'SIGSTOP');`);
      const keychain = createKeychain({ ...options, program: wrapper });
      const calls = {
        get: () => keychain.getPassword('keyturn', 'vault-1'),
        set: () => keychain.setPassword('keyturn', 'vault-1', VALUE),
        delete: () => keychain.deletePassword('keyturn', 'vault-1'),
      };
      const started = performance.now();
      await expect(calls[operation]()).rejects.toMatchObject({
        code: 'unavailable',
        message: 'the keychain does not answer',
      });
      expect(performance.now() - started).toBeLessThan(5_000);
    },
  );

  it('names the state when the daemon is killed after it said it is unlocked', async () => {
    const { ring, options } = await session('unlocked');
    const wrapper = wrapProgram(ring.folder, `process.kill(${ring.daemon()?.pid}, 'SIGKILL');`);
    await expect(
      createKeychain({ ...options, program: wrapper }).setPassword('keyturn', 'vault-1', VALUE),
    ).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('Secret Service') });
  });

  it('gives no argument and no variable that holds the value or is keyturn’s', async () => {
    const { ring, options } = await session('unlocked');
    const seen = join(ring.folder, 'seen');
    const wrapper = wrapProgram(
      ring.folder,
      `writeFileSync(${JSON.stringify(seen)}, readFileSync('/proc/self/cmdline', 'utf8') + readFileSync('/proc/self/environ', 'utf8'));`,
    );
    const env = { ...ring.env, KEYTURN_TOKEN: 'managing', NODE_OPTIONS: '--require=/nonexistent' };
    await createKeychain({ ...options, env, program: wrapper }).setPassword('keyturn', 'vault-1', VALUE);
    expect(readFileSync(seen, 'utf8')).toContain('wrapper.mjs');
    expect(readFileSync(seen, 'utf8')).not.toMatch(/c2VjcmV0|KEYTURN|NODE_OPTIONS/);
  });

  it('does not take an item that was not kept for kept', async () => {
    const { ring, options } = await session('unlocked');
    const liar = join(ring.folder, 'liar.mjs');
    writeFileSync(liar, `process.stdout.write(JSON.stringify({ ok: true, password: 'cut' }))`);
    await expect(
      createKeychain({ ...options, program: liar }).setPassword('keyturn', 'vault-1', VALUE),
    ).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('did not keep') });
  });

  it('says so when the binding is not installed', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'keyturn-nobinding-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
    writeFileSync(join(elsewhere, 'package.json'), '{"type":"module"}');
    copyFileSync(program.path, join(elsewhere, 'keychain-child.js'));
    const { keychain } = await session('unlocked', { program: join(elsewhere, 'keychain-child.js') });
    await expect(keychain.getPassword('keyturn', 'vault-1')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('not installed'),
    });
  });

  it('lets a person unlock it where there is a display, and no longer than that', async () => {
    const { ring, options, notes } = await session('locked', { interactive: true });
    const sleeper = join(ring.folder, 'sleeper.mjs');
    writeFileSync(sleeper, 'setTimeout(() => {}, 60_000)');
    const prompting = {
      ...options,
      env: { ...ring.env, DISPLAY: ':99' },
      program: sleeper,
      promptTimeoutMs: 300,
    };
    await expect(createKeychain(prompting).getPassword('keyturn', 'vault-1')).rejects.toMatchObject({
      message: 'the keychain is locked',
    });
    expect(notes).toEqual(['waiting for the keyring to be unlocked…']);
  });

  it('takes no for an answer: a prompt that is dismissed', async () => {
    // Without a program that shows prompts the service dismisses its own, as it does for a person who says no.
    const { ring, keychain, options, notes } = await session('unlocked', { interactive: true });
    await keychain.setPassword('keyturn', 'vault-1', VALUE);
    await ring.restart('locked');
    const started = performance.now();
    await expect(
      createKeychain({ ...options, env: { ...ring.env, DISPLAY: ':99' } }).getPassword('keyturn', 'vault-1'),
    ).rejects.toMatchObject({ code: 'unavailable', message: 'the keychain is locked' });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(notes).toEqual(['waiting for the keyring to be unlocked…']);
  });

  it('is described for doctor, with a round trip that leaves nothing', async () => {
    const { ring, options } = await session('unlocked');
    expect(await describeKeychain(options)).toEqual({
      state: 'unlocked',
      binding: '2.1.2',
      roundTrip: 'done',
      text: 'the keychain is unlocked',
      hint: null,
    });
    const left = execFileSync('sh', ['-c', 'secret-tool search --all service keyturn 2>&1; true'], {
      env: ring.env,
    });
    expect(left.toString()).not.toContain('doctor-');
    await ring.restart('locked');
    expect(await describeKeychain(options)).toMatchObject({ state: 'locked', roundTrip: 'not-tried' });
  });
});
