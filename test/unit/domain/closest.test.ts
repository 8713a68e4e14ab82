import { expect, test } from 'vitest';
import { closestNames } from '../../../src/domain/closest.ts';
import { commandLine } from '../../../src/domain/command-line.ts';
import { minutesNote, parseLongDuration } from '../../../src/domain/duration.ts';

test.each([
  ['ci', ['ci-2', 'cd', 'deploy'], ['cd', 'ci-2']],
  ['deplyo', ['deploy', 'employ', 'x'], ['deploy']],
  ['a', ['b', 'cc', 'A'], ['A', 'b']],
  ['etl', [], []],
  ['', ['a'], []],
  ['x'.repeat(300), ['x'.repeat(299)], []],
  ['prod', ['prod-1', 'prod-2', 'prod-3', 'prod-4'], ['prod-1', 'prod-2', 'prod-3']],
])('%s is nearest to what looks like it, three at most', (typed, names, nearest) => {
  expect(closestNames(typed, names)).toEqual(nearest);
});

test.each([
  [['tokens', 'rotate', 'etl'], 'devo', 'keyturn tokens rotate etl -p devo'],
  [['rotations', 'resume'], null, 'keyturn rotations resume'],
  [['tokens', 'get', 'my token'], null, "keyturn tokens get 'my token'"],
  [['tokens', 'get', "it's; rm"], 'a b', "keyturn tokens get 'it'\\''s; rm' -p 'a b'"],
] as const)('a command can be pasted: %j', (words, profile, text) => {
  expect(commandLine(words, profile)).toBe(text);
});

test.each(['1m', '59m', '3599s'])('%s is no age: minutes are not months', (text) => {
  expect(() => parseLongDuration(text, 'maximumAge')).toThrow('less than an hour: "m" is minutes');
});

test.each([
  ['60m', 3_600_000],
  ['1h', 3_600_000],
  ['30d', 30 * 86_400_000],
])('%s is one', (text, ms) => {
  expect(parseLongDuration(text)).toBe(ms);
});

test.each([
  ['1m', '"1m" is one minute; months are written in days: 30d'],
  ['6m', '"6m" is 6 minutes; months are written in days: 30d'],
  ['90m', null],
  ['1h', null],
])('%s: %s', (text, note) => {
  expect(minutesNote(text)).toBe(note);
});
