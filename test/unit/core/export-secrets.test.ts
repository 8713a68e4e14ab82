import { spawnSync } from 'node:child_process';
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
  it('is one assignment a line in single quotes', () => {
    expect(exportSecrets([...one('a$b #c'), ...one('"x"', 'KT_B')], 'dotenv')).toBe(
      "KT_VALUE='a$b #c'\nKT_B='\"x\"'\n",
    );
  });

  it.each(["it's", 'a\nb', 'a\r'])(
    'refuses %j, which readers would not agree on, without repeating it',
    (value) => {
      expect(() => exportSecrets(one(`kt_canary${value}`), 'dotenv')).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.not.stringContaining('canary') }),
      );
    },
  );
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
