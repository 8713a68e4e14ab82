import { expect, it } from 'vitest';
import { isSameToken } from '../../../src/domain/same-token.ts';

const BORN = '2026-11-22T12:00:00Z';

it.each([
  ['the same id and instant', { id: '1', createdAt: BORN }, true],
  ['the same instant, written otherwise', { id: '1', createdAt: '2026-11-22T13:00:00+01:00' }, true],
  ['an instant that is not known', { id: '1', createdAt: null }, true],
  ['another instant', { id: '1', createdAt: '2026-11-22T12:00:01Z' }, false],
  ['another id', { id: '2', createdAt: BORN }, false],
  ['an id that is not known', { id: null, createdAt: BORN }, false],
])('%s', (_title, other, same) => {
  const one = { id: '1', createdAt: BORN };
  expect([isSameToken(one, other), isSameToken(other, one)]).toEqual([same, same]);
});

it('two ids that are not known are not the same', () => {
  expect(isSameToken({ id: null, createdAt: null }, { id: null, createdAt: null })).toBe(false);
});
