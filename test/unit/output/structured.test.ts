import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonText, yamlText } from '../../../src/output/structured.ts';

// What YAML 1.1 (https://yaml.org/type) or 1.2 takes for something else than text.
const TEXTS = [
  ...['y', 'Y', 'n', 'N', 'yes', 'Yes', 'YES', 'no', 'No', 'NO', 'on', 'On', 'ON', 'off', 'Off', 'OFF'],
  ...['true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'null', 'Null', 'NULL', '~', '', ' ', 'nan', 'inf'],
  ...[
    '0',
    '1',
    '-1',
    '+1',
    '0123',
    '0o7',
    '0x1F',
    '0b11',
    '1_000',
    '-0x1_F',
    '017',
    '08',
    '1e3',
    '1E+3',
    '1.5',
  ],
  ...[
    '.5',
    '5.',
    '1_0.5',
    '.inf',
    '-.inf',
    '.Inf',
    '.INF',
    '.nan',
    '.NaN',
    '.NAN',
    '1:20',
    '190:20:30',
    '1:20.5',
  ],
  ...[
    '2026-11-28',
    '2026-11-28T10:00:00Z',
    '2026-11-28 10:00:00',
    '2001-1-1 1:1:1 +1',
    '2026-11-28t10:00:00.1-05:00',
  ],
  ...[
    '=',
    '<<',
    '<',
    '*a',
    '&a',
    '!a',
    '!!str a',
    '|',
    '>',
    '%a',
    '@a',
    '`a',
    '-',
    '- a',
    '?',
    '? a',
    ':',
    ': a',
  ],
  ...[
    'a: b',
    'a:',
    'a #b',
    '#a',
    "'a'",
    '"a"',
    "it's",
    '"',
    '[a]',
    '{a}',
    'a, b',
    '[',
    '---',
    '...',
    '--- a',
  ],
  ...[
    ' a',
    'a ',
    'a\tb',
    'a\nb',
    'a\n',
    '\n',
    'a\r\nb',
    'a\\b',
    'é',
    '🔑',
    '\u2028',
    '\u0085',
    '\ufeffa',
    '\u001b[31m',
  ],
  ...[
    '\u{e0041}',
    '\u200b',
    'plain',
    'ci-deploy',
    'https://a.example/b',
    'ann@example.com',
    'org.read',
    'a b',
  ],
  ...[
    'table://my.app',
    'mt_1',
    'nope',
    'yes please',
    'e1',
    'x:y',
    '12345678-aaaa-bbbb-cccc-123456789abc',
    '1e5abc',
  ],
];
const VALUE = {
  texts: TEXTS,
  keys: Object.fromEntries(TEXTS.map((text) => [`k${text}`, text])),
  names: { no: 'x', on: 'y', '1': 'z', '~': 'a', '': 'b', '<<': 'c', '2026-11-28': 'd' },
  others: [null, true, false, 0, 1.5, -3],
};

describe('YAML', () => {
  it.each(['1.1', '1.2'] as const)('comes back unchanged under %s', async (version) => {
    expect(parse(await yamlText(VALUE), { version, merge: version === '1.1' })).toEqual(VALUE);
  });

  const python = spawnSync('python3', ['-c', 'import yaml']);
  it.skipIf(python.status !== 0)('comes back unchanged from PyYAML', async () => {
    const script =
      'import sys,yaml,json; json.dump(yaml.safe_load(sys.stdin.buffer.read().decode()), sys.stdout)';
    const done = spawnSync('python3', ['-c', script], { input: await yamlText(VALUE) });
    expect(done.stderr.toString()).toBe('');
    expect(JSON.parse(done.stdout.toString())).toEqual(VALUE);
  });

  it('leaves plain words without quotation marks', async () => {
    const value = {
      name: 'ci-deploy',
      scope: 'org.read',
      origin: 'https://a.example:8443/x',
      owner: 'Ann B',
    };
    expect(await yamlText(value)).toBe(
      'name: ci-deploy\nscope: org.read\norigin: https://a.example:8443/x\nowner: Ann B\n',
    );
  });
});

describe('JSON', () => {
  it('comes back unchanged', () => {
    expect(JSON.parse(jsonText(VALUE))).toEqual(VALUE);
  });
});
