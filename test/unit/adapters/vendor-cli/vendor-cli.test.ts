import { describe, expect, test } from 'vitest';
import { readBricksSession } from '../../../../src/adapters/vendor-cli/bricks.ts';
import { readPrefactorSession } from '../../../../src/adapters/vendor-cli/prefactor.ts';
import { readVendorSession } from '../../../../src/adapters/vendor-cli/vendor-session.ts';
import { createMemoryDisk } from '../../../support/memory-disk.ts';
import { caught } from '../store/store-rig.ts';

const HOME = '/home/ann';
const BRICKS = `${HOME}/.bricks/credentials.yaml`;
const JWT = 'eyJhbGciOiJub25lIn0.eyJleHAiOjE3NjAwMDAwMDB9.c2ln';

function disk(files: Readonly<Record<string, string>>) {
  const memory = createMemoryDisk();
  for (const [path, text] of Object.entries(files))
    memory.put(path, new TextEncoder().encode(text), { mode: 0o644 });
  return { memory, disk: memory.connect() };
}

describe('bricks', () => {
  test.each([
    ['with the word', 'token: Bearer bbx_abc123\nuserid: api_key\n', 'bbx_abc123'],
    ['without the word', 'token: bbx_abc123\nuserid: api_key\n', 'bbx_abc123'],
    ['with a JWT', `token: Bearer ${JWT}\nuserid: prov0|1\n`, JWT],
    ['in quotation marks', `token: "bearer  ${JWT}"\n`, JWT],
    ['with more keys and comments', `# bricks\nother: {a: [1]}\ntoken: ${JWT} # now\n`, JWT],
    ['with Windows line ends', 'token: Bearer bbx_abc123\r\nuserid: x\r\n', 'bbx_abc123'],
  ])('reads the token %s', async (_title, text, secret) => {
    const { disk: on, memory } = disk({ [BRICKS]: text });
    const session = await readBricksSession({ disk: on, home: HOME });
    expect(session.secret.reveal()).toBe(secret);
    expect(session.path).toBe(BRICKS);
    expect(new TextDecoder().decode(memory.files().get(BRICKS))).toBe(text);
  });

  test.each([
    ['no file', null],
    ['an empty file', ''],
    ['no token', 'userid: x\n'],
    ['an empty token', 'token: ""\n'],
  ])('%s: says where it looked and what to run', async (_title, text) => {
    const { disk: on } = disk(text === null ? {} : { [BRICKS]: text });
    const error = await caught(readBricksSession({ disk: on, home: HOME }));
    expect(error.code).toBe('auth');
    expect(error.message).toContain(BRICKS);
    expect(error.facts.hint).toContain('bricks login');
  });

  test.each([
    'token: [bbx_canary]',
    'token: &a bbx_canary\nb: *a',
    'token: !!js/function bbx_canary',
    'token: "Bearer bbx_canary two"',
    'token: bbx_canary\ntoken: bbx_canary',
    'token: "bbx_canary',
    '<<: {token: bbx_canary}\ntoken: {}',
  ])('refuses %j without repeating it', async (text) => {
    const { disk: on } = disk({ [BRICKS]: text });
    const error = await caught(readBricksSession({ disk: on, home: HOME }));
    expect(error.code).toBe('usage');
    expect(JSON.stringify(error.facts)).not.toContain('bbx_canary');
  });

  test.each<[string, Readonly<Record<string, string>>, string | null]>([
    ['no configuration', {}, null],
    ['a configuration without it', { 'config.yaml': 'telemetry: true\n' }, null],
    ['an empty configuration', { 'config.yaml': '# nothing\n' }, null],
    ['an empty value', { 'config.yaml': 'backend_api_url: ""\n' }, null],
    [
      'a backend of its own',
      { 'config.yaml': 'backend_api_url: https://b.internal.example\n' },
      'https://b.internal.example',
    ],
    [
      'with a path',
      { 'config.yaml': 'backend_api_url: https://b.example:8443/api/\n' },
      'https://b.example:8443',
    ],
    [
      'the last file wins',
      {
        'config.yaml': 'backend_api_url: https://a.example\n',
        'environment.yaml': 'backend_api_url: https://b.example\n',
      },
      'https://b.example',
    ],
  ])('tells which backend the session is for: %s', async (_title, files, origin) => {
    const named = Object.entries(files).map(([name, text]) => [`${HOME}/.bricks/${name}`, text] as const);
    const { disk: on } = disk({ [BRICKS]: 'token: bbx_1\n', ...Object.fromEntries(named) });
    expect((await readBricksSession({ disk: on, home: HOME })).origin).toBe(origin);
  });

  test.each([
    'backend_api_url: http://b.example\n',
    'backend_api_url: [x]\n',
    'backend_api_url: b.example\n',
  ])('a backend that cannot be read is no reason to send the session to the vendor: %j', async (text) => {
    const { disk: on } = disk({ [BRICKS]: 'token: bbx_1\n', [`${HOME}/.bricks/config.yaml`]: text });
    expect((await caught(readBricksSession({ disk: on, home: HOME }))).code).toBe('usage');
  });

  test('follows a link that the person made', async () => {
    const { memory, disk: on } = disk({ '/home/ann/dot/c.yaml': 'token: bbx_1\n' });
    memory.plant(`${HOME}/.bricks`, { folder: 0o700 });
    memory.plant(BRICKS, { link: '../dot/c.yaml' });
    expect((await readBricksSession({ disk: on, home: HOME })).secret.reveal()).toBe('bbx_1');
  });
});

describe('prefactor', () => {
  const json = (key: string, profile = 'default'): string =>
    JSON.stringify({ [profile]: { api_key: key, base_url: 'https://app.prefactorai.com' } });
  const CWD = '/work/repo/src/deep';
  const all: Readonly<Record<string, string>> = {
    '/work/repo/.git/HEAD': '',
    '/work/repo/prefactor.json': json('from-git-root'),
    '/opt/pf/prefactor.json': json('from-executable'),
    [`${HOME}/.prefactor/prefactor.json`]: json('from-home'),
    [`${CWD}/prefactor.json`]: json('from-cwd'),
  };
  const env = { PREFACTOR_CLI_SELF_PATH: '/opt/pf/bin/prefactor' };
  const read = (
    files: Readonly<Record<string, string>>,
    more: { env?: Record<string, string>; profile?: string; cwd?: string } = {},
  ) =>
    readPrefactorSession({
      disk: disk(files).disk,
      home: HOME,
      cwd: more.cwd ?? CWD,
      node: '/usr/local/bin/node',
      env: more.env ?? env,
      profile: more.profile ?? null,
    });

  test('looks in the vendor’s order', async () => {
    const left = { ...all };
    for (const [key, path] of [
      ['from-git-root', '/work/repo/prefactor.json'],
      ['from-executable', '/opt/pf/prefactor.json'],
      ['from-home', `${HOME}/.prefactor/prefactor.json`],
    ] as const) {
      const session = await read(left);
      expect([session.secret.reveal(), session.path]).toEqual([key, path]);
      expect(session.origin).toBe('https://app.prefactorai.com');
      delete left[path];
    }
    const error = await caught(read(left));
    expect(error.code).toBe('auth');
    expect(error.message).toContain('"/opt/pf/prefactor.json"');
    expect(error.message).not.toContain(`"${CWD}/prefactor.json"`);
  });

  test.each([
    [
      'the current folder comes first where there is no repository',
      '/tmp/x',
      ['/tmp/x', '/usr/local', `${HOME}/.prefactor`],
    ],
    [
      'in a repository its root stands for the current folder',
      CWD,
      ['/work/repo', '/usr/local', `${HOME}/.prefactor`],
    ],
  ])('%s', async (_title, cwd, folders) => {
    const left: Record<string, string> = {
      '/work/repo/.git/HEAD': '',
      [`${CWD}/prefactor.json`]: json('never'),
    };
    if (cwd !== CWD) delete left[`${CWD}/prefactor.json`];
    for (const folder of folders)
      left[`${folder}/prefactor.json`] = json(`from ${folder}`.replaceAll(' ', '-'));
    for (const folder of folders) {
      expect((await read(left, { env: {}, cwd })).path).toBe(`${folder}/prefactor.json`);
      delete left[`${folder}/prefactor.json`];
    }
    expect((await caught(read(left, { env: {}, cwd }))).code).toBe('auth');
  });

  test.each([
    ['https://app.example/api/v1', 'https://app.example'],
    ['https://app.example:8443/api/', 'https://app.example:8443'],
    ['https://app.example?x=@y', 'https://app.example'],
    ['http://127.0.0.1:9/api', 'http://127.0.0.1:9'],
  ])('the path of a base_url is dropped: %s', async (url, origin) => {
    const text = JSON.stringify({ default: { api_key: 'a', base_url: url } });
    expect((await read({ [`${HOME}/.prefactor/prefactor.json`]: text })).origin).toBe(origin);
  });

  test('chooses the profile: named, then the variable, then default', async () => {
    const text = JSON.stringify({
      default: { api_key: 'a', base_url: 'https://a.example' },
      env: { api_key: 'b', base_url: 'https://b.example' },
      named: { api_key: 'c', base_url: 'https://c.example' },
    });
    const files = { [`${HOME}/.prefactor/prefactor.json`]: text };
    expect((await read(files)).profile).toBe('default');
    expect((await read(files, { env: { PREFACTOR_PROFILE: 'env' } })).origin).toBe('https://b.example');
    const named = await read(files, { env: { PREFACTOR_PROFILE: 'env' }, profile: 'named' });
    expect([named.profile, named.secret.reveal()]).toEqual(['named', 'c']);
    expect((await caught(read(files, { profile: 'none' }))).code).toBe('not-found');
    expect((await caught(read(files, { profile: '__proto__' }))).code).toBe('not-found');
    expect((await caught(read(files, { profile: 'toString' }))).code).toBe('not-found');
  });

  test.each([
    ['not JSON', '{"default": {"api_key": "pf_canary"'],
    ['no base_url', '{"default": {"api_key": "pf_canary"}}'],
    ['a base_url in clear', '{"default": {"api_key": "pf_canary", "base_url": "http://evil.example"}}'],
    [
      'a base_url in disguise',
      '{"default": {"api_key": "pf_canary", "base_url": "https://ex\\u0430mple.com/x"}}',
    ],
    [
      'a base_url with a path, in clear',
      '{"default": {"api_key": "pf_canary", "base_url": "http://evil.example/x"}}',
    ],
    [
      'a base_url with a user',
      '{"default": {"api_key": "pf_canary", "base_url": "https://u:pf_canary@x.example"}}',
    ],
    ['a key with white space', '{"default": {"api_key": "pf_canary x", "base_url": "https://a.example"}}'],
  ])('%s is refused without repeating it', async (_title, text) => {
    const error = await caught(read({ [`${HOME}/.prefactor/prefactor.json`]: text }));
    expect(error.code).toBe('usage');
    expect(JSON.stringify(error.facts)).not.toContain('pf_canary');
  });
});

test('a provider without a CLI is unsupported', async () => {
  const deps = { disk: disk({}).disk, home: HOME, cwd: '/', env: {}, node: '/usr/bin/node', profile: null };
  expect((await caught(readVendorSession('errova', deps))).code).toBe('unsupported');
  expect((await caught(readVendorSession('bluebricks', deps))).code).toBe('auth');
  expect((await caught(readVendorSession('prefactor', deps))).code).toBe('auth');
});
