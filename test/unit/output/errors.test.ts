import { describe, expect, it } from 'vitest';
import { AppError, EXIT } from '../../../src/domain/errors.ts';
import { errorJson, errorText } from '../../../src/output/errors.ts';

const FULL = new AppError({
  code: 'conflict',
  message: 'the name "ci" is taken',
  hint: 'choose another name',
  provider: 'devo',
  status: 409,
  requestId: 'cid-1',
});

describe('an error for a person', () => {
  it('says what happened, where, and what to do', () => {
    expect(errorText(FULL)).toBe(
      'keyturn: the name "ci" is taken (devo, HTTP 409, request cid-1)\n  choose another name\n',
    );
  });

  it('says only what is known', () => {
    expect(errorText(new AppError({ code: 'usage', message: 'no' }))).toBe('keyturn: no\n');
    expect(errorText(FULL.with({ status: undefined, requestId: '', hint: undefined }))).toBe(
      'keyturn: the name "ci" is taken (devo)\n',
    );
  });

  it('names the provider once', () => {
    const message = 'Devo has no way to do that';
    expect(errorText(FULL.with({ message, status: undefined, requestId: undefined, hint: undefined }))).toBe(
      `keyturn: ${message}\n`,
    );
  });

  it('does nothing to a terminal, and is one line each', () => {
    const nasty = 'a\u001b[2J\r\nkeyturn: all is well\u202e';
    const text = errorText(new AppError({ code: 'failure', message: nasty, hint: nasty, requestId: nasty }));
    expect(text.split('\n')).toHaveLength(3);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe('an error for a program', () => {
  it('has every field', () => {
    expect(JSON.parse(errorJson(FULL))).toEqual({
      error: {
        code: 'conflict',
        message: 'the name "ci" is taken',
        hint: 'choose another name',
        provider: 'devo',
        status: 409,
        requestId: 'cid-1',
        attempt: null,
        id: null,
        profile: null,
        next: null,
      },
    });
  });

  it('has null for what is not known, and a code of the table', () => {
    const { error } = JSON.parse(errorJson(new AppError({ code: 'usage', message: 'no' })));
    expect(error).toEqual({
      code: 'usage',
      message: 'no',
      hint: null,
      provider: null,
      status: null,
      requestId: null,
      attempt: null,
      id: null,
      profile: null,
      next: null,
    });
    expect(Object.keys(EXIT)).toContain(error.code);
  });

  it('is one line, and does nothing to a terminal', () => {
    const message = 'a\u001b\u009b\u202e\nb';
    const text = errorJson(new AppError({ code: 'failure', message }));
    expect(text).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(text).error.message).toBe(message);
  });
});
