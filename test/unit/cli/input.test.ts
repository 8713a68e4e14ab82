import { describe, expect, it } from 'vitest';
import { Input } from '../../../src/cli/arguments/input.ts';

function inputOf(options: Readonly<Record<string, unknown>> = {}, args: readonly string[] = []): Input {
  return new Input(args, new Map(Object.entries(options)));
}

const usage = expect.objectContaining({ code: 'usage' });

describe('arguments', () => {
  const input = inputOf({}, ['a', 'b', 'c']);

  it('are read by their place', () => {
    expect(input.argument(1)).toBe('b');
    expect(input.optionalArgument(3)).toBeUndefined();
    expect(input.arguments()).toEqual(['a', 'b', 'c']);
    expect(input.arguments(1)).toEqual(['b', 'c']);
    expect(() => input.argument(3)).toThrow(usage);
  });
});

describe('flag and text', () => {
  const input = inputOf({ on: true, off: false, word: 'true', empty: '', many: ['a'] });

  it('a flag is only what was given bare', () => {
    expect([input.flag('on'), input.flag('off'), input.flag('word'), input.flag('gone')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('a text is one word, not empty', () => {
    expect([input.text('word'), input.text('gone'), input.text('off')]).toEqual([
      'true',
      undefined,
      undefined,
    ]);
    for (const name of ['on', 'empty', 'many']) expect(() => input.text(name)).toThrow(usage);
  });

  it('a value may be left out where it says so', () => {
    expect([input.textOrFlag('on'), input.textOrFlag('word'), input.textOrFlag('gone')]).toEqual([
      true,
      'true',
      undefined,
    ]);
    expect(() => input.textOrFlag('empty')).toThrow(usage);
  });

  it('one that is required is named', () => {
    expect(input.required('word')).toBe('true');
    expect(() => input.required('project')).toThrow(
      expect.objectContaining({ message: '"--project" is missing' }),
    );
  });
});

describe('list', () => {
  it('is each value once, in order', () => {
    expect(inputOf({ to: ['a', 'b', 'a'] }).list('to')).toEqual(['a', 'b']);
    expect(inputOf({ to: 'a,b' }).list('to')).toEqual(['a,b']);
    expect(inputOf().list('to')).toEqual([]);
    expect(inputOf({ to: true }).list('to')).toEqual([]);
  });

  it('splits where it is told to', () => {
    expect(inputOf({ scope: ['a, b', 'c  d', ''] }).list('scope', /[\s,]+/)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has nothing empty in it', () => {
    expect(() => inputOf({ to: ['a', ''] }).list('to')).toThrow(usage);
  });
});

describe('wholeNumber', () => {
  const read = (limit: unknown) => inputOf({ limit }).wholeNumber('limit', { min: 1, max: 1_000 });

  it.each([
    ['1', 1],
    ['1000', 1_000],
    ['007', 7],
    [undefined, undefined],
  ])('%s is %s', (text, number) => {
    expect(read(text)).toBe(number);
  });

  it.each([
    '0',
    '1001',
    '-1',
    '+1',
    '1.5',
    '1e2',
    '0x10',
    ' 1',
    '1 ',
    'NaN',
    'Infinity',
    '99999999999999999999',
    '٣',
    '',
    true,
  ])('%j is refused', (text) => {
    expect(() => read(text)).toThrow(usage);
  });
});

describe('choice', () => {
  it('is one of them exactly, and what is not is not repeated', () => {
    const read = (status: string) => inputOf({ status }).choice('status', ['active', 'disabled']);
    expect(read('active')).toBe('active');
    for (const text of ['Active', 'active ', 'act', 'kt_canary', '__proto__']) {
      expect(() => read(text)).toThrow(
        expect.objectContaining({ message: expect.stringContaining('is not one of active, disabled') }),
      );
    }
    expect(inputOf().choice('status', ['active'])).toBeUndefined();
  });
});
