import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTrial, type Trial } from '../support/bad-input.ts';

// What people paste, pipe and export by mistake where a token was asked for.
let trial: Trial;
beforeEach(async () => {
  trial = await startTrial();
});
afterEach(() => trial.end());

const TOKEN = 'Zq7pKx2vLm9sRt4wYb6nCd8f';

const REFUSED: readonly (readonly [string, string | Uint8Array])[] = [
  ['nothing', ''],
  ['one space', ' '],
  ['only line ends', '\n\n'],
  ['a line feed inside', `${TOKEN}\n${TOKEN}`],
  ['two line feeds behind', `${TOKEN}\n\n`],
  ['a NUL inside', `${TOKEN}\0x`],
  ['a byte-order mark in front', `\uFEFF${TOKEN}`],
  ['a zero-width space inside', `${TOKEN}\u200b${TOKEN}`],
  ['smart quotes around', `“${TOKEN}”`],
  ['"Bearer" in front', `Bearer ${TOKEN}`],
  ['double quotes around', `"${TOKEN}"`],
  ['single quotes around', `'${TOKEN}'`],
  ['an unexpanded variable', `\${TOKEN}`],
  ['an unexpanded command', '$(cat token)'],
  ['a PEM', `-----BEGIN PRIVATE KEY-----\n${TOKEN}\n-----END PRIVATE KEY-----\n`],
  ['1 MiB', TOKEN.repeat(43_700)],
  ['other letters', 'ключключключ'],
  ['an emoji', `${TOKEN}🔑`],
  ['a lone surrogate', Buffer.from([0x61, 0xed, 0xa0, 0x80, 0x62])],
  ['broken UTF-8', Buffer.from([0x61, 0xc3, 0x28])],
  ['UTF-16', Buffer.from(TOKEN, 'utf16le')],
  ['a space inside', `${TOKEN} ${TOKEN}`],
  ['null', 'null'],
  ['undefined', 'undefined'],
];

describe.each([
  ['login devo', ['login', 'devo', '--region', 'us', '--domain', 'acme', '--with-token', '--store', 'file']],
  ['login errova --session', ['login', 'errova', '--org', 'acme-inc', '--session', '--store', 'file']],
  ['credentials import', ['credentials', 'import', 'x', '--store', 'file']],
])('%s refuses', (_, command) => {
  test.each(REFUSED)('%s', async (_name, stdin) => {
    const url = command[0] === 'login' ? ['--url', trial.sandbox.origin] : [];
    const { code } = await trial.refuses([...command, ...url], { stdin, ...told(stdin) });
    expect(code).toBe(2);
  });
});

describe('KEYTURN_TOKEN refuses', () => {
  test.each(
    REFUSED.filter(
      (row): row is readonly [string, string] => typeof row[1] === 'string' && row[0] !== 'a NUL inside',
    ),
  )('%s', async (_name, value) => {
    const env = { KEYTURN_PROVIDER: 'bluebricks', KEYTURN_URL: trial.sandbox.origin, KEYTURN_TOKEN: value };
    const { code } = await trial.refuses(['tokens', 'list'], { env, ...told(value) });
    expect(code).toBe(2);
  });
});

describe('--token-file refuses', () => {
  test.each([
    ['a folder', '.'],
    ['a device without end', '/dev/zero'],
    ['nothing', 'no-such-file'],
    ['an empty name', ''],
    ['a terminal', '/dev/tty'],
  ])('%s', async (_name, path) => {
    const argv = [
      'login',
      'devo',
      '--region',
      'us',
      '--domain',
      'acme',
      '--url',
      trial.sandbox.origin,
      '--store',
      'file',
    ];
    await trial.refuses([...argv, '--token-file', path]);
  });
});

describe('a session of Bluebricks that is no session', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const soon = Math.floor(Date.now() / 1000) + 3_600;
  test.each([
    ['has expired', `${part({ alg: 'HS256' })}.${part({ exp: 1_700_000_000 })}.c2ln`],
    [
      'has expired, padded',
      `${part({ alg: 'HS256' })}.${Buffer.from('{"exp":1700000000 }').toString('base64')}.c2ln`,
    ],
    ['is a key', `bbx_${TOKEN}`],
  ])('%s', async (_name, secret) => {
    const argv = ['login', 'bluebricks', '--url', trial.sandbox.origin, '--with-token', '--store', 'file'];
    const { code } = await trial.refuses(argv, { stdin: secret, secret });
    expect(code).toBe(4);
  });

  test.each([
    ['says alg none', `${part({ alg: 'none' })}.${part({ exp: soon })}.`],
    ['has a dot too many', `${part({ alg: 'HS256' })}.${part({ exp: soon })}.c2ln.c2ln`],
    ['is cut', `${part({ alg: 'HS256' })}.`],
    ['says when in words', `${part({ alg: 'HS256' })}.${part({ exp: 'tomorrow' })}.c2ln`],
    ['says when beyond time', `${part({ alg: 'HS256' })}.${part({ exp: 1e300 })}.c2ln`],
  ])('%s', async (_name, secret) => {
    const argv = ['login', 'bluebricks', '--url', trial.sandbox.origin, '--with-token', '--store', 'file'];
    const { code, stderr } = await trial.run(argv, { stdin: secret });
    expect(code).toBe(4);
    expect(stderr).not.toContain(secret);
    expect((await trial.run(['credentials', 'list'])).stdout).toBe('');
    expect((await trial.run(['profiles', 'list'])).stdout).toBe('');
  });
});

describe('what only looks odd is kept as it is', () => {
  test.each([
    ['a line feed behind', `${TOKEN}\n`, TOKEN],
    ['a carriage return and a line feed behind', `${TOKEN}\r\n`, TOKEN],
    ['more than a vault of Windows holds', 'k'.repeat(2_561), 'k'.repeat(2_561)],
    ['more than a command of macOS holds', 'k'.repeat(4_097), 'k'.repeat(4_097)],
    ['an option', '--yes', '--yes'],
    ['two options', '-rf', '-rf'],
    ['our own word for a secret', 'x[secret]x[redacted]', 'x[secret]x[redacted]'],
    ['one letter', 'a', 'a'],
    ['a common word', 'true', 'true'],
    ['a number', '200', '200'],
  ])('%s', async (_name, stdin, kept) => {
    const imported = await trial.run(['credentials', 'import', 'x', '--store', 'file', '--json'], { stdin });
    expect(imported.code).toBe(0);
    // Hiding a secret of one letter must not make the rest unreadable.
    expect(JSON.parse(imported.stdout)).toMatchObject({
      schema: 'keyturn.credential/1',
      credential: { name: 'x' },
    });
    const { stdout } = await trial.run(['credentials', 'get', 'x', '--print']);
    expect(stdout).toBe(`${kept}\n`);
    const second = await trial.run(['credentials', 'import', 'y'], { stdin });
    expect(second.code).toBe(0);
  });
});

/** What must not be repeated, where there is enough of it to tell. */
function told(value: string | Uint8Array): { readonly secret?: string } {
  return typeof value === 'string' && value.includes(TOKEN) ? { secret: TOKEN } : {};
}
