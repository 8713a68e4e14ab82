import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { parseJson, parseJsonBytes } from '../../../src/domain/parse-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** What `JSON.parse` gives, but for integers beyond 2^53: those arrive as strings. */
const expected = (text: string): unknown =>
  JSON.parse(text, (_name, value: unknown) =>
    typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER ? null : value,
  );
const comparable = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_name, inner: unknown) =>
      (typeof inner === 'string' && /^-?\d{16,}$/.test(inner)) ||
      (typeof inner === 'number' && Math.abs(inner) > Number.MAX_SAFE_INTEGER)
        ? null
        : inner,
    ),
  );

function refusal(read: () => unknown): AppError {
  try {
    read();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseJson', () => {
  it('agrees with JSON.parse on every document, at any indentation', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (text, indent) => {
        const written = JSON.stringify(JSON.parse(text), null, indent);
        expect(comparable(parseJson(written))).toEqual(comparable(expected(written)));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with JSON.parse on what is no JSON', () => {
    const alphabet = fc.constantFrom(...'{}[]",:\\u0019aeE+-. \t\nnulltruefalse');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (isJson) parseJson(text);
        else expect(refusal(() => parseJson(text)).code).toBe('failure');
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads escapes, also of a secret', () => {
    expect(parseJson('"\\u0073k_\\n\\/\\"\\\\\\ud83d\\ude00"')).toBe('sk_\n/"\\😀');
  });

  it('keeps integers beyond 2^53 as strings', () => {
    expect(parseJson('[9007199254740993, -9007199254740993, 9007199254740991, 1.5e3]')).toEqual([
      '9007199254740993',
      '-9007199254740993',
      9007199254740991,
      1500,
    ]);
  });

  it('changes no prototype and has none', () => {
    const value = parseJson('{"__proto__":{"polluted":1},"constructor":{"prototype":{"x":1}}}');
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Reflect.ownKeys(Object(value))).toEqual(['__proto__', 'constructor']);
    expect('polluted' in {}).toBe(false);
    expect('x' in {}).toBe(false);
  });

  it('refuses a field given twice with different values, and accepts the same value', () => {
    expect(refusal(() => parseJson('{"token":"a","token":"b"}')).message).not.toMatch(/"a"|"b"/);
    expect(refusal(() => parseJson('{"a":{"x":1},"a":{"x":2}}')).code).toBe('failure');
    expect(refusal(() => parseJson('{"a":[],"a":{}}')).code).toBe('failure');
    expect(parseJson('{"a":{"x":[1]},"a":{"x":[1]}}')).toEqual({ a: { x: [1] } });
  });

  it('tolerates one byte-order mark in front', () => {
    expect(parseJson('\uFEFF{}')).toEqual({});
    expect(refusal(() => parseJson('\uFEFF\uFEFF{}')).code).toBe('failure');
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    '// x\n1',
    '01',
    '+1',
    '1.',
    '.5',
    '1e999',
    'NaN',
    'Infinity',
    'nul',
    'trueish',
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    '"open',
    '{"a":1}<html>',
    '{"a":1}\n{"b":2}',
    'cb({"a":1})',
    ")]}',\n{}",
    '<!doctype html>',
  ])('refuses %j without quoting it', (text) => {
    const error = refusal(() => parseJson(text));
    expect(error.message).toBe('the answer is not JSON');
    expect(JSON.stringify(error)).not.toContain('html>');
  });

  it('refuses what is nested deeper than 100, and survives 100,000', () => {
    expect(parseJson(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeInstanceOf(Array);
    expect(refusal(() => parseJson('['.repeat(102) + ']'.repeat(102))).message).toMatch(/too deeply/);
    expect(refusal(() => parseJson('{"a":'.repeat(100_000))).message).toMatch(/too deeply/);
  });

  it.each([
    [
      'tokens',
      JSON.stringify(Array.from({ length: 40_000 }, (_, id) => ({ id, name: `t${id}`, scopes: ['a'] }))),
    ],
    ['one string', JSON.stringify('x'.repeat(5_000_000))],
    ['escapes', `"${'\\n'.repeat(2_500_000)}"`],
    ['one number', '9'.repeat(1_000_000)],
    ['white space', `${' '.repeat(5_000_000)}1`],
    ['the same field again and again', `{${'"a":{"b":[1,2,3]},'.repeat(200_000)}"a":{"b":[1,2,3]}}`],
    ['many fields', `{${Array.from({ length: 200_000 }, (_, n) => `"k${n}":1`).join()}}`],
  ])('reads megabytes of %s in under two seconds', (_what, text) => {
    const start = performance.now();
    parseJson(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('parseJsonBytes', () => {
  it('reads an empty body as null', () => {
    expect(parseJsonBytes(bytes(''))).toBeNull();
    expect(parseJsonBytes(bytes(' \r\n'))).toBeNull();
  });

  it('reads UTF-8, with or without a byte-order mark', () => {
    expect(parseJsonBytes(bytes('"ключ"'))).toBe('ключ');
    expect(parseJsonBytes(bytes('\uFEFF[1]'))).toEqual([1]);
  });

  it.each([
    ['invalid UTF-8', [0x22, 0xc3, 0x28, 0x22]],
    ['overlong UTF-8', [0x22, 0xc0, 0xaf, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
    ['UTF-16 without a mark', [0x7b, 0x00, 0x7d, 0x00]],
    ['UTF-7', [...bytes('+AHs-+AH0-')]],
  ])('refuses %s', (_what, body) => {
    expect(refusal(() => parseJsonBytes(Uint8Array.from(body))).code).toBe('failure');
  });
});
