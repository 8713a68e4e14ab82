import { beforeEach, describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

type Env = Readonly<Record<string, string>>;

const jwt = (claims: object) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part(claims)}.c2lnbmF0dXJl`;
};

/** A rotation in its grace period that was begun as `env` says. Resolves with its id. */
async function begin(rig: InProcessRig, env: Env, options: readonly string[]): Promise<string> {
  await rig.must(['tokens', 'create', '--name', 'job', ...options, '--to', 'file:made'], { env });
  const rotate = ['tokens', 'rotate', 'job', '--old', '24h', '--yes', '--to', 'file:rotated'];
  const { code, stderr } = await rig.run(rotate, { env });
  expect(code, stderr).toBe(10);
  const listed = await rig.must(['rotations', 'list', '-o', 'name'], { env });
  return listed.trim().replace(/^id:/, '');
}

const COMMANDS: readonly (readonly string[])[] = [
  ['resume', 'ID', '--now', '--yes'],
  ['resume', 'ID'],
  ['resume'],
  ['resume', '--all', '--yes'],
  ['abort', 'ID', '--yes'],
];

describe('KEYTURN_TOKEN is not sent to an operation whose provider or profile is not named with it', () => {
  let rig: InProcessRig;
  let place: Env;
  let id: string;

  beforeEach(async () => {
    rig = await createInProcessRig({ KEYTURN_STORE: 'file' });
    place = { KEYTURN_URL: rig.sandbox.origin, KEYTURN_REGION: 'us', KEYTURN_DOMAIN: 'acme' };
  });

  async function refuses(env: Env, more: readonly string[] = []): Promise<void> {
    for (const command of COMMANDS) {
      const args = ['rotations', ...command, ...more].map((word) => (word === 'ID' ? id : word));
      const before = rig.sandbox.requests.length;
      const { code, stdout, stderr } = await rig.run(args, { env: { ...place, ...env } });
      const shown = `${args.join(' ')}: ${stdout}${stderr}`;
      expect(rig.sandbox.requests.slice(before), shown).toEqual([]);
      expect(code, shown).toBe(command.includes('--all') ? 10 : 2);
      expect(shown).toMatch(command.includes('--all') ? /skipped/ : /KEYTURN_TOKEN is /);
      expect(shown).toContain(id);
      expect(shown).not.toContain(env['KEYTURN_TOKEN']);
    }
    expect(await rig.must(['rotations', 'list', '-o', 'name'])).toContain(id);
  }

  describe('an operation that was begun with KEYTURN_PROVIDER', () => {
    beforeEach(async () => {
      const env = { ...place, KEYTURN_PROVIDER: 'prefactor', KEYTURN_TOKEN: rig.sandbox.login('prefactor') };
      id = await begin(rig, env, ['--expires-in', '30d']);
    });

    test.each<[string, Env, readonly string[]]>([
      ['another provider’s JWT', { KEYTURN_PROVIDER: 'bluebricks', KEYTURN_TOKEN: jwt({ sub: 'x' }) }, []],
      [
        'another provider’s opaque token',
        { KEYTURN_PROVIDER: 'devo', KEYTURN_TOKEN: 'opaque-0123456789' },
        [],
      ],
      ['no provider', { KEYTURN_TOKEN: jwt({ sub: 'x' }) }, []],
      ['empty names', { KEYTURN_PROVIDER: '', KEYTURN_PROFILE: '', KEYTURN_TOKEN: jwt({ sub: 'x' }) }, []],
      ['a profile of another provider', { KEYTURN_PROFILE: 'devo', KEYTURN_TOKEN: jwt({ sub: 'x' }) }, []],
      ['a profile that does not exist', { KEYTURN_PROFILE: 'none', KEYTURN_TOKEN: jwt({ sub: 'x' }) }, []],
    ])('%s', async (_, env) => {
      await rig.loginDevo();
      await refuses(env);
    });

    test.each<[string, Env, readonly string[]]>([
      ['KEYTURN_PROVIDER', { KEYTURN_PROVIDER: 'prefactor' }, []],
      ['--provider', {}, ['--provider', 'prefactor']],
      [
        '--provider beside another KEYTURN_PROVIDER',
        { KEYTURN_PROVIDER: 'devo' },
        ['--provider', 'prefactor'],
      ],
    ])('its own provider in %s is enough', async (_, env, more) => {
      const own = { ...place, KEYTURN_TOKEN: rig.sandbox.login('prefactor'), ...env };
      await rig.must(['rotations', 'resume', id, '--now', '--yes', ...more], { env: own });
    });
  });

  describe('an operation of a profile', () => {
    beforeEach(async () => {
      await rig.loginDevo();
      id = await begin(rig, {}, DEVO);
    });

    test.each<[string, Env, readonly string[]]>([
      ['another provider', { KEYTURN_PROVIDER: 'errova', KEYTURN_ORG: 'acme-inc' }, []],
      ['no provider', {}, []],
      ['only --profile, which names no token', {}, ['-p', 'devo']],
      ['another profile of the same provider', { KEYTURN_PROFILE: 'work' }, []],
      [
        'another profile beside the right provider',
        { KEYTURN_PROFILE: 'work', KEYTURN_PROVIDER: 'devo' },
        [],
      ],
    ])('a token with %s', async (_, env, more) => {
      await rig.loginDevo('-p', 'work');
      await refuses({ KEYTURN_TOKEN: 'opaque-token-0123456789', ...env }, more);
    });

    test.each<[string, Env]>([
      ['the profile', { KEYTURN_PROFILE: 'devo' }],
      ['the provider', { KEYTURN_PROVIDER: 'devo' }],
    ])('a token with %s is used', async (_, env) => {
      const own = { ...place, KEYTURN_TOKEN: rig.sandbox.login('devo'), ...env };
      await rig.must(['rotations', 'resume', id, '--now', '--yes'], { env: own });
    });

    test('without KEYTURN_TOKEN the profile’s own credential is used, whatever profile is named', async () => {
      await rig.loginDevo('-p', 'work');
      await rig.must(['rotations', 'resume', id, '--now', '--yes'], { env: { KEYTURN_PROFILE: 'work' } });
    });
  });

  test('--all goes on with the operations that the token is for', async () => {
    const own = { ...place, KEYTURN_PROVIDER: 'devo', KEYTURN_TOKEN: rig.sandbox.login('devo') };
    rig.sandbox.setFaults(['DELETE * status:503']);
    await rig.must(['tokens', 'create', '--name', 'b', ...DEVO, '--to', 'file:b'], { env: own });
    const rotated = await rig.run(['tokens', 'rotate', 'b', '--yes', '--to', 'file:c'], { env: own });
    expect(rotated.code, rotated.stderr).toBe(10);
    rig.sandbox.setFaults([]);
    const other = { ...place, KEYTURN_PROVIDER: 'prefactor', KEYTURN_TOKEN: rig.sandbox.login('prefactor') };
    await rig.must(['tokens', 'create', '--name', 'job', '--expires-in', '30d', '--to', 'file:d'], {
      env: other,
    });
    await rig.run(['tokens', 'rotate', 'job', '--old', '24h', '--yes', '--to', 'file:e'], { env: other });
    const { code, stdout, stderr } = await rig.run(['rotations', 'resume', '--all', '--yes', '-o', 'human'], {
      env: own,
    });
    expect(stdout, stderr).toMatch(/^done: rotate token "b"/m);
    expect(stdout).toMatch(/^skipped: rotate token "job".*KEYTURN_PROVIDER=prefactor/m);
    expect(code).toBe(10);
  });
});
