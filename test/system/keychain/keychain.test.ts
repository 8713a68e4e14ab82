import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { describeKeychain } from '../../../src/adapters/keychain/describe-keychain.ts';
import { createKeychain } from '../../../src/adapters/keychain/keychain.ts';
import type { KeychainOptions } from '../../../src/adapters/keychain/keychain-options.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { compileKeychainProgram } from '../../support/keychain-program.ts';
import { type KeyringKind, startKeyring } from '../../support/keyring-session.ts';
import { describeWithTools } from '../../support/system.ts';

const VALUE = 'c2VjcmV0LWtleS1vZi10aGUtdGVzdC12YXVsdC0wMTI=';

/** The port with texts, and with one account of keyturn's. */
function createItems(options: KeychainOptions) {
  const keychain = createKeychain(options);
  return {
    get: async (account = 'vault-1') => (await keychain.getPassword('keyturn', account))?.reveal() ?? null,
    set: (value = VALUE, account = 'vault-1') => keychain.setPassword('keyturn', account, Secret.of(value)),
    remove: (account = 'vault-1') => keychain.deletePassword('keyturn', account),
  };
}

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
    return { ring, notes, options, items: createItems(options) };
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

  // The binding's process is not used on Linux. It runs there anyway, which is how its code is tested.
  it.each(['linux', 'darwin'] as const)(
    'keeps, finds, replaces and forgets, as on %s',
    { timeout: 20_000 },
    async (platform) => {
      const { items } = await session('unlocked', { platform });
      expect(await items.get()).toBe(null);
      expect(await items.remove()).toBe(false);
      await items.set();
      await items.set('ünïcode → 😀\n', 'schlüssel 2');
      expect(await items.get()).toBe(VALUE);
      expect(await items.get('schlüssel 2')).toBe('ünïcode → 😀\n');
      await items.set('another');
      expect(await items.get()).toBe('another');
      await items.set('x'.repeat(1_280));
      expect(await items.get()).toBe('x'.repeat(1_280));
      expect(await items.remove()).toBe(true);
      expect(await items.get()).toBe(null);
      expect(await items.get('schlüssel 2')).toBe('ünïcode → 😀\n');
      for (const value of ['', 'a\0b', 'x'.repeat(1_281)])
        await expect(items.set(value)).rejects.toMatchObject({ code: 'usage' });
    },
  );

  it('shares its items with the native binding, which wrote those of older versions', async () => {
    const { ring, options, items } = await session('unlocked');
    const native = createItems({ ...options, platform: 'darwin' });
    // Of what gnome-keyring adds by itself, `schema` comes with its next save.
    const search = () =>
      execFileSync('sh', ['-c', 'secret-tool search --all service keyturn 2>&1'], { env: ring.env })
        .toString()
        .split('\n')
        .filter((line) => /^(label|secret|attribute\.\w+) = /.test(line))
        .sort();
    await native.set();
    const written = search();
    expect(written).toEqual([
      'attribute.service = keyturn',
      'attribute.username = vault-1',
      'label = keyring:vault-1@keyturn',
      `secret = ${VALUE}`,
    ]);
    expect(await items.get()).toBe(VALUE);
    await items.set('another');
    expect(await native.get()).toBe('another');
    await items.set();
    expect(search()).toEqual(written);
    expect(await native.remove()).toBe(true);
    expect(await items.get()).toBe(null);
    await items.set();
    expect(search()).toEqual(written);
    await native.set('by the binding');
    expect(await items.get()).toBe('by the binding');
    expect(await items.remove()).toBe(true);
    expect(await native.get()).toBe(null);
  }, 20_000);

  it('takes none of several items that match', async () => {
    const { ring, items } = await session('unlocked');
    await items.set();
    const attributes = ['service', 'keyturn', 'username', 'vault-1', 'application', 'another'];
    execFileSync('secret-tool', ['store', '--label=another', ...attributes], { env: ring.env, input: 'x' });
    for (const operation of [() => items.get(), () => items.set(), () => items.remove()])
      await expect(operation()).rejects.toMatchObject({
        code: 'unavailable',
        message: 'the keychain has 2 items "vault-1" of "keyturn"',
      });
  });

  it('is seen from outside, and sees what was written from outside', async () => {
    const { ring, items } = await session('unlocked');
    const attributes = ['service', 'keyturn', 'username', 'vault-1'];
    await items.set();
    const seen = execFileSync('secret-tool', ['lookup', ...attributes], { env: ring.env, timeout: 5_000 });
    expect(seen.toString()).toBe(VALUE);
    execFileSync('secret-tool', ['clear', ...attributes], { env: ring.env, timeout: 5_000 });
    expect(await items.get()).toBe(null);
  });

  it('loses nothing when many write at once', async () => {
    const { items } = await session('unlocked');
    const accounts = Array.from({ length: 8 }, (_, i) => `vault-${i}`);
    await Promise.all(accounts.map((account) => items.set(`value of ${account}`, account)));
    const kept = await Promise.all(accounts.map((account) => items.get(account)));
    expect(kept).toEqual(accounts.map((account) => `value of ${account}`));
  });

  it('agrees on a key with the service every time', async () => {
    const { items } = await session('unlocked');
    await items.set();
    // One shared number in 256 begins with a zero byte, which counts.
    const rounds = process.env['KEYTURN_PROOF'] === 'full' ? 2_000 : 40;
    for (let round = 0; round < rounds; round += 1) expect(await items.get()).toBe(VALUE);
  }, 120_000);

  it.each(['no-service', 'no-default-collection', 'locked'] as const)(
    'fails at once and says what to do: %s',
    async (kind) => {
      const { items, notes } = await session(kind);
      const started = performance.now();
      for (const operation of [() => items.get(), () => items.set(), () => items.remove()]) {
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
      await expect(createItems({ ...options, env: without }).get()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('no D-Bus session'),
      });
    }
  });

  it('keeps its items over a restart of the daemon, and over being locked', async () => {
    const { ring, items } = await session('unlocked');
    await items.set();
    await ring.restart('locked');
    await expect(items.get()).rejects.toMatchObject({ message: 'the keychain is locked' });
    await ring.restart('unlocked');
    expect(await items.get()).toBe(VALUE);
  });

  it('does not wait for a daemon that is stopped', async () => {
    const { ring, items } = await session('unlocked');
    await items.set();
    ring.daemon()?.kill('SIGSTOP');
    const started = performance.now();
    await expect(items.get()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the keychain does not answer',
    });
    expect(performance.now() - started).toBeLessThan(3_000);
    ring.daemon()?.kill('SIGCONT');
    expect(await items.get()).toBe(VALUE);
  });

  it('takes no for an answer: a prompt that is dismissed', async () => {
    // Without a program that shows prompts the service dismisses its own, as it does for a person who says no.
    const { ring, items, options, notes } = await session('unlocked', { interactive: true });
    await items.set();
    await ring.restart('locked');
    const started = performance.now();
    await expect(
      createItems({ ...options, env: { ...ring.env, DISPLAY: ':99' } }).get(),
    ).rejects.toMatchObject({ code: 'unavailable', message: 'the keychain is locked' });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(notes).toEqual(['waiting for the keyring to be unlocked…']);
  });

  it('is described for doctor, with a round trip that leaves nothing', async () => {
    const { ring, options } = await session('unlocked');
    const described = {
      state: 'unlocked',
      binding: null,
      roundTrip: 'done',
      text: 'the keychain is unlocked',
      hint: null,
    };
    expect(await describeKeychain(options)).toEqual(described);
    expect(await describeKeychain({ ...options, platform: 'darwin' })).toEqual({
      ...described,
      binding: '2.1.2',
    });
    const left = execFileSync('sh', ['-c', 'secret-tool search --all service keyturn 2>&1; true'], {
      env: ring.env,
    });
    expect(left.toString()).not.toContain('doctor-');
    await ring.restart('locked');
    expect(await describeKeychain(options)).toMatchObject({ state: 'locked', roundTrip: 'not-tried' });
  }, 20_000);

  describe('the process of the binding', () => {
    it.each([
      ['does not answer', 'setTimeout(() => {}, 60_000)', 'the keychain does not answer'],
      ['ends without an answer', '', 'the keychain refused'],
      ['answers nonsense', `process.stdout.write('{')`, 'the keychain refused'],
      ['answers another question', `process.stdout.write('{"version":"1"}')`, 'the keychain refused'],
    ])(
      '%s',
      async (_, source, message) => {
        const { ring, options } = await session('unlocked', { platform: 'darwin', timeoutMs: 1_300 });
        const path = join(ring.folder, 'other.mjs');
        writeFileSync(path, source);
        const items = createItems({ ...options, program: path });
        const started = performance.now();
        for (const operation of [() => items.get(), () => items.set(), () => items.remove()])
          await expect(operation()).rejects.toMatchObject({ code: 'unavailable', message });
        expect(performance.now() - started).toBeLessThan(5_000);
      },
      15_000,
    );

    it('gets no argument and no variable that holds the value or is keyturn’s', async () => {
      const { ring, options } = await session('unlocked');
      const seen = join(ring.folder, 'seen');
      const wrapper = wrapProgram(
        ring.folder,
        `writeFileSync(${JSON.stringify(seen)}, readFileSync('/proc/self/cmdline', 'utf8') + readFileSync('/proc/self/environ', 'utf8'));`,
      );
      const env = { ...ring.env, KEYTURN_TOKEN: 'managing', NODE_OPTIONS: '--require=/nonexistent' };
      await createItems({ ...options, platform: 'darwin', env, program: wrapper }).set();
      expect(readFileSync(seen, 'utf8')).toContain('wrapper.mjs');
      expect(readFileSync(seen, 'utf8')).not.toMatch(/c2VjcmV0|KEYTURN|NODE_OPTIONS/);
    });

    it('does not take an item that was not kept for kept', async () => {
      const { ring, options } = await session('unlocked');
      const liar = join(ring.folder, 'liar.mjs');
      writeFileSync(liar, `process.stdout.write(JSON.stringify({ ok: true, password: 'cut' }))`);
      await expect(
        createItems({ ...options, platform: 'darwin', program: liar }).set(),
      ).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('did not keep') });
    });

    it('says so when the binding is not installed', async () => {
      const elsewhere = mkdtempSync(join(tmpdir(), 'keyturn-nobinding-'));
      onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
      writeFileSync(join(elsewhere, 'package.json'), '{"type":"module"}');
      copyFileSync(program.path, join(elsewhere, 'keychain-child.js'));
      const { items } = await session('unlocked', {
        platform: 'darwin',
        program: join(elsewhere, 'keychain-child.js'),
      });
      await expect(items.get()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('not installed'),
      });
    });
  });
});
