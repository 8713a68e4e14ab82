import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutMark } from '../../../src/domain/marked-name.ts';
import { checkLocalName, toLocalName } from '../../../src/domain/name.ts';

describe('checkLocalName', () => {
  it.each([
    'ci',
    'CI',
    'a.b_c@d+e-f',
    '0',
    'x'.repeat(128),
    'constructor',
    'toString',
    'CON',
    'acme@example.com',
  ])('takes %s', (name) => {
    expect(checkLocalName(name, 'profile')).toBe(name);
  });

  it.each([
    '',
    '-',
    '--',
    '.',
    '..',
    '../../etc/passwd',
    '..\\..\\',
    'a/b',
    'a:b',
    'a b',
    'name\0.json',
    'a\n',
    '$(x)',
    '`x`',
    '.*',
    '__proto__',
    '@file',
    "=cmd|' /C calc'!A0",
    'file.txt:stream',
    'é',
    'e\u0301',
    'a\u200b',
    'x'.repeat(129),
    'x'.repeat(4_096),
  ])('refuses %j, without repeating it', (name) => {
    expect(() => checkLocalName(name, 'credential')).toThrow(
      expect.objectContaining({ code: 'usage', message: 'that is not a name for a credential' }),
    );
  });
});

describe('toLocalName', () => {
  it.each([
    ['CI deploy token', 'ci-deploy-token'],
    ['  Größe  ', 'gro-e'],
    ['café', 'cafe'],
    ['ключ', 'token'],
    ['', 'token'],
    ['../../x', 'x'],
    ['a:b/c', 'a-b-c'],
  ])('%j becomes %s', (text, name) => {
    expect(toLocalName(text)).toBe(name);
  });

  it('always makes a name that is taken, and leaves that one as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 160 }), (text) => {
        const name = toLocalName(text);
        expect(checkLocalName(name, 'credential')).toBe(name);
        expect(checkLocalName(toLocalName(name), 'credential')).toBe(toLocalName(name));
      }),
      { numRuns: 20 },
    );
  });
});

describe('withoutMark', () => {
  it.each([
    ['ci-20261122-7f3a9c21', 'ci'],
    ['ci', 'ci'],
    ['ci-20261122', 'ci-20261122'],
    ['ci-20261122-7F3A9C21', 'ci-20261122-7F3A9C21'],
    ['ci-20261122-7f3a9c21-x', 'ci-20261122-7f3a9c21-x'],
    ['a-20261122-7f3a9c21-20261123-00000000', 'a-20261122-7f3a9c21'],
  ])('%s is %s', (name, plain) => {
    expect(withoutMark(name)).toBe(plain);
  });
});
