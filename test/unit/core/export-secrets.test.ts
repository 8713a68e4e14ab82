import { spawnSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportSecrets } from '../../../src/core/export-secrets.ts';
import { Secret } from '../../../src/domain/secret.ts';

const one = (value: string, variable = 'KT_VALUE') => [{ variable, secret: Secret.of(value) }];

const NASTY = [
  'plain',
  "it's",
  "'",
  "''",
  "'\\''",
  '$(touch /tmp/kt-evil)',
  '`id`',
  '$'.concat('{HOME}'),
  '$HOME',
  '\\',
  '\\\\n',
  '"double"',
  'a b\tc',
  'line\nbreak\n',
  ' leading and trailing ',
  '!history',
  '#comment',
  'a;b&c|d<e>f',
  '*?[x]{a,b}~',
  '--',
  '-n',
  '=x',
  '%s%n',
  '\u001b[31m',
  '🔑 ключ',
  '\r',
  '',
];

/** What a real shell makes of the export: the values it has afterwards, separated by NUL. */
function evaluate(shell: string, text: string, variables: readonly string[]): readonly string[] {
  const print = variables.map((name) => `printf '%s\\0' "$${name}"`).join('\n');
  const script = `eval "$(cat)"\n${print}\n`;
  const done = spawnSync(shell, ['-c', script], {
    input: text,
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
  });
  expect(done.status, done.stderr.toString()).toBe(0);
  return done.stdout.toString().split('\0').slice(0, -1);
}

describe('env', () => {
  it.each(['sh', 'bash'])('comes back unchanged from %s, exported', (shell) => {
    const variables = NASTY.map((_, index) => `KT_${index}`);
    const chosen = NASTY.map((value, index) => ({ variable: `KT_${index}`, secret: Secret.of(value) }));
    expect(evaluate(shell, exportSecrets(chosen, 'env'), variables)).toEqual(NASTY);
    const child = spawnSync(shell, ['-c', 'eval "$(cat)"; env -0'], {
      input: exportSecrets(one("it's"), 'env'),
    });
    expect(child.stdout.toString().split('\0')).toContain("KT_VALUE=it's");
  });

  it('whatever the value is', () => {
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 20 }), (values) => {
        const variables = values.map((_, index) => `KT_${index}`);
        const chosen = values.map((text, index) => ({ variable: `KT_${index}`, secret: Secret.of(text) }));
        expect(evaluate('sh', exportSecrets(chosen, 'env'), variables)).toEqual(values);
      }),
      { numRuns: 10 },
    );
  });
});

describe('dotenv', () => {
  const plain = [
    'plain',
    'a.b-c_d',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvd24ifQ.c2lnbmF0dXJl',
    'YWJjZA==',
    '--',
    '-n',
    '%s%n',
    'a!b',
    'a*b?c[x]{a,b}^~',
    'user@host:22/path,x+y=z',
    'null',
    '0123',
  ];

  it.each(plain)('writes %j without quotation marks', (value) => {
    expect(exportSecrets(one(value), 'dotenv')).toBe(`KT_VALUE=${value}\n`);
  });

  it.each(['sh', 'bash', 'dash', 'zsh'].filter((shell) => !spawnSync(shell, ['-c', ':']).error))(
    '%s, docker and a dotenv parser read the same',
    (shell) => {
      const chosen = plain.map((value, index) => ({ variable: `KT_${index}`, secret: Secret.of(value) }));
      const text = exportSecrets(chosen, 'dotenv');
      const variables = chosen.map(({ variable }) => variable);
      expect(evaluate(shell, text, variables)).toEqual(plain);
      const raw = text
        .trimEnd()
        .split('\n')
        .map((line) => line.slice(line.indexOf('=') + 1));
      expect(raw).toEqual(plain);
      const parsed = parseEnv(text);
      expect(variables.map((variable) => parsed[variable])).toEqual(plain);
    },
  );

  it.each([
    "it's",
    'a\nb',
    'a\r',
    'a b',
    ' a',
    'a ',
    'a\tb',
    'a$b',
    '$HOME',
    '`id`',
    'a#b',
    'a\\b',
    '"x"',
    'a"b',
    'a;b',
    'a&b',
    'a|b',
    'a<b',
    'a(b)',
    '~root',
    'a:~',
    '=ls',
    'ключ',
    '',
  ])('refuses %j, which readers would not agree on, without repeating it', (value) => {
    const facts = expect.objectContaining({ hint: expect.stringContaining('--format json') });
    const error = expect.objectContaining({ code: 'usage', facts });
    const chosen = one(value);
    expect(() => exportSecrets(chosen, 'dotenv')).toThrow(error);
    try {
      exportSecrets(chosen, 'dotenv');
    } catch (thrown) {
      if (value.length > 2) expect(String(thrown)).not.toContain(value);
    }
  });
});

describe('json', () => {
  it('comes back unchanged', () => {
    for (const value of NASTY) {
      expect(JSON.parse(exportSecrets(one(value), 'json'))).toEqual({ KT_VALUE: value });
    }
  });
});

describe.each(['env', 'dotenv', 'json'] as const)('%s', (format) => {
  it.each(['PATH', 'NODE_OPTIONS', 'LD_PRELOAD', 'a b', 'x;y', '', '__proto__', 'A=B', 'A\nB'])(
    'refuses the variable %j',
    (variable) => {
      expect(() => exportSecrets(one('x', variable), format)).toThrow(
        expect.objectContaining({ code: 'usage' }),
      );
    },
  );

  it('refuses a variable that is named twice', () => {
    expect(() => exportSecrets([...one('a'), ...one('b')], format)).toThrow(
      expect.objectContaining({ message: '"KT_VALUE" is named twice' }),
    );
  });
});
