import { expect, it } from 'vitest';
import { relativeTime } from '../../../src/output/relative-time.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

it.each([
  ['2026-12-22T12:00:00Z', 'in 30 days'],
  ['2026-11-23T12:00:00Z', 'in 1 day'],
  ['2026-11-23T11:59:59Z', 'in 1 day'],
  ['2026-12-22T11:59:58Z', 'in 30 days'],
  ['2026-11-23T11:29:00Z', 'in 23 hours'],
  ['2026-11-22T13:00:00Z', 'in 1 hour'],
  ['2026-11-22T12:59:59Z', 'in 1 hour'],
  ['2026-11-22T12:59:00Z', 'in 59 minutes'],
  ['2026-11-22T12:01:00Z', 'in 1 minute'],
  ['2026-11-22T12:00:59Z', 'in a moment'],
  ['2026-11-22T12:00:00Z', 'in a moment'],
  ['2026-11-22T11:59:59Z', 'just now'],
  ['2026-11-22T11:58:00Z', '2 minutes ago'],
  ['2026-11-22T09:00:00Z', '3 hours ago'],
  ['2026-11-20T12:00:00Z', '2 days ago'],
  ['2020-11-22T12:00:00Z', '2191 days ago'],
])('%s is %s', (instant, text) => {
  expect(relativeTime(instant, NOW)).toBe(text);
});
