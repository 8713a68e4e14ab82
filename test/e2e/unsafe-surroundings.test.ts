import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTrial, type Trial } from '../support/bad-input.ts';
import { BUILT, runProgram } from '../support/cli-process.ts';

// Every command that opens a secret or takes one, while Node was told to give secrets away.
let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
  const { code } = await trial.run(['credentials', 'import', 'svc', '--origin', 'https://git.example.com'], {
    stdin: 'Zq7pKx2vLm9sRt4wYb6nCd8f',
    env: { KEYTURN_STORE: 'file' },
  });
  expect(code).toBe(0);
});
afterAll(() => trial.end());

const OPENING: readonly string[] = [
  'credentials get svc --print',
  'credentials list',
  'credentials import other',
  'credentials export A=svc',
  'credentials remove svc --yes',
  'credentials migrate --to passphrase',
  'run --env A=svc -- true',
  'helper git get',
  'helper docker get',
  'helper exec',
  'login devo --region us --domain acme --with-token',
  'logout x',
  'tokens list',
  'tokens create --name ci --print',
  'tokens get x',
  'tokens rotate x --yes',
  'tokens revoke x --yes',
  'whoami',
  'rotations list',
  'rotations resume',
  'audit list',
  'audit verify',
];

describe('A21 A25 every command that opens a secret', () => {
  test.each(OPENING)('%s', async (line) => {
    for (const [told, more] of [
      ['NODE_OPTIONS', { env: { NODE_OPTIONS: '"--tls-key\\log=F"' } }],
      ['--require', { execArgv: ['--require', './x.js'] }],
      ['NODE_DEBUG', { env: { NODE_DEBUG: 'http' } }],
      ['NODE_COMPILE_CACHE', { env: { NODE_COMPILE_CACHE: '/nowhere/cache' } }],
    ] as const) {
      const { code, stdout, stderr } = await trial.refuses(line.split(' '), { stdin: '', ...more });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`"${told}"`);
    }
  });

  test.each([
    '--version',
    '--help',
    'help',
    'profiles list',
    'providers',
    'completion bash',
    'tokens list --help',
  ])('%s needs none, and works', async (line) => {
    const env = { NODE_OPTIONS: '--inspect', NODE_DEBUG: 'http' };
    expect((await trial.run(line.split(' '), { env })).code).toBe(0);
  });

  test('doctor tells it, and opens nothing', async () => {
    const { code, stdout } = await trial.run(['doctor', '--json'], { execArgv: ['--inspect'] });
    expect(code).toBe(1);
    const { checks }: { checks: readonly { check: string; result: string; message: string }[] } =
      JSON.parse(stdout);
    expect(checks.map(({ check, result }) => [check, result])).toEqual([['environment', 'wrong']]);
    expect(checks[0]?.message).toContain('"--inspect"');
  });
});

describe('A21 the built command', () => {
  const get = [BUILT, 'credentials', 'get', 'svc', '--print'];

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['node --tls-keylog', ['--tls-keylog=keys'], {}],
    ['node --tls_keylog', ['--tls_keylog=keys'], {}],
    ['node -r', ['-r', './harmless.cjs'], {}],
    ['node --env-file', ['--env-file=harmless.cjs'], {}],
    ['node -log', ['-log', '--no-logfile-per-isolate'], {}],
    ['NODE_OPTIONS with a backslash', [], { NODE_OPTIONS: '"--tls-key\\log=keys"' }],
    ['NODE_OPTIONS with quotes', [], { NODE_OPTIONS: '--re"qu\\ire" ./harmless.cjs' }],
    ['NODE_DEBUG', [], { NODE_DEBUG: 'http,net' }],
  ])('%s: exit 2, no secret', async (_, options, env) => {
    writeFileSync(join(trial.home.path, 'harmless.cjs'), '\n');
    const world = { env: { ...trial.home.env, ...env }, cwd: trial.home.path };
    const { code, stdout } = await runProgram(process.execPath, [...options, ...get], world);
    expect([code, stdout]).toEqual([2, '']);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['node --max-old-space-size', ['--max-old-space-size=256', '--no-warnings'], {}],
    [
      'NODE_OPTIONS of a usual machine',
      [],
      { NODE_OPTIONS: '--enable-source-maps --conditions=dev "--no-warnings"' },
    ],
    ['DEBUG of other programs', [], { DEBUG: '*', NODE_PENDING_DEPRECATION: '1' }],
  ])('%s: as ever', async (_, options, env) => {
    const world = { env: { ...trial.home.env, ...env }, cwd: trial.home.path };
    const { code, stdout } = await runProgram(process.execPath, [...options, ...get], world);
    expect([code, stdout]).toEqual([0, 'Zq7pKx2vLm9sRt4wYb6nCd8f\n']);
  });
});
