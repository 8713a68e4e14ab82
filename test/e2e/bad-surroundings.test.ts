import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectTold, startTrial, type Trial } from '../support/bad-input.ts';
import { keyturn, runProgram } from '../support/cli-process.ts';

// Names, addresses, files, variables, options and streams that are not what they should be.
let trial: Trial;
beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.end());

const login = () => [
  'login',
  'devo',
  '--region',
  'us',
  '--domain',
  'acme',
  '--url',
  trial.sandbox.origin,
  '--with-token',
  '--store',
  'file',
];
const alone = (provider: string): Record<string, string> => ({
  KEYTURN_PROVIDER: provider,
  KEYTURN_URL: trial.sandbox.origin,
  KEYTURN_TOKEN: trial.sandbox.login(provider),
});

const BAD_NAMES: readonly string[] = [
  '../../etc/passwd',
  '..\\..\\x',
  '/etc/passwd',
  'name\0.json',
  'file.txt:stream',
  '\\\\?\\x',
  'a b',
  'trailing ',
  '.hidden',
  'n'.repeat(256),
  'n'.repeat(4_096),
  '__proto__',
  '--',
  '@file',
  "=cmd|' /C calc'!A0",
  'ключ',
  '\u202egnp',
  'a\nb',
  '$(id)',
];

describe('a name that is no name', () => {
  test.each(BAD_NAMES.map((name) => [JSON.stringify(name.slice(0, 40)), name]))('%s', async (_, name) => {
    // A word of two dashes is no name but the end of the options.
    if (name !== '--') {
      await trial.refuses([...login(), '--profile', name], { stdin: trial.sandbox.login('devo') });
      await trial.refuses(['credentials', 'get', name]);
      await trial.refuses(['profiles', 'show', name]);
    }
    await trial.refuses(
      ['credentials', 'import', '--', name, '--store', 'file'].filter(
        (word) => name !== '--' || word !== '--',
      ),
      {
        stdin: 'Zq7pKx2vLm9sRt4wYb6nCd8f',
      },
    );
  });

  test.each(['constructor', 'toString', 'hasOwnProperty', 'CON', 'nul.txt', 'true', 'null', '1', 'NO'])(
    '%s is one',
    async (name) => {
      const imported = await trial.run(['credentials', 'import', name, '--store', 'file'], {
        stdin: 'Zq7pKx2vLm9sRt4wYb6nCd8f',
      });
      expect(imported.code).toBe(0);
      expect((await trial.run(['credentials', 'list', '-o', 'name'])).stdout).toBe(`${name}\n`);
      expect((await trial.run(['credentials', 'get', 'valueOf'])).code).toBe(5);
      expect((await trial.run(['profiles', 'show', name])).code).toBe(5);
    },
  );
});

describe('an address that is none', () => {
  test.each([
    'http://',
    'https://',
    'ftp://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//host',
    'example.com',
    'http://example.com',
    'http://169.254.169.254/latest',
    'https://user:pass@example.com',
    'https://example.com#@evil.example',
    'https://example.com\\@evil.example',
    'https://evil.example%2f@example.com',
    'https://example.com?x=1',
    'https://example.com/path',
    'https://example.com.',
    'https://example.com:0',
    'https://example.com:65536',
    'https://ｅxample.com',
    'https://[fe80::1%25eth0]',
    'https://127.1',
    'https://0x7f000001',
    'https://2130706433',
    'http://127.1',
    'http://localhost.evil.example',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    `https://${'h'.repeat(2_048)}.example`,
    'https://exa mple.com',
    'https://example.com\nhttps://evil.example',
    ' https://example.com',
    '',
  ])('%j', async (url) => {
    const base = ['login', 'devo', '--region', 'us', '--domain', 'acme', '--with-token', '--store', 'file'];
    const told = await trial.refuses([...base, '--url', url], { stdin: trial.sandbox.login('devo') });
    expect(told.code).toBe(2);
    if (url === '') return;
    const asked = await trial.refuses(['tokens', 'list'], {
      env: { ...alone('bluebricks'), KEYTURN_URL: url },
    });
    expect(asked.code).toBe(2);
  });
});

const BOMB = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}]`),
].join('\n');

const BAD_YAML: readonly (readonly [string, string | Uint8Array])[] = [
  ['only a byte-order mark', '\uFEFF'],
  ['no YAML', '{{{{'],
  ['a list', '- a\n- b\n'],
  ['a word', 'hello\n'],
  ['bytes', Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80])],
  ['UTF-16', Buffer.from('schema: 1\n', 'utf16le')],
  ['tabs', 'schema: 1\nprofiles:\n\tx: 1\n'],
  ['two documents', 'schema: 1\n---\nschema: 1\n'],
  ['the same key twice', 'schema: 1\nschema: 1\n'],
  ['an unknown tag', 'schema: 1\nx: !!js/function "function () { return 1 }"\n'],
  ['a tag of Python', '!!python/object/apply:os.system ["id"]\n'],
  ['a bomb', `schema: 1\n${BOMB}\n`],
  ['a merge', 'schema: 1\nx: &x {a: 1}\ny:\n  <<: *x\n'],
  ['a newer schema', 'schema: 2\n'],
  ['no schema', 'profiles: {}\n'],
  ['a schema in words', 'schema: one\n'],
  ['profiles of the wrong kind', 'schema: 1\nprofiles: [x]\n'],
  ['a profile of the wrong kind', 'schema: 1\nprofiles:\n  x: 1\n'],
  ['deep nesting', `schema: 1\nx: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
  ['a cut file', 'schema: 1\nprofiles:\n  x:\n    provider: "dev'],
];

describe.each([
  ['config.yaml', ['profiles', 'list']],
  ['credentials.yaml', ['credentials', 'list']],
])('%s', (file, reading) => {
  const path = () => join(trial.home.path, '.config', 'keyturn', file);
  const write = (content: string | Uint8Array) => {
    mkdirSync(dirname(path()), { recursive: true, mode: 0o700 });
    writeFileSync(path(), content, { mode: 0o600 });
  };
  const refusesAll = async () => {
    const { code, stderr } = await trial.refuses(reading);
    expect([2, 1]).toContain(code);
    await trial.refuses(login(), { stdin: trial.sandbox.login('devo') });
    return stderr;
  };

  test.each(BAD_YAML)('that holds %s is refused and left as it is', async (_, content) => {
    write(content);
    expect(await refusesAll()).toContain(file);
    expect('polluted' in {}).toBe(false);
  });

  test('that holds a key which every object has changes no object', async () => {
    write(`schema: 1\n__proto__: {polluted: true}\nprofiles: {__proto__: {polluted: true}}\n`);
    await trial.run(reading);
    expect('polluted' in {}).toBe(false);
  });

  test('that does not parse is told with its line and column', async () => {
    write('schema: 1\nprofiles:\n  x: [1, 2\n');
    expect((await trial.refuses(reading)).stderr).toMatch(/line \d+, column \d+/);
  });

  test.each([
    ['a folder', () => mkdirSync(path(), { recursive: true, mode: 0o700 })],
    ['a pipe', () => pipeAt(path())],
    ['a link to a device without end', () => linkAt('/dev/zero', path())],
    ['a link to itself', () => linkAt(path(), path())],
    ['100 MiB', () => bigAt(path())],
  ])('that is %s is refused', async (_, make) => {
    make();
    await refusesAll();
  });

  test('that others may write to is refused', async () => {
    write('schema: 1\n');
    chmodSync(path(), 0o666);
    const { code } = await trial.run(reading);
    if (file === 'credentials.yaml') expect(code).not.toBe(0);
  });
});

describe('variables', () => {
  test.each([
    ['HOME unset', { HOME: undefined }],
    ['HOME empty', { HOME: '' }],
    ['HOME relative', { HOME: 'home' }],
    ['HOME a file', { HOME: '/etc/passwd' }],
    ['KEYTURN_CONFIG_DIR relative', { KEYTURN_CONFIG_DIR: 'here' }],
    ['KEYTURN_STORE of no kind', { KEYTURN_STORE: 'vault' }],
    ['KEYTURN_OUTPUT of no kind', { KEYTURN_OUTPUT: 'JSON' }],
    ['NODE_TLS_REJECT_UNAUTHORIZED=0', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
    ['NODE_OPTIONS --require', { NODE_OPTIONS: '--require ./x.js' }],
    ['NODE_OPTIONS --tls-keylog', { NODE_OPTIONS: '--tls-keylog=/tmp/keys' }],
  ])('%s: refused by a login', async (_, env) => {
    await trial.refuses(login(), { stdin: trial.sandbox.login('devo'), env });
  });

  test.each([
    ['XDG values that are relative are ignored', { XDG_CONFIG_HOME: 'here', XDG_STATE_HOME: './there' }],
    [
      'empty ones count as unset',
      { KEYTURN_PROFILE: '', KEYTURN_OUTPUT: '', KEYTURN_STORE: '', XDG_CONFIG_HOME: '', NO_COLOR: '' },
    ],
    ['a dumb terminal', { TERM: 'dumb' }],
    ['a far time zone', { TZ: 'Pacific/Kiritimati' }],
    ['a language with another i', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
    ['no language', { LANG: 'C' }],
    ['no TMPDIR', { TMPDIR: '/nonexistent' }],
  ])('%s', async (_, more) => {
    const env = { ...alone('bluebricks'), ...more };
    const { code, stdout } = await trial.run(
      ['tokens', 'create', '--name', 'INSTITUTION-ii', '--print', '--quiet'],
      { env },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${trial.sandbox.secrets.at(-1)}\n` });
  });

  test('a HOME with spaces and a line end works', async () => {
    const home = join(trial.home.path, 'with space\nand line');
    mkdirSync(home, { mode: 0o700 });
    const { code } = await trial.run(login(), { stdin: trial.sandbox.login('devo'), env: { HOME: home } });
    expect(code).toBe(0);
    expect(
      (await trial.run(['doctor', '--offline'], { env: { HOME: home } })).stdout.split('\n').length,
    ).toBeGreaterThan(5);
  });
});

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'keyturn.js');

/** The command by the shell, where nothing of the surroundings is what it should be. */
function shell(script: string, env: Record<string, string | undefined> = {}) {
  const all = { ...trial.home.env, ...env, K: BIN, N: process.execPath };
  return runProgram('bash', ['-c', `K() { "$N" "$K" "$@"; }; ${script}`], { env: all, cwd: trial.home.path });
}

describe('the environment alone', () => {
  test.each([
    ['D10 HOME unset', { HOME: undefined }],
    ['HOME empty', { HOME: '' }],
    ['HOME relative', { HOME: 'home' }],
    ['HOME that is not there', { HOME: '/nonexistent' }],
    ['HOME a file', { HOME: '/etc/passwd' }],
    ['HOME where nothing can be made', { HOME: '/proc' }],
    ['XDG values that are relative', { HOME: 'x', XDG_CONFIG_HOME: 'here', XDG_STATE_HOME: './there' }],
  ])('%s: enough to read with every provider', async (_, env) => {
    for (const provider of ['devo', 'prefactor', 'bluebricks', 'errova']) {
      const more = {
        KEYTURN_ORG: 'acme-inc',
        KEYTURN_REGION: 'us',
        KEYTURN_DOMAIN: 'acme',
        ...alone(provider),
      };
      const { code, stderr } = await shell('K tokens list', { ...more, ...env });
      expect([provider, code, stderr.includes('keyturn:')]).toEqual([provider, 0, false]);
    }
  });

  test.runIf(process.getuid?.() === 0).each([
    ['a number without a name', '4242', ''],
    ['nobody', '65534', ''],
    ['nobody in the home of another', '65534', 'HOME=$PWD'],
  ])('enough for %s', async (_, uid, home) => {
    for (const provider of ['prefactor', 'bluebricks']) {
      const { code, stderr } = await shell(
        `unset HOME; ${home} setpriv --reuid=${uid} --clear-groups "$N" "$K" tokens list`,
        alone(provider),
      );
      expect([code, stderr.includes('keyturn:')]).toEqual([0, false]);
    }
  });
});

describe('a folder that cannot be used', () => {
  const importing = 'printf tok_0123456789 | K credentials import x --store file';

  test.each([
    ['D8 where mkdir says that nothing is there', 'HOME=/proc', '"/proc/.config"'],
    ['D8 the state folder is there', 'KEYTURN_STATE_DIR=/proc/state', '"/proc/state"'],
    ['a file in its way', 'HOME=/etc/passwd', 'not a folder'],
    ['a device in its way', 'HOME=/dev/null', 'not a folder'],
    ['a relative one', 'HOME=home', 'home folder'],
  ])('%s: one line, at once', async (_, env, words) => {
    const start = performance.now();
    const result = await shell(`export ${env}; ${importing}`);
    expectTold(result);
    expect([result.code, result.stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test.runIf(process.getuid?.() === 0).each([
    ['', 'chown 65534 home', '.config'],
    ['with a folder for settings', 'mkdir home/.config; chown -R 65534 home', '.config/keyturn'],
  ])('a home of another user %s: nothing is made there', async (_, make, absent) => {
    const result = await shell(
      `mkdir -p home; ${make}; export HOME="$PWD/home"; ${importing}; code=$?; ls -A home/${absent} >&2; exit $code`,
    );
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('belongs to another user');
    expect(result.stderr).toContain('No such file');
  });

  test.runIf(process.getuid?.() === 0)('doctor names a home of another user', async () => {
    const result = await shell('mkdir -p home; chown 65534 home; export HOME="$PWD/home"; K doctor');
    expect(result.code).not.toBe(0);
    expect(result.stdout + result.stderr).toContain('belongs to another user');
    expect(result.stdout).not.toContain('is made when it is needed');
  });

  test('D11 the working folder was removed: what does not need it works', async () => {
    const gone = 'mkdir gone; cd gone; rmdir ../gone';
    expect((await shell(`${gone}; K --version`)).code).toBe(0);
    expect((await shell(`${gone}; ${importing}`)).code).toBe(0);
    expect((await shell(`${gone}; K run --env A=x -- true`)).code).toBe(0);
    expect(
      (await shell(`${gone}; K credentials import y --store file --token-file "$HOME/tok"`)).stderr,
    ).not.toContain('working folder');
    const relative = await shell(`${gone}; K credentials import y --store file --token-file tok`);
    expectTold(relative);
    expect(relative.stderr).toContain('the working folder no longer exists');
  });
});

describe('D4 a file that is named to be read', () => {
  const kubernetes = 'mkdir -p s/..v1; cat > s/..v1/in; ln -s ..v1 s/..data; ln -s ..data/in s/in;';
  const ways: readonly (readonly [string, string, string])[] = [
    ['a file', 'cat > in;', 'in'],
    ['a link', 'cat > target; ln -s target in;', 'in'],
    ['a link over links, as Kubernetes mounts a secret', kubernetes, 's/in'],
    ['standard input as -', '', '-'],
    ['standard input as /dev/stdin', '', '/dev/stdin'],
    ['standard input as /dev/fd/0', '', '/dev/fd/0'],
    ['another descriptor', 'exec 5<&0;', '/dev/fd/5'],
    ['a FIFO', 'mkfifo in; cat > in <&0 &', 'in'],
    ['a substitution', 'exec 6<&0;', '<(cat <&6)'],
  ];

  test.each(ways)('%s: a secret', async (_, make, path) => {
    const script = `printf 'tok_Zm9vYmFyYmF6\\n' | { ${make} K credentials import x --store file --token-file ${path}; } && K credentials get x --print`;
    const { stdout, stderr } = await shell(script);
    expect(stdout + stderr).toContain('tok_Zm9vYmFyYmF6\n');
  });

  test.each(ways)('%s: a policy', async (_, make, path) => {
    const { code, stderr } = await shell(`printf 'schema: 2\\n' | { ${make} K plan ${path}; }`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/schema/);
  });

  test.each([
    ['a folder', '.'],
    ['what is not there', 'absent'],
    ['what has no end', '/dev/zero'],
    ['what is empty', '/dev/null'],
    ['a link to nothing', 'dangling'],
    ['a link to itself', 'loop'],
  ])('%s is refused', async (_, path) => {
    const result = await shell(
      `ln -s nowhere dangling; ln -s loop loop; K credentials import x --store file --token-file ${path}`,
    );
    expectTold(result);
    expect(result.code).toBe(2);
  });

  test('a FIFO that nobody writes to waits, and Ctrl-C ends it', async () => {
    const { code } = await shell(
      'mkfifo in; timeout -s INT 1 "$N" "$K" credentials import x --store file --token-file in',
    );
    expect(code).toBe(124);
  });
});

describe('options', () => {
  test.each([
    ['tokens list --limit 1 --limit 2 --limit x'],
    ['tokens list --limit=-1'],
    ['tokens list --limit 99999999999999999999'],
    ['tokens list --limit 1e3'],
    ['tokens list --limit='],
    ['tokens list --unknown'],
    ['tokens list --status=--json'],
    ['tokens list --sort='],
    ['tokens list -o'],
    ['tokens list --timeout 0s'],
    ['tokens list --timeout -5s'],
    ['tokens list --timeout forever'],
    ['tokens list --expiring-within 2w3'],
    ['tokens list --expiring-within 0d'],
    ['tokens list --expiring-within 1e9d'],
    ['tokens list --expiring-within 999999999w'],
    ['tokens list --expiring-within 3M'],
    ['tokens create --name x --expires-in -1d --print'],
    ['tokens create --name x --expires-at 2020-01-01 --print'],
    ['tokens create --name x --expires-at 2026-02-30 --print'],
    ['tokens create --name x --expires-at 9999999-01-01 --print'],
    ['tokens create --name x --expires-in 1d --expires-at 2030-01-01 --print'],
    ['tokens create --name= --print'],
    ['tokens create --name x --to= --print'],
    ['tokens create --name x --save='],
    ['tokens get'],
    ['tokens get a b c'],
    ['sandbox --port 65536'],
    ['sandbox --port x'],
    ['sandbox --fault nonsense'],
    ['sandbox --latency 5'],
    ['keys expire x --project p --in 1d --at 2030-01-01'],
    ['-p'],
    ['-x'],
  ])('%s', async (line) => {
    const env = alone('prefactor');
    const { code } = await trial.refuses(line.split(' '), { env });
    expect([2, 8]).toContain(code);
  });

  test('a thousand arguments', async () => {
    await trial.refuses(['tokens', 'get', ...Array.from({ length: 1_000 }, (_, at) => `x${at}`)], {
      env: alone('prefactor'),
    });
  });

  test('a reference of a megabyte', async () => {
    await trial.refuses(['tokens', 'get', 'x'.repeat(1_000_000)], { env: alone('prefactor') });
  });
});

describe('standard input', () => {
  const around = () => ({ env: { ...trial.home.env, ORIGIN: trial.sandbox.origin }, cwd: trial.home.path });
  const script = (
    input: string,
    command = 'login devo --region us --domain acme --url "$ORIGIN" --with-token --store file',
  ) =>
    `"${process.execPath}" "${join(import.meta.dirname, '..', '..', 'bin', 'keyturn.js')}" ${command} ${input}`;

  test.each([
    ['that is closed', '<&-'],
    ['that never ends', '< /dev/zero'],
    ['that is a folder', '< .'],
    ['that is binary', '< /bin/sh'],
  ])('%s', async (_, input) => {
    const start = performance.now();
    const result = await runProgram('bash', ['-c', script(input)], around());
    expectTold(result);
    expect(result.code).toBe(2);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(trial.sandbox.requests).toEqual([]);
    expect(trial.home.files().size).toBe(0);
  });

  test('of a gigabyte', async () => {
    const result = await runProgram(
      'bash',
      ['-c', `head -c 1G /dev/zero | ${script('', 'credentials import x --store file')}`],
      around(),
    );
    expectTold(result);
    expect(trial.home.files().size).toBe(0);
  });

  test('that nobody reads does no harm', async () => {
    const { code, stdout } = await keyturn(['--version'], { ...around(), stdin: 'x'.repeat(1_000_000) });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('closed with every other stream', async () => {
    const { code } = await runProgram('bash', ['-c', script('<&- >&- 2>&-', 'tokens list')], around());
    expect(code).toBe(4);
  });
});

function pipeAt(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  execFileSync('mkfifo', ['-m', '600', path]);
}

function linkAt(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  symlinkSync(target, path);
}

function bigAt(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, 'schema: 1\n', { mode: 0o600 });
  truncateSync(path, 100 * 1024 * 1024);
}
