import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTrial, type Trial } from '../support/bad-input.ts';

// Names that another person chose at the provider, and that reach this person's terminal, log or script.
const NAMES: Readonly<Record<string, string>> = {
  'clear screen': '\x1b[2J\x1b[H',
  'window title': '\x1b]0;title\x07',
  clipboard: '\x1b]52;c;ZXZpbA==\x07',
  link: '\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\',
  'C1 introducer': '\u009b31mred',
  'device control': '\x1bPq#0\x1b\\ \x1b_x\x1b\\ \x1b^x\x1b\\ \x1bXx\x1b\\',
  'cursor report': '\x1b[6n',
  overwrite: 'safe\b\b\b\bevil\x07',
  'carriage return': 'evil\rsafe',
  'right to left': '\u202egnp.exe\u2066x\u2069',
  'zero width': 'a\u200d\u200d\u200b\u200c\ufeffb',
  tags: 'x\u{e0041}\u{e0042}\u{e007f}',
  zalgo: `Z${'\u0301\u0327'.repeat(60)}`,
  homoglyphs: 'pаypal',
  'workflow command': '::add-mask::x ::set-output name=a::b ::stop-commands::t ##vso[task.x] ##teamcity[x]',
  'workflow escape': '%0A::error::boo',
  'log line': 'x\nkeyturn: everything is fine\n  2026-01-01 ok',
  'other line ends': 'a\u2028b\u2029c\u0085d',
  format: `%s %n %d %o \${HOME} $(id) \`id\``,
  markup: '<img src=x onerror=alert(1)> **bold**',
  wide: '漢'.repeat(80),
  prompt: 'Are you sure? [y/N] y',
  border: '───┼──│ NAME │ STATUS',
  tab: 'a\tb\tactive',
  csv: "=cmd|' /C calc'!A0",
};

/** Everything that a terminal acts on, or that makes one text look like another, except the line feed and the tab. */
const ACTED_ON =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

let trial: Trial;
let env: Record<string, string>;

beforeAll(async () => {
  trial = await startTrial();
  const token = trial.sandbox.login('devo');
  env = {
    KEYTURN_PROVIDER: 'devo',
    KEYTURN_REGION: 'us',
    KEYTURN_DOMAIN: 'acme',
    KEYTURN_URL: trial.sandbox.origin,
    KEYTURN_TOKEN: token,
  };
  for (const name of Object.values(NAMES)) {
    const made = await fetch(`${trial.sandbox.origin}/ws/accounts/acme/credentials/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, user: 'ci@example.com', audience: 'apiv2', scopes: 'table://my.app' }),
    });
    expect(`${made.status} ${name}`).toBe(`201 ${name}`);
  }
});
afterAll(() => trial.end());

describe('a list of hostile names', () => {
  test.each(['human', 'tsv', 'name'])('%s: nothing that a terminal acts on', async (format) => {
    const { code, stdout, stderr } = await trial.run(['tokens', 'list', '-o', format, '--no-color'], { env });
    expect(code).toBe(0);
    expect(ACTED_ON.exec(stdout + stderr)).toBeNull();
    // One line a token, whatever its name; a table has a header too.
    expect(stdout.trimEnd().split('\n')).toHaveLength(
      Object.keys(NAMES).length + (format === 'human' ? 2 : 1),
    );
  });

  test('tsv: nine fields a line', async () => {
    const { stdout } = await trial.run(['tokens', 'list', '-o', 'tsv'], { env });
    for (const line of stdout.trimEnd().split('\n')) expect(line.split('\t')).toHaveLength(9);
  });

  test.each(['json', 'ndjson'])('%s: exactly the names', async (format) => {
    const { stdout } = await trial.run(['tokens', 'list', '-o', format], { env });
    const tokens: { name: string }[] =
      format === 'json'
        ? JSON.parse(stdout).tokens
        : stdout
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line));
    expect(tokens.map((token) => token.name)).toEqual(expect.arrayContaining(Object.values(NAMES)));
  });

  test('yaml: exactly the names', async () => {
    const { parse } = await import('yaml');
    const { stdout } = await trial.run(['tokens', 'list', '-o', 'yaml'], { env });
    const { tokens }: { tokens: { name: string }[] } = parse(stdout);
    expect(tokens.map((token) => token.name)).toEqual(expect.arrayContaining(Object.values(NAMES)));
  });
});

describe('each of them as a reference', () => {
  test.each(Object.entries(NAMES))('%s', async (_, name) => {
    const found = await trial.run(['tokens', 'get', `name:${name}`, '-o', 'human', '--no-color'], { env });
    expect(found.code).toBe(0);
    expect(ACTED_ON.exec(found.stdout + found.stderr)).toBeNull();
    const asked = await trial.run(['tokens', 'revoke', `name:${name}`], { env, answers: ['n'] });
    expect(asked.code).toBe(3);
    expect(ACTED_ON.exec(asked.stderr.replaceAll('\x1b[', ''))).toBeNull();
    const missing = await trial.run(['tokens', 'get', `name:x${name}`], { env });
    expect(missing.code).toBe(5);
    expect(ACTED_ON.exec(missing.stderr)).toBeNull();
    expect(missing.stderr.split('\n')).toHaveLength(3);
  });
});

describe('each of them as a new name is refused or kept whole', () => {
  test.each(Object.entries(NAMES))('%s', async (_, name) => {
    const argv = ['tokens', 'rename', 'id:1', name, '--dry-run', '-o', 'human', '--no-color'];
    const before = trial.sandbox.requests.length;
    const { code, stdout, stderr } = await trial.run(argv, { env });
    expect([0, 2]).toContain(code);
    expect(ACTED_ON.exec(stdout + stderr)).toBeNull();
    expect(trial.sandbox.requests.slice(before).every((request) => request.method === 'GET')).toBe(true);
  });
});
