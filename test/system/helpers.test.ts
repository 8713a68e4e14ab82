import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BUILT, runProgram } from '../support/cli-process.ts';
import { describeWithTools } from '../support/system.ts';
import { createRig, type Rig } from './rig.ts';

const SECRET = 'ghp_Zm9yLXRoZS1oZWxwZXItdGVzdHM';

/** With the command on PATH, as other tools find it. */
async function createHelperRig(): Promise<
  Rig & { run(program: string, args: readonly string[], stdin?: string): ReturnType<typeof runProgram> }
> {
  const rig = await createRig({ KEYTURN_STORE: 'file', GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' });
  await rig.must(['credentials', 'import', 'ci', '--origin', 'https://git.example.com'], SECRET);
  const bin = join(rig.home.path, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'keyturn'), `#!/bin/sh\nexec "${process.execPath}" "${BUILT}" "$@"\n`);
  chmodSync(join(bin, 'keyturn'), 0o755);
  const env = { ...rig.env, PATH: `${bin}${delimiter}${rig.env['PATH']}` };
  return {
    ...rig,
    run: (program, args, stdin = '') => runProgram(program, args, { env, cwd: rig.home.path, stdin }),
  };
}

describeWithTools('the helper for git', ['git'], () => {
  const asked = (host: string, more = '') => `protocol=https\nhost=${host}\n${more}\n`;

  test('git fills in what is kept for the server, and for no other', async () => {
    const rig = await createHelperRig();
    await rig.run('git', ['config', '--global', 'credential.helper', '!keyturn helper git']);
    const filled = await rig.run('git', ['credential', 'fill'], asked('git.example.com'));
    expect(filled).toMatchObject({
      code: 0,
      stdout: `protocol=https\nhost=git.example.com\nusername=x-access-token\npassword=${SECRET}\n`,
    });
    expect(filled.commandLines.join()).not.toContain(SECRET);
    const named = await rig.run('git', ['credential', 'fill'], asked('git.example.com', 'username=ann\n'));
    expect(named.stdout).toContain(`username=ann\npassword=${SECRET}\n`);
    for (const request of [
      asked('elsewhere.example.com'),
      asked('git.example.com:8443'),
      asked('git.example.com').replace('https', 'http'),
    ]) {
      const other = await rig.run('git', ['credential', 'fill'], request);
      expect(other.code).not.toBe(0);
      expect(other.stdout + other.stderr).not.toContain(SECRET);
    }
  });

  test('a credential without a server is handed out for the host that was named', async () => {
    const rig = await createHelperRig();
    await rig.must(['credentials', 'import', 'loose'], 'loose_secret_0123456789');
    const helper = '!keyturn helper git --credential loose --host code.example.com --username bot';
    await rig.run('git', ['config', '--global', 'credential.https://code.example.com.helper', helper]);
    const filled = await rig.run('git', ['credential', 'fill'], asked('code.example.com'));
    expect(filled.stdout).toContain('username=bot\npassword=loose_secret_0123456789\n');
  });

  test('approve and reject keep everything as it is', async () => {
    const rig = await createHelperRig();
    await rig.run('git', ['config', '--global', 'credential.helper', '!keyturn helper git']);
    const given = asked('git.example.com', 'username=x-access-token\npassword=another\n');
    for (const verb of ['reject', 'approve']) {
      expect(await rig.run('git', ['credential', verb], given)).toMatchObject({
        code: 0,
        stdout: '',
        stderr: '',
      });
    }
    expect(await rig.must(['credentials', 'get', 'ci', '--print'])).toBe(`${SECRET}\n`);
  });
});

describe('the helper for docker', () => {
  test('speaks the protocol of credential helpers', async () => {
    const rig = await createHelperRig();
    const program = join(rig.home.path, 'bin/docker-credential-keyturn');
    writeFileSync(program, '#!/bin/sh\nexec keyturn helper docker "$@"\n', { mode: 0o755 });
    const call = (action: string, stdin?: string) => rig.run(program, [action], stdin);
    const got = await call('get', 'git.example.com\n');
    expect(got.code).toBe(0);
    expect(JSON.parse(got.stdout)).toEqual({
      ServerURL: 'git.example.com',
      Username: 'token',
      Secret: SECRET,
    });
    const none = await call('get', 'ghcr.io');
    expect(none).toMatchObject({ code: 1, stdout: 'credentials not found in native keychain\n' });
    expect(JSON.parse((await call('list')).stdout)).toEqual({ 'https://git.example.com': 'token' });
    expect(await call('erase', 'git.example.com')).toMatchObject({ code: 0, stdout: '' });
    const stored = await call('store', JSON.stringify({ ServerURL: 'x', Username: 'y', Secret: 'z' }));
    expect(stored.code).toBe(1);
    expect(await rig.must(['credentials', 'get', 'ci', '--print'])).toBe(`${SECRET}\n`);
  });
});

describe('the helper for Kubernetes', () => {
  test('answers with an ExecCredential that ends when the token does', async () => {
    const rig = await createHelperRig();
    const infoOf = (server: string, version: string) => ({
      KUBERNETES_EXEC_INFO: JSON.stringify({
        apiVersion: `client.authentication.k8s.io/${version}`,
        kind: 'ExecCredential',
        spec: { interactive: false, cluster: { server } },
      }),
    });
    const ci = ['helper', 'exec', '--credential', 'ci'];
    const plain = JSON.parse(await rig.must(ci, '', infoOf('https://git.example.com', 'v1')));
    expect(plain).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: SECRET },
    });
    await rig.must(
      ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'],
      rig.sandbox.login('prefactor'),
    );
    await rig.must(['tokens', 'create', '--name', 'pod', '--expires-in', '12h', '--save']);
    const pod = ['helper', 'exec', '--credential', 'pod'];
    const answer = JSON.parse(await rig.must(pod, '', infoOf(rig.sandbox.origin, 'v1beta1')));
    expect(answer.apiVersion).toBe('client.authentication.k8s.io/v1beta1');
    const left = Date.parse(answer.status.expirationTimestamp) - Date.now();
    expect(left).toBeGreaterThan(11.9 * 3_600_000);
    expect(left).toBeLessThan(12.1 * 3_600_000);
    expect((await rig.keyturn(['helper', 'exec', '--credential', 'absent'])).code).toBe(5);
  });
});
