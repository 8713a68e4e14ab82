import { describe, expect, it } from 'vitest';
import { AppError, EXIT, isAppError, usage } from '../../../src/domain/errors.ts';
import { SchemaDrift } from '../../../src/domain/schema-drift.ts';

describe('EXIT', () => {
  it('is the published table: numbers are never reused', () => {
    expect(Object.fromEntries(Object.entries(EXIT).map(([name, { code }]) => [name, code]))).toEqual({
      ok: 0,
      failure: 1,
      usage: 2,
      cancelled: 3,
      auth: 4,
      'not-found': 5,
      conflict: 6,
      unavailable: 7,
      unsupported: 8,
      partial: 9,
      pending: 10,
      orphan: 11,
      lost: 12,
      locked: 13,
      interrupted: 130,
      terminated: 143,
    });
  });

  it('has each number once, and a meaning for each', () => {
    const codes = Object.values(EXIT).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const { meaning } of Object.values(EXIT)) expect(meaning).not.toBe('');
  });
});

describe('AppError', () => {
  it('adds facts without changing itself', () => {
    const error = usage('"x" is wrong', 'do y');
    const more = error.with({ provider: 'devo', status: 409, code: 'conflict' });
    expect(more.facts).toEqual({
      code: 'conflict',
      message: '"x" is wrong',
      hint: 'do y',
      provider: 'devo',
      status: 409,
    });
    expect(error.facts).toEqual({ code: 'usage', message: '"x" is wrong', hint: 'do y' });
  });

  it('is told apart from other errors and by its code', () => {
    const error = new AppError({ code: 'auth', message: 'no' });
    expect(isAppError(error)).toBe(true);
    expect(isAppError(error, 'auth')).toBe(true);
    expect(isAppError(error, 'usage')).toBe(false);
    expect(isAppError(new Error('no'))).toBe(false);
    expect(isAppError({ code: 'auth', facts: error.facts })).toBe(false);
    expect(isAppError(null)).toBe(false);
  });
});

it('SchemaDrift names fields, twelve at most', () => {
  const seen = Array.from({ length: 20 }, (_, index) => `f${index}`);
  expect(new SchemaDrift('secret', seen).message).toBe(
    'the answer has no secret; it has the fields f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11',
  );
  expect(new SchemaDrift('id', []).message).toBe('the answer has no id; it has no fields');
});
