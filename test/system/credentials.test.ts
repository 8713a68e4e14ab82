import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../support/cli-process.ts';
import { describeWithTools } from '../support/system.ts';
import { createRig, type Rig } from './rig.ts';

/** What a shell would act on, if it were not quoted. `import` takes no white space and no letters outside ASCII. */
const NASTY = `a'b"c$HOME\`id\`\\n\\\\!;&|<>(){}[]*?~#%^=,`;

async function createStore(): Promise<Rig> {
  const rig = await createRig({ KEYTURN_STORE: 'file' });
  await rig.must(['credentials', 'import', 'nasty'], NASTY);
  await rig.must(['credentials', 'import', 'plain-one'], 'plain-secret-0123456789');
  return rig;
}

describe('credentials', () => {
  test('import takes stdin, without its line break, and replaces nothing unasked', async () => {
    const rig = await createStore();
    await rig.must(['credentials', 'import', 'lf'], 'with-line-feed-0123\n');
    await rig.must(['credentials', 'import', 'crlf'], 'with-cr-lf-01234567\r\n');
    expect(await rig.must(['credentials', 'get', 'lf', '--print'])).toBe('with-line-feed-0123\n');
    expect(await rig.must(['credentials', 'get', 'crlf', '--print'])).toBe('with-cr-lf-01234567\n');
    const again = await rig.keyturn(['credentials', 'import', 'lf'], 'other-0123456789');
    expect(again.code).toBe(6);
    expect(again.stderr).toContain('--force');
    await rig.must(['credentials', 'import', 'lf', '--force'], 'other-0123456789');
    expect(await rig.must(['credentials', 'get', 'lf', '--print'])).toBe('other-0123456789\n');
    for (const wrong of [
      '',
      '\n',
      'two words',
      'one\ntwo\n',
      '"quoted-value-01"',
      'Bearer abcdefgh',
      '$TOKEN',
    ]) {
      const { code, stderr } = await rig.keyturn(['credentials', 'import', 'bad'], wrong);
      expect({ wrong, code }).toEqual({ wrong, code: 2 });
      expect(wrong.trim() === '' || !stderr.includes(wrong.trim())).toBe(true);
    }
  });

  test('get shows the facts, and the secret only when asked', async () => {
    const rig = await createStore();
    const facts = await rig.must(['credentials', 'get', 'nasty', '--json']);
    expect(JSON.parse(facts).credential).toMatchObject({ name: 'nasty', kind: 'imported' });
    expect(facts).not.toContain('HOME');
    expect(JSON.parse(await rig.must(['credentials', 'get', 'nasty', '--print', '--json'])).tokenSecret).toBe(
      NASTY,
    );
    expect((await rig.keyturn(['credentials', 'get', 'absent', '--print'])).code).toBe(5);
  });

  test('dotenv and JSON are read back by node', async () => {
    const rig = await createStore();
    const dotenv = await rig.must(['credentials', 'export', 'plain-one', '--format', 'dotenv']);
    writeFileSync(join(rig.home.path, '.env'), dotenv);
    const read = ['--env-file=.env', '-e', 'process.stdout.write(process.env.PLAIN_ONE)'];
    const { stdout } = await runProgram(process.execPath, read, { env: rig.env, cwd: rig.home.path });
    expect(stdout).toBe('plain-secret-0123456789');
    expect((await rig.keyturn(['credentials', 'export', 'nasty', '--format', 'dotenv'])).code).toBe(2);
    const json = JSON.parse(await rig.must(['credentials', 'export', 'nasty', '--format', 'json']));
    expect(json).toEqual({ NASTY });
  });
});

describe.each(['sh', 'bash', 'zsh', 'fish'])('for %s', (shell) => {
  describeWithTools('export', [shell], () => {
    test('is taken as it is', async () => {
      const rig = await createStore();
      const exported = await rig.must(['credentials', 'export', 'nasty', 'OTHER=plain-one']);
      writeFileSync(join(rig.home.path, 'exported'), exported);
      const script =
        shell === 'fish'
          ? 'source exported; printf "%s|%s" "$NASTY" "$OTHER" > back'
          : 'eval "$(cat exported)"; printf "%s|%s" "$NASTY" "$OTHER" > back';
      const { code, stderr } = await runProgram(shell, ['-c', script], { env: rig.env, cwd: rig.home.path });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(readFileSync(join(rig.home.path, 'back'), 'utf8')).toBe(`${NASTY}|plain-secret-0123456789`);
    });
  });
});

const login = (rig: Rig) =>
  rig.must(
    ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'],
    rig.sandbox.login('prefactor'),
  );

describe('logout', () => {
  test('says what became of the credential: forgotten, or revoked too', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    await login(rig);
    const sent = rig.sandbox.requests.length;
    const forgotten = JSON.parse(await rig.must(['logout', '--yes', '--json']));
    expect(forgotten).toMatchObject({ revoked: false, forgotten: true });
    expect(rig.sandbox.requests).toHaveLength(sent);
    expect(await rig.must(['credentials', 'list'])).toBe('');
    await login(rig);
    expect(await rig.must(['logout', '--revoke', '--yes', '-o', 'human'])).toContain(
      'revoked at the provider',
    );
    expect(await rig.must(['credentials', 'list'])).toBe('');
    expect(rig.sandbox.sandbox.tokens('prefactor').filter((token) => token.live)).toEqual([]);
  });

  test('keeps everything when the provider did not revoke', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    await login(rig);
    const secret = await rig.must(['credentials', 'get', 'prefactor', '--print', '--allow-managing']);
    rig.sandbox.setFaults(['status:500']);
    const { code } = await rig.keyturn(['logout', '--revoke', '--yes', '--timeout', '3s']);
    expect(code).toBe(7);
    rig.sandbox.setFaults([]);
    expect(await rig.must(['credentials', 'get', 'prefactor', '--print', '--allow-managing'])).toBe(secret);
    expect(await rig.must(['profiles', 'list'])).toContain('prefactor');
    await rig.must(['whoami']);
  }, 60_000);
});

describe('the reminder', () => {
  test('is one line on stderr, at most once in 24 hours, and never for programs or in CI', async () => {
    const rig = await createRig({ KEYTURN_STORE: 'file' });
    await login(rig);
    await rig.must(['tokens', 'create', '--name', 'short', '--expires-in', '3d', '--to', 'file:short']);
    await rig.must(['logout', '--yes']);
    const secret = readFileSync(join(rig.home.path, 'short'));
    await rig.must(['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token', '-q'], secret);
    const told = async (args: readonly string[], env = {}) => (await rig.keyturn(args, '', env)).stderr;
    expect(await told(['tokens', 'list', '--json'])).toBe('');
    expect(await told(['tokens', 'list'], { CI: 'true' })).toBe('');
    expect(await told(['tokens', 'list', '-q'])).toBe('');
    const line = await told(['tokens', 'list']);
    expect(line).toMatch(/^[^\n]*"prefactor" ends at [^\n]*keyturn login prefactor[^\n]*\n$/);
    expect(await told(['tokens', 'list'])).toBe('');
    expect(await told(['whoami'])).toBe('');
  });
});
