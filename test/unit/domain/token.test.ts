import { expect, it } from 'vitest';
import { statusAt } from '../../../src/domain/token.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

it.each([
  ['active', null, 'active'],
  ['active', '2026-11-22T12:00:01Z', 'active'],
  ['active', '2026-11-22T12:00:00Z', 'expired'],
  ['disabled', '2026-11-22T11:00:00Z', 'expired'],
  ['disabled', '2026-11-23T11:00:00Z', 'disabled'],
  ['revoked', '2026-11-22T11:00:00Z', 'revoked'],
  ['expired', null, 'expired'],
] as const)('%s until %s is %s', (status, expiresAt, shown) => {
  expect(statusAt(status, expiresAt, NOW)).toBe(shown);
});
