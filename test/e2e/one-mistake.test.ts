import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

let rig: InProcessRig;
const cleaners: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  rig = await createInProcessRig({}, (clean) => cleaners.push(clean));
  await rig.loginDevo('--profile', 'work', '--token-id', '1');
  await rig.must(['tokens', 'create', '--name', 'ci', ...DEVO, '--save', 'ci']);
  await rig.must(['tokens', 'create', '--name', 'gone', ...DEVO, '--save', 'gone']);
  await rig.must(['tokens', 'delete', 'gone', '--yes']);
  const stopped = ['tokens', 'create', '--name', 'half', ...DEVO, '--save', 'half', '--to', 'exec:false'];
  expect((await rig.run(stopped)).code).toBe(10);
});

afterAll(async () => {
  for (const clean of cleaners.reverse()) await clean();
});

const MISTAKES: readonly [string, number, readonly (readonly string[])[]][] = [
  [
    'the credential in use',
    6,
    [
      ['tokens', 'delete', 'id:1', '--yes'],
      ['tokens', 'revoke', 'id:1', '--yes'],
      ['tokens', 'disable', 'id:1', '--yes'],
      ['tokens', 'rotate', 'id:1', '--save', '--yes'],
    ],
  ],
  [
    'a name that is nobody’s',
    5,
    [
      ...['get', 'revoke', 'delete', 'enable', 'disable', 'rotate'].map((verb) => [
        'tokens',
        verb,
        'nobody',
        '--yes',
      ]),
      ['tokens', 'rename', 'nobody', 'other'],
      ['credentials', 'get', 'nobody'],
      ['credentials', 'get', 'nobody', '--print'],
      ['credentials', 'remove', 'nobody', '--yes'],
      ['credentials', 'export', 'nobody'],
      ['run', '--env', 'A=nobody', '--', 'true'],
      ['helper', 'exec', '--credential', 'nobody'],
    ],
  ],
  [
    'a secret whose token ended',
    6,
    [
      ['credentials', 'get', 'gone', '--print'],
      ['credentials', 'export', 'gone'],
      ['run', '--env', 'A=gone', '--', 'true'],
      ['helper', 'exec', '--credential', 'gone', '--host', 'cluster.example'],
    ],
  ],
  [
    'a profile that is not there',
    5,
    [
      ['tokens', 'list', '-p', 'nobody'],
      ['whoami', '-p', 'nobody'],
      ['tokens', 'revoke', 'ci', '-p', 'nobody', '--yes'],
      ['logout', 'nobody', '--yes'],
      ['profiles', 'use', 'nobody'],
      ['profiles', 'remove', 'nobody', '--yes'],
    ],
  ],
  [
    'a provider that is not there',
    2,
    [
      ['tokens', 'list', '--provider', 'Devo'],
      ['whoami', '--provider', 'nobody'],
      ['tokens', 'create', '--name', 'x', '--provider', 'nobody', '--print'],
    ],
  ],
  [
    'a name that is taken in the store',
    6,
    [
      ['tokens', 'create', '--name', 'x', ...DEVO, '--save', 'ci'],
      ['tokens', 'rotate', 'ci', '--save', 'half', '--yes'],
      ['credentials', 'import', 'ci'],
    ],
  ],
  [
    'an operation in the way',
    13,
    [
      ['tokens', 'create', '--name', 'half', ...DEVO, '--print'],
      ['credentials', 'import', 'half', '--force'],
      ['credentials', 'remove', 'half', '--yes'],
      ['logout', 'work', '--yes'],
      ['profiles', 'rename', 'work', 'other'],
    ],
  ],
  [
    'options that are missing',
    2,
    [
      ['tokens', 'create', '--print'],
      ['tokens', 'create', '--name', 'x', '--print'],
      ['tokens', 'rotate', 'ci', '--to', ''],
      ['helper', 'exec'],
    ],
  ],
];

const CLUSTER = JSON.stringify({
  apiVersion: 'client.authentication.k8s.io/v1',
  kind: 'ExecCredential',
  spec: { interactive: false, cluster: { server: 'https://cluster.example' } },
});

describe.each(MISTAKES)('%s is %i', (_, code, commands) => {
  test.each(commands.map((args) => [args.join(' '), args] as const))('%s', async (_, args) => {
    const shown = await rig.run(['--json', ...args], {
      stdin: '0123456789abcdefghijklmnop',
      // As kubectl hands it over, with `provideClusterInfo: true`.
      env: { KUBERNETES_EXEC_INFO: CLUSTER },
    });
    expect(shown.code, shown.stderr).toBe(code);
    // Whoever reads stderr as JSON lines can read all of it.
    const lines = shown.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { error } = lines.at(-1);
    expect(Object.keys(error)).toEqual(expect.arrayContaining(['attempt', 'id', 'profile', 'next']));
    if (code === 13)
      expect(error).toMatchObject({ attempt: expect.any(String), next: expect.stringContaining('resume') });
  });
});

test('not logged in is 4, whatever the verb', async () => {
  const empty = await createInProcessRig();
  for (const args of [
    ['tokens', 'list'],
    ['whoami'],
    ['tokens', 'revoke', 'x', '--yes'],
    ['projects', 'list'],
  ])
    expect((await empty.run(args)).code, args.join(' ')).toBe(4);
});

test('several missing options are named at once', async () => {
  const { stderr } = await rig.run(['tokens', 'create', '--print']);
  expect(stderr).toContain('"--name", "--user", "--audience" and "--scope" are missing');
});

test('an empty KEYTURN_TOKEN is called empty', async () => {
  for (const args of [
    ['tokens', 'list'],
    ['tokens', 'list', '-p', 'work'],
    ['login', 'devo', '--with-token'],
  ]) {
    const { code, stderr } = await rig.run(args, { env: { KEYTURN_TOKEN: '' } });
    expect([code, stderr]).toEqual([2, expect.stringContaining('KEYTURN_TOKEN is set but empty')]);
  }
});

test('a revoked secret is marked, and tokens of a renaming rotation keep their name', async () => {
  const { credentials } = JSON.parse(await rig.must(['credentials', 'list', '--json']));
  const states = credentials.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`);
  expect(states).toEqual(['work active', 'ci active', 'gone ended', 'half active']);
  const rotated = JSON.parse(await rig.must(['tokens', 'rotate', 'ci', '--yes', '--json']));
  expect(rotated.old).toMatchObject({ id: '2', outcome: expect.stringMatching(/revoked|deleted/) });
  expect(JSON.parse(await rig.must(['tokens', 'get', 'ci', '--json'])).token.id).toBe(rotated.token.id);
  expect(await rig.must(['tokens', 'revoke', 'ci', '--yes', '-o', 'human'])).toContain(
    `(id ${rotated.token.id}) at Devo, profile work`,
  );
});

test('a dry run shows all that would be sent and where the secret would go, and sends nothing', async () => {
  const sent = rig.sandbox.requests.length;
  const create = [
    'tokens',
    'create',
    '--name',
    'dry',
    ...DEVO,
    '--to',
    'env:dry.env#TOKEN',
    '--save',
    '--dry-run',
  ];
  const { code, stdout, stderr } = await rig.run([...create, '-o', 'human']);
  expect(code).toBe(0);
  for (const part of [
    '"dry"',
    'scopes table://my.app',
    'user ci@example.com',
    'audience apiv2',
    'dry.env#TOKEN',
    'as "dry"',
  ])
    expect(stdout).toContain(part);
  expect(stderr).toContain('nothing was changed');
  expect(rig.sandbox.requests.slice(sent).filter(({ method }) => method !== 'GET')).toEqual([]);
});
