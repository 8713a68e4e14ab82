import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object) => `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`;

function put(rig: InProcessRig, path: string, text: string): string {
  const whole = join(rig.home.path, path);
  mkdirSync(dirname(whole), { recursive: true, mode: 0o700 });
  writeFileSync(whole, text, { mode: 0o600 });
  return whole;
}

/** Runs it, and asserts that no vendor heard of it. */
async function refused(rig: InProcessRig, ...[args, more]: Parameters<InProcessRig['run']>) {
  const before = rig.sandbox.requests.length;
  const result = await rig.run(args, more);
  expect(rig.sandbox.requests.slice(before), result.stderr).toEqual([]);
  return result;
}

describe('A8 KEYTURN_TOKEN goes only to a provider that is named with it', () => {
  const ERROVA = `ert_${'a1B2'.repeat(8)}`;

  test.each<[string, Record<string, string>, readonly string[], number]>([
    ['no provider', { KEYTURN_TOKEN: ERROVA, KEYTURN_ORG: 'acme-inc' }, [], 2],
    ['an empty one', { KEYTURN_TOKEN: ERROVA, KEYTURN_PROVIDER: '', KEYTURN_PROFILE: '' }, [], 2],
    ['an opaque token', { KEYTURN_TOKEN: 'opaque-token-0123456789' }, [], 2],
    [
      'a profile at another address',
      { KEYTURN_TOKEN: 'opaque-token-0123456789', KEYTURN_PROFILE: 'devo' },
      [],
      2,
    ],
    ['the profile as an option', { KEYTURN_TOKEN: 'opaque-token-0123456789' }, ['-p', 'devo'], 2],
    ['a token of Errova for Devo', { KEYTURN_TOKEN: ERROVA, KEYTURN_PROVIDER: 'devo' }, [], 4],
    [
      'a token of Bluebricks for Devo',
      { KEYTURN_TOKEN: `bbx_${'a1B2'.repeat(8)}`, KEYTURN_PROVIDER: 'devo' },
      [],
      4,
    ],
    ['a JWT for Devo', { KEYTURN_TOKEN: jwt({ sub: 'x' }) }, ['--provider', 'devo'], 4],
    ['a token of GitHub for Devo', { KEYTURN_TOKEN: `ghp_${'a1B2'.repeat(9)}` }, ['--provider', 'devo'], 4],
  ])('%s', async (_, given, options, code) => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    await rig.loginDevo();
    const place = { KEYTURN_REGION: 'us', KEYTURN_DOMAIN: 'acme' };
    const named = options.length > 0 || given['KEYTURN_PROVIDER'] ? { KEYTURN_URL: rig.sandbox.origin } : {};
    for (const command of [
      ['tokens', 'list'],
      ['whoami'],
      ['tokens', 'create', '--name', 'x', ...DEVO, '--print'],
    ]) {
      const result = await refused(rig, [...command, ...options], { env: { ...place, ...named, ...given } });
      expect([result.code, result.stdout], result.stderr).toEqual([code, '']);
      expect(result.stderr).not.toContain(given['KEYTURN_TOKEN']);
    }
  });

  test('a login refuses a token of another vendor, and keeps nothing', async () => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    const place = ['--region', 'us', '--domain', 'acme', '--url', rig.sandbox.origin];
    const result = await refused(rig, ['login', 'devo', ...place, '--with-token'], { stdin: ERROVA });
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('a token of Errova');
    expect(await rig.must(['profiles', 'list'])).toBe('');
    expect(await rig.must(['credentials', 'list'])).toBe('');
  });
});

describe('A6 an id that a person states is compared with the credential', () => {
  async function createVictim() {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    const login = ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'];
    const secret = rig.sandbox.login('prefactor');
    await rig.must(login, { stdin: secret });
    const made = await rig.must([
      'tokens',
      'create',
      '--name',
      'victim',
      '--expires-in',
      '30d',
      '--save',
      '--json',
    ]);
    const victim: string = JSON.parse(made).token.id;
    return { rig, login, secret, victim };
  }

  const live = (rig: InProcessRig) =>
    rig.sandbox.sandbox
      .tokens('prefactor')
      .filter((token) => token.live)
      .map(({ id }) => id);

  test('the id of somebody else is refused at login', async () => {
    const { rig, login, secret, victim } = await createVictim();
    const result = await rig.run([...login, '-p', 'pf2', '--token-id', victim], { stdin: secret });
    expect(result.code).toBe(6);
    expect(await rig.must(['profiles', 'list'])).not.toContain('pf2');
  });

  test('an id that was written into config.yaml is not revoked', async () => {
    const { rig, victim } = await createVictim();
    const path = join(rig.home.path, '.config/keyturn/config.yaml');
    const text = readFileSync(path, 'utf8');
    const edited = /tokenId:.*/.test(text)
      ? text.replace(/tokenId:.*/, `tokenId: ${victim}`)
      : text.replace(/( +)credential:/, `$1tokenId: ${victim}\n$1credential:`);
    expect(edited).toContain(victim);
    writeFileSync(path, edited);
    const before = live(rig);
    await rig.run(['logout', 'prefactor', '--revoke', '--yes']);
    const ended = before.filter((id) => !live(rig).includes(id));
    expect(ended).not.toContain(victim);
  });
});

describe('A10 a session of a vendor’s command is the one that the login agreed to', () => {
  const SESSION = '.prefactor/prefactor.json';

  async function agree() {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    const session = (key: string) =>
      JSON.stringify({ default: { api_key: key, base_url: rig.sandbox.origin } });
    const file = put(rig, SESSION, session(rig.sandbox.login('prefactor')));
    await rig.must(['login', 'prefactor', '--from-cli']);
    return { rig, session, file };
  }

  const config = (rig: InProcessRig) => join(rig.home.path, '.config/keyturn/config.yaml');

  test('a repository’s prefactor.json is not read after a login elsewhere', async () => {
    const { rig, session } = await agree();
    mkdirSync(join(rig.home.path, 'repository/.git'), { recursive: true });
    put(rig, 'repository/prefactor.json', session(jwt({ _: { a: 'attacker' }, sub: 'attacker' })));
    const cwd = join(rig.home.path, 'repository');
    const before = rig.sandbox.requests.length;
    await rig.must(['tokens', 'list'], { cwd });
    expect(rig.sandbox.requests.length).toBeGreaterThan(before);
    const who = JSON.parse(await rig.must(['whoami', '--json'], { cwd }));
    expect(who.sources.file).toBe(join(rig.home.path, SESSION));
  });

  test.each([
    ['another account', jwt({ _: { a: 'attacker' }, sub: 'x' }), '"attacker"'],
    ['no account', jwt({ sub: 'x' }), 'an unnamed account'],
    ['a key that tells nothing', 'opaque-key-0123456789', 'an unnamed account'],
  ])('%s in the same file is refused and named', async (_, key, named) => {
    const { rig, session, file } = await agree();
    put(rig, SESSION, session(key));
    const result = await refused(rig, ['tokens', 'list']);
    expect(result.code).toBe(4);
    for (const text of [file, named, '--from-cli']) expect(result.stderr).toContain(text);
  });

  test.each<[string, (text: string) => string]>([
    ['another origin', (text) => text.replace(/origin: .*/, 'origin: https://evil.example')],
    ['another file', (text) => text.replace('.prefactor/prefactor.json', 'evil.json')],
    ['another account', (text) => text.replace(/account: [^,}\n]+/, 'account: evil')],
    ['another seal', (text) => text.replace(/seal: [^,}\n]+/, 'seal: file-0.AAAA')],
    ['no seal', (text) => text.replace(/, *seal: [^,}\n]+/, ' ')],
    ['a token id', (text) => text.replace(/tokenId: .*/, 'tokenId: "evil"')],
  ])('%s in config.yaml is refused', async (_, edit) => {
    const { rig, session } = await agree();
    put(rig, 'evil.json', session(rig.sandbox.login('prefactor')));
    const text = readFileSync(config(rig), 'utf8').replace(/\n\s{8,}/g, ' ');
    const edited = edit(text);
    expect(edited).not.toBe(text);
    writeFileSync(config(rig), edited);
    const result = await refused(rig, ['tokens', 'list']);
    expect([result.code, result.stdout], result.stderr).toEqual([4, '']);
    expect(result.stderr).toContain('--from-cli');
  });

  test('config.yaml alone sends the session of bricks nowhere', async () => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    put(rig, '.bricks/credentials.yaml', `token: Bearer ${rig.sandbox.login('bluebricks')}\n`);
    const profile = `{provider: bluebricks, origin: "${rig.sandbox.origin}", settings: {}, credential: {kind: vendor-cli}}`;
    put(
      rig,
      '.config/keyturn/config.yaml',
      `schema: 1\ngeneration: 1\ncurrent: bb\nprofiles:\n  bb: ${profile}\n`,
    );
    const result = await refused(rig, ['tokens', 'list']);
    expect(result.code, result.stderr).toBe(4);
    expect(result.stderr).toContain('keyturn login bluebricks --from-cli');
  });

  test('a renewed session of the same person goes on, another person’s does not', async () => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    const path = '.bricks/credentials.yaml';
    put(rig, path, `token: Bearer ${rig.sandbox.login('bluebricks')}\n`);
    await rig.must(['login', 'bluebricks', '--from-cli', '--url', rig.sandbox.origin]);
    put(rig, path, `token: ${rig.sandbox.login('bluebricks')}\n`);
    await rig.must(['tokens', 'list']);
    put(rig, path, `token: Bearer ${jwt({ sub: 'prov0|evil' })}\n`);
    const result = await refused(rig, ['tokens', 'list']);
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('prov0|evil');
  });

  test.each(['.', 'home', './home'])(
    'with HOME=%s no session is read from the current folder',
    async (HOME) => {
      const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
      const own = {
        KEYTURN_CONFIG_DIR: join(rig.home.path, 'c'),
        KEYTURN_STATE_DIR: join(rig.home.path, 's'),
      };
      for (const folder of ['', 'home/']) {
        put(rig, `${folder}.bricks/credentials.yaml`, `token: ${rig.sandbox.login('bluebricks')}\n`);
        put(rig, `${folder}.prefactor/prefactor.json`, '{}');
      }
      for (const provider of ['bluebricks', 'prefactor']) {
        const args = ['login', provider, '--from-cli', '--url', rig.sandbox.origin];
        const result = await refused(rig, args, { cwd: rig.home.path, env: { ...own, HOME } });
        expect([result.code, result.stderr]).toEqual([
          2,
          expect.stringContaining('"HOME" is not an absolute path'),
        ]);
      }
    },
  );
});

describe('A11 a managing credential is handed out only with "--allow-managing"', () => {
  const info = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: { server: 'https://evil.example' } },
  });
  const HANDED: [string, readonly string[], string][] = [
    ['run', ['run', '--env', 'X=devo', '--no-mask', '--', 'sh', '-c', 'printf %s "$X" >"$HOME/shown"'], ''],
    ['export', ['credentials', 'export', 'X=devo'], ''],
    ['get', ['credentials', 'get', 'devo', '--print'], ''],
    ['git', ['helper', 'git', 'get', '--credential', 'devo'], 'git'],
    ['docker', ['helper', 'docker', 'get', '--credential', 'devo'], 'docker'],
  ];

  test.each(HANDED)('%s', async (_, args, asks) => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    await rig.loginDevo();
    const secret = rig.sandbox.login('devo');
    const host = rig.sandbox.origin.replace('http://', '');
    const stdin = asks === 'git' ? `protocol=http\nhost=${host}\n\n` : host;
    const no = await refused(rig, args, { stdin });
    expect(no.code).toBe(6);
    expect(existsSync(join(rig.home.path, 'shown'))).toBe(false);
    expect(`${no.stdout}${no.stderr}`).not.toContain(secret);
    expect(no.stderr).toContain('"--allow-managing"');
    const at = args.includes('--') ? args.indexOf('--') : args.length;
    const yes = await rig.run([...args.slice(0, at), '--allow-managing', ...args.slice(at)], { stdin });
    expect(yes.code, yes.stderr).toBe(0);
    // A program writes past this process's output.
    const shown = join(rig.home.path, 'shown');
    expect(args[0] === 'run' ? readFileSync(shown, 'utf8') : yes.stdout).toContain(secret);
  });

  test('helper exec gives nothing to the server of a stranger’s kubeconfig', async () => {
    const rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    await rig.loginDevo();
    for (const more of [[], ['--allow-managing'], ['--allow-managing', '--host', 'evil.example']]) {
      const args = ['helper', 'exec', '--credential', 'devo', ...more];
      const result = await refused(rig, args, { env: { KUBERNETES_EXEC_INFO: info } });
      expect([result.code, result.stdout], result.stderr).toEqual([6, '']);
    }
  });
});
