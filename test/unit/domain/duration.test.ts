import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  LONGEST_TIMER_MS,
  parseDuration,
  parseTimeout,
} from '../../../src/domain/duration.ts';

const DAY = 86_400_000;

describe('parseDuration', () => {
  it.each([
    ['10s', 10_000],
    ['90m', 5_400_000],
    ['12h', 43_200_000],
    ['30d', 30 * DAY],
    ['2w', 14 * DAY],
    ['007d', 7 * DAY],
    ['36500d', 36_500 * DAY],
  ])('reads %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '30',
    'd',
    '1mo',
    '1M',
    '1y',
    '2w3',
    '2w3d',
    '1.5h',
    '-1d',
    '+1d',
    '0d',
    '0s',
    '1e9d',
    '999999999d',
    '36501d',
    '9999999999d',
    ' 1d',
    '1d ',
    '1d\n',
    '１d',
    '1 d',
    '1D',
    '0x1d',
    'Infinityd',
    'NaN',
    '--json',
    '1__proto__',
    'toString',
  ])('refuses %j', (text) => {
    expect(() => parseDuration(text, '"--in"')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('never repeats more than the beginning', () => {
    const text = 'x'.repeat(5_000);
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,80}$/) }),
    );
  });
});

describe('A28 parseTimeout', () => {
  it.each(['1s', '60s', '90m', '12h', '24d', '3w', '35791m', '596h', '2147483s'])('reads %s', (text) => {
    expect(parseTimeout(text, '"--timeout"')).toBe(parseDuration(text));
    expect(parseTimeout(text, '"--timeout"')).toBeLessThanOrEqual(LONGEST_TIMER_MS);
  });

  it.each([
    ['1ms', 1],
    ['500ms', 500],
    ['999999999ms', 999_999_999],
  ])('reads milliseconds: %s', (text, ms) => {
    expect(parseTimeout(text, '"--timeout"')).toBe(ms);
  });

  it.each(['25d', '4w', '30d', '35792m', '597h', '2147484s', '999999999s', '36500d'])(
    'refuses %s',
    (text) => {
      expect(() => parseTimeout(text, '"--timeout"')).toThrow(
        expect.objectContaining({
          code: 'usage',
          message: `"--timeout" "${text}" is longer than 24 days`,
          facts: expect.objectContaining({ hint: 'write a number and a unit: 500ms, 30s, 5m, 1h' }),
        }),
      );
    },
  );

  it.each(['', '0s', '60', '1y', '36501d', '999999999w', '-1s', '0ms', '1.5ms', '9999999999ms', 'ms'])(
    'refuses %j as ever',
    (text) => {
      expect(() => parseTimeout(text, '"--timeout"')).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );
});

describe('formatDuration', () => {
  it.each([
    [30 * DAY, '30d'],
    [5_400_000, '90m'],
    [7_200_000, '2h'],
    [61_000, '61s'],
    [0, '0s'],
    [400, '0s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('is read back as the same time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 * 365 * 86_400 }), (seconds) => {
        const text = formatDuration(seconds * 1000);
        fc.pre(/^\d{1,9}[smhd]$/.test(text));
        expect(parseDuration(text)).toBe(seconds * 1000);
      }),
    );
  });
});
