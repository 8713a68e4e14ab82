import { describe, expect, it } from 'vitest';
import { SchemaDrift } from '../../../src/domain/schema-drift.ts';
import { attributes, drift, findId, flag, id, status, words } from '../../../src/providers/decode.ts';

describe('decode', () => {
  it.each([
    [7, '7'],
    ['9007199254740993', '9007199254740993'],
    ['013xrzp12g3nqk8n7f8f9jbg8d18q7tm', '013xrzp12g3nqk8n7f8f9jbg8d18q7tm'],
    [1.5, null],
    [-1, null],
    [2 ** 53, null],
    [true, null],
    [{}, null],
    ['', null],
    ['*', null],
    ['../x', null],
    ['1?all=true', null],
    ['a b', null],
    ['_nano-1', '_nano-1'],
    ['-x=', '-x='],
    ['a/b+c.d@e:f', 'a/b+c.d@e:f'],
    ['a/../b', null],
  ])('reads the id %j as %j', (value, expected) => {
    expect(findId({ id: value }, 'id')).toBe(expected);
  });

  it.each([
    [7, '7'],
    [-1, '-1'],
    ['*', '*'],
    ['../x', '../x'],
    ['a b', 'a b'],
  ])('keeps the id %j of a listed record as %j', (value, expected) => {
    expect(id({ id: value }, 'id')).toBe(expected);
  });

  it.each([null, '', true, {}, []])('finds no id in %j', (value) => {
    expect(() => id({ id: value }, 'id')).toThrow(SchemaDrift);
  });

  it.each([
    [true, true],
    ['true', true],
    [' TRUE ', true],
    [1, true],
    ['1', true],
    [false, false],
    ['false', false],
    [0, false],
    ['maybe', null],
    [null, null],
    [2, null],
  ])('reads the flag %j as %j', (value, expected) => {
    expect(flag({ on: value }, 'on')).toBe(expected);
  });

  it('reads statuses with stray blanks and capitals; what it does not know counts as live', () => {
    expect(status({ status: 'ACTIVE ' }, 'status')).toBe('active');
    expect(status({ status: 'suspended' }, 'status')).toBe('disabled');
    expect(status({ status: 'Revoked' }, 'status')).toBe('revoked');
    expect(status({ status: 'pending' }, 'status')).toBe('active');
    expect(status({}, 'status')).toBeNull();
  });

  it('reads words from a list or a text', () => {
    expect(words({ s: 'a  b\tc' }, 's')).toEqual(['a', 'b', 'c']);
    expect(words({ s: ['a', 1, ''] }, 's')).toEqual(['a']);
    expect(words({ s: 5 }, 's')).toBeNull();
  });

  it('keeps only attributes that are named, and no odd names inside', () => {
    const fields = {
      user: 'u',
      secret: 's',
      by: { name: 'n', sk_live_0123456789: 'v', deep: { er: { x: 1 } } },
    };
    expect(attributes(fields, 'user', 'by', 'toString')).toEqual({ user: 'u', by: { name: 'n', deep: {} } });
  });

  it('names fields in a drift, never values, and no name that could be a secret', () => {
    const error = drift('secret', { id: 'v4lue', '0f343b0931126a20f133d67c2b018a3b': 1, sk_1234_5678: 2 });
    expect(error.message).toBe(
      'the answer has no secret; it has the fields id, (a name not shown), (a name not shown)',
    );
  });
});
