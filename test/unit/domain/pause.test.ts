import { describe, expect, it } from 'vitest';
import { readHttpDate } from '../../../src/domain/http-date.ts';
import { describePause, isLimited, readPause } from '../../../src/domain/pause.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);
const headers = (all: Record<string, string>) => (name: string) => all[name] ?? null;

describe('readHttpDate', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 784_111_777_000],
    ['Sun Nov  6 08:49:37 1994', 784_111_777_000],
    ['Sun, 6 Nov 1994 08:49:37 GMT', 784_111_777_000],
    ['Sunday, 22-Nov-26 12:00:00 GMT', NOW],
    ['Sun Nov 22 12:00:00 2026', NOW],
    // More than 50 years ahead is the past.
    ['Monday, 01-Jan-90 00:00:00 GMT', Date.UTC(1990, 0, 1)],
    ['Monday, 01-Jan-76 00:00:00 GMT', Date.UTC(2076, 0, 1)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2016, 11, 31, 23, 59, 59)],
  ])('reads %s', (text, ms) => {
    expect(readHttpDate(text, NOW)).toBe(ms);
  });

  it.each([
    ...['', 'soon', '2026-11-22T12:00:00Z', 'Sun, 31 Feb 2026 12:00:00 GMT', 'Sun, 22 Nov 2026 25:00:00 GMT'],
    ...['Sun, 22 Foo 2026 12:00:00 GMT', 'Sun, 22 Nov 2026 12:00:00 +0100', 'x'.repeat(10_000), '1795348800'],
  ])('does not read %s', (text) => {
    expect(readHttpDate(text, NOW)).toBeNull();
  });
});

describe('readPause', () => {
  const date = { date: 'Sun, 22 Nov 2026 10:00:00 GMT' };
  it.each<[string, Record<string, string>, number | null]>([
    ['seconds', { 'retry-after': '3' }, 3_000],
    ['seconds with a fraction', { 'retry-after': '3.0' }, 3_000],
    ['half a second', { 'retry-after': '0.5' }, 500],
    ['seconds with a point', { 'retry-after': '3.' }, 3_000],
    ['seconds with spaces', { 'retry-after': ' 3 ' }, 3_000],
    ['leading zeros', { 'retry-after': '007' }, 7_000],
    ['the header twice', { 'retry-after': '2, 30' }, 30_000],
    ['nought', { 'retry-after': '0' }, 0],
    ['ten days', { 'retry-after': '864000' }, 864_000_000],
    ['a date against its own Date', { ...date, 'retry-after': 'Sun, 22 Nov 2026 10:00:09 GMT' }, 9_000],
    ['RFC 850 against its own Date', { ...date, 'retry-after': 'Sunday, 22-Nov-26 10:00:09 GMT' }, 9_000],
    ['asctime against its own Date', { ...date, 'retry-after': 'Sun Nov 22 10:00:09 2026' }, 9_000],
    ['a date against our clock', { 'retry-after': 'Sun, 22 Nov 2026 12:00:04 GMT' }, 4_000],
    [
      'a Date in another form',
      { date: 'Sun Nov 22 10:00:00 2026', 'retry-after': 'Sun, 22 Nov 2026 10:00:09 GMT' },
      9_000,
    ],
    ['the past', { 'retry-after': 'Sun, 22 Nov 2015 12:00:00 GMT' }, 0],
    ['a reset in seconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }, 12_000],
    [
      'a reset since 1970',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1_000 + 9) },
      9_000,
    ],
    [
      'Retry-After before a reset',
      { 'retry-after': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' },
      5_000,
    ],
    [
      'a reset of a limit with something left',
      { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '12' },
      null,
    ],
    ['used up without a reset', { 'ratelimit-remaining': '0' }, null],
    ['nothing', {}, null],
    ['a negative number', { 'retry-after': '-5' }, null],
    ['1e12', { 'retry-after': '1e12' }, null],
    ['an absurd number', { 'retry-after': '1000000000000' }, null],
    ['words', { 'retry-after': 'soon' }, null],
    ['a unit', { 'retry-after': '3s' }, null],
  ])('%s', (_name, all, ms) => {
    expect(readPause(headers(all), NOW)).toBe(ms);
  });

  it('tells a limit from a missing right', () => {
    expect(isLimited(headers({ 'retry-after': '3.0' }))).toBe(true);
    expect(isLimited(headers({ 'retry-after': 'Sun Nov 22 10:00:09 2026' }))).toBe(true);
    expect(isLimited(headers({ 'x-ratelimit-remaining': '0' }))).toBe(true);
    expect(isLimited(headers({ 'x-ratelimit-remaining': '59' }))).toBe(false);
    expect(isLimited(headers({ 'retry-after': '' }))).toBe(false);
    expect(isLimited(headers({}))).toBe(false);
  });

  it('says when, for a person', () => {
    expect(describePause(headers({ 'retry-after': '40' }))).toBe('try again in 40 s');
    expect(describePause(headers({ 'retry-after': '0.2' }))).toBe('try again in 1 s');
    expect(describePause(headers({ ...date, 'retry-after': 'Sunday, 22-Nov-26 10:00:09 GMT' }))).toBe(
      'try again after 2026-11-22T10:00:09Z',
    );
    expect(describePause(headers({ 'retry-after': 'soon' }))).toBeNull();
  });
});
