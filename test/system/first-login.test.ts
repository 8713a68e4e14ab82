import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRig, type Rig } from './rig.ts';

const FILE = { KEYTURN_STORE: 'file' };

/** Puts a vendor's file into the home, long ago, so that a later write would be seen. */
function put(rig: Rig, path: string, text: string): string {
  const full = join(rig.home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  utimesSync(full, 1_600_000_000, 1_600_000_000);
  return full;
}

function expectUntouched(path: string, text: string): void {
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(statSync(path).mtimeMs).toBe(1_600_000_000_000);
}

function jwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2lnbmF0dXJl`;
}

describe('in CI', () => {
  test('the environment alone is enough, and nothing is written', async () => {
    const rig = await createRig({
      CI: 'true',
      KEYTURN_PROVIDER: 'devo',
      KEYTURN_REGION: 'us',
      KEYTURN_DOMAIN: 'acme',
    });
    const env = { KEYTURN_URL: rig.sandbox.origin, KEYTURN_TOKEN: rig.sandbox.login('devo') };
    const who = JSON.parse(await rig.must(['whoami', '--json'], '', env));
    expect(who.sources).toEqual({
      provider: 'KEYTURN_PROVIDER',
      region: 'KEYTURN_REGION',
      domain: 'KEYTURN_DOMAIN',
      origin: 'KEYTURN_URL',
      credential: 'KEYTURN_TOKEN',
    });
    expect(JSON.stringify(who)).not.toContain(env.KEYTURN_TOKEN);
    expect([...rig.home.files().keys()]).toEqual([]);
  });

  test('login names the first thing that is missing, at once, and sends nothing', async () => {
    const rig = await createRig(FILE);
    const url = ['--url', rig.sandbox.origin];
    for (const [args, said] of [
      [['devo'], '--region'],
      [['devo', '--region', 'us'], '--domain'],
      [['devo', '--region', 'us', '--domain', 'acme'], '--with-token'],
      [['errova'], '--org'],
      [['prefactor'], '--with-token'],
      [['bluebricks'], '--with-token'],
    ] as const) {
      const started = performance.now();
      const { code, stdout, stderr } = await rig.keyturn(['login', ...args, ...url]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(said);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
    expect(rig.sandbox.requests).toEqual([]);
    expect([...rig.home.files().keys()]).toEqual([]);
  });

  test('a credential that the provider rejects is not kept', async () => {
    const rig = await createRig(FILE);
    const login = ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'];
    const { code, stderr } = await rig.keyturn(login, `${jwt({ jti: 'x' })}\n`);
    expect(code).toBe(4);
    expect(stderr).toContain('rejected');
    expect(await rig.must(['credentials', 'list'])).toBe('');
    expect(await rig.must(['profiles', 'list'])).toBe('');
  });
});

describe('from Errova’s browser session', () => {
  test('the cookie creates one machine token and is forgotten', async () => {
    const rig = await createRig(FILE);
    const cookie = rig.sandbox.login('errova', 'session-cookie');
    const login = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin, '--session'];
    const { code, stderr } = await rig.keyturn(login, `${cookie}\n`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('is forgotten') });
    expect(stderr).toContain('next: `keyturn tokens create');
    expect(rig.findInHome([cookie])).toBe(null);
    const posts = rig.sandbox.requests.filter((request) => request.method === 'POST');
    expect(posts).toHaveLength(1);
    const tokens = JSON.parse(await rig.must(['tokens', 'list', '--json'])).tokens;
    expect(tokens).toContainEqual(
      expect.objectContaining({ name: `keyturn@${hostname()}`, scopes: ['org.admin'], inUse: true }),
    );
  });

  test('name and scope are as given; a wrong cookie leaves nothing', async () => {
    const rig = await createRig(FILE);
    const login = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin, '--session'];
    const wrong = await rig.keyturn(login, 'no-session-of-anybody');
    expect(wrong.code).toBe(4);
    expect(await rig.must(['profiles', 'list'])).toBe('');
    expect(await rig.must(['rotations', 'list'])).toBe('');
    const cookie = rig.sandbox.login('errova', 'session-cookie');
    await rig.must([...login, '--name', 'reader', '--scope', 'org.read'], cookie);
    const [mine] = JSON.parse(await rig.must(['tokens', 'list', '--json'])).tokens.filter(
      (token: { inUse: boolean }) => token.inUse,
    );
    expect(mine).toMatchObject({ name: 'reader', scopes: ['org.read'] });
  });
});

describe('from the session of bricks', () => {
  const login = (rig: Rig) => ['login', 'bluebricks', '--from-cli', '--url', rig.sandbox.origin];
  const PATH = '.bricks/credentials.yaml';

  test.each(['', 'Bearer '])('it is used in place (written with %j)', async (word) => {
    const rig = await createRig(FILE);
    const token = rig.sandbox.login('bluebricks');
    const text = `token: ${word}${token}\nuserid: prov0|1\n`;
    const path = put(rig, PATH, text);
    await rig.must(login(rig));
    await rig.must(['tokens', 'create', '--name', 'ci', '--to', 'file:ci-token']);
    expect(await rig.must(['tokens', 'list'])).toContain('\tci\tactive');
    expectUntouched(path, text);
    expect(rig.findInHome([token], (each) => each === PATH)).toBe(null);
    expect(await rig.must(['credentials', 'list'])).toBe('');
    const who = JSON.parse(await rig.must(['whoami', '--json']));
    expect(who.credential).toContain('the session of the vendor’s own command');
    expect(Date.parse(who.expiresAt)).toBeGreaterThan(Date.now());
  });

  test('an expired one is told before any request, and a later `bricks login` is picked up', async () => {
    const rig = await createRig(FILE);
    const expired = jwt({ exp: 1_760_000_000 });
    put(rig, PATH, `token: Bearer ${expired}\n`);
    const first = await rig.keyturn(login(rig));
    expect(first.code).toBe(4);
    expect(first.stderr).toContain('expired at 2025-10-09T08:53:20');
    expect(first.stderr).toContain('bricks login');
    expect(rig.sandbox.requests).toEqual([]);

    put(rig, PATH, `token: ${rig.sandbox.login('bluebricks')}\n`);
    await rig.must(login(rig));
    const sent = rig.sandbox.requests.length;
    put(rig, PATH, `token: Bearer ${expired}\n`);
    const later = await rig.keyturn(['tokens', 'list']);
    expect(later.code).toBe(4);
    expect(later.stderr).toContain('`bricks login`');
    expect(rig.sandbox.requests).toHaveLength(sent);
    put(rig, PATH, `token: Bearer ${rig.sandbox.login('bluebricks')}\n`);
    await rig.must(['tokens', 'list']);
  });

  test('an API token in its place, no session, and a broken file are told apart', async () => {
    const rig = await createRig(FILE);
    const none = await rig.keyturn(login(rig));
    expect(none.code).toBe(4);
    expect(none.stderr).toContain('bricks login');
    put(rig, PATH, 'token: Bearer bbx_0123456789abcdef0123456789abcdef\n');
    const api = await rig.keyturn(login(rig));
    expect(api.code).toBe(4);
    expect(api.stderr).toContain('an API token of Bluebricks cannot manage API tokens');
    put(rig, PATH, 'token: "never closed\n');
    const broken = await rig.keyturn(login(rig));
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('bricks login');
    expect(rig.sandbox.requests).toEqual([]);
  });
});

describe('from the session of prefactor', () => {
  const login = ['login', 'prefactor', '--from-cli'];
  const session = (rig: Rig, more: Readonly<Record<string, unknown>> = {}) => ({
    api_key: rig.sandbox.login('prefactor'),
    base_url: rig.sandbox.origin,
    ...more,
  });

  test('the repository’s file comes before the home’s, and neither is written', async () => {
    const rig = await createRig(FILE);
    const atHome = JSON.stringify({ default: session(rig, { api_key: jwt({ jti: 'nobody' }) }) });
    const inHome = put(rig, '.prefactor/prefactor.json', atHome);
    const refused = await rig.keyturn(login);
    expect(refused.code).toBe(4);
    mkdirSync(join(rig.home.path, '.git'));
    const text = JSON.stringify({ default: session(rig) }, null, 2);
    const inRepository = put(rig, 'prefactor.json', text);
    const unnamed = await rig.keyturn(login);
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toContain(`--cli-file ${inRepository}`);
    await rig.must([...login, '--cli-file', inRepository, '--url', rig.sandbox.origin]);
    await rig.must(['tokens', 'list']);
    expectUntouched(inHome, atHome);
    expectUntouched(inRepository, text);
  });

  test('the vendor’s profile that was logged in with stays the one, and its address binds', async () => {
    const rig = await createRig(FILE);
    const both = (more: Readonly<Record<string, unknown>> = {}) =>
      JSON.stringify({
        default: session(rig, { api_key: jwt({ jti: 'nobody' }) }),
        work: session(rig, more),
      });
    put(rig, '.prefactor/prefactor.json', both());
    const missing = await rig.keyturn(login, '', { PREFACTOR_PROFILE: 'other' });
    expect(missing.code).toBe(5);
    expect(missing.stderr).toContain('PREFACTOR_PROFILE');
    await rig.must(login, '', { PREFACTOR_PROFILE: 'work' });
    await rig.must(['tokens', 'list']);
    const sent = rig.sandbox.requests.length;
    put(rig, '.prefactor/prefactor.json', both({ base_url: 'https://elsewhere.example' }));
    const moved = await rig.keyturn(['tokens', 'list']);
    expect(moved.code).toBe(4);
    expect(moved.stderr).toContain('elsewhere.example');
    expect(rig.sandbox.requests).toHaveLength(sent);
  });

  test('another address than the session’s is refused', async () => {
    const rig = await createRig(FILE);
    put(rig, '.prefactor/prefactor.json', JSON.stringify({ default: session(rig) }));
    const { code, stderr } = await rig.keyturn([...login, '--url', 'https://elsewhere.example']);
    expect(code).toBe(2);
    expect(stderr).toContain(`--url ${rig.sandbox.origin}`);
    expect(rig.sandbox.requests).toEqual([]);
  });
});
