import { describe, expect, test } from 'vitest';
import { REFUSALS_IN_200 } from '../../../src/sandbox/not-done.ts';
import { oneVendor, VENDORS } from './vendor-cases.ts';

describe.each(VENDORS)('an ending at %s', (vendor) => {
  test('is done where nothing is switched', () => {
    const it = oneVendor(vendor, {});
    expect(it.isLive()).toBe(true);
    expect(it.send(it.end).status).toBeLessThan(300);
    expect(it.isLive()).toBe(false);
  });

  test('can answer as usual and do nothing', () => {
    const usual = oneVendor(vendor, {});
    const it = oneVendor(vendor, { endings: 'silent' });
    const [was, now] = [usual.send(usual.end), it.send(it.end)];
    expect([now.status, now.body]).toEqual([was.status, was.body]);
    expect(it.isLive()).toBe(true);
  });

  test('can do nothing and show that', () => {
    const it = oneVendor(vendor, { endings: 'unchanged' });
    const { status, body } = it.send(it.end);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toMatch(/"active":true|"status":"active"|"is_disabled":false/);
    expect(JSON.stringify(body)).not.toMatch(/"active":false|"revoked"|"is_disabled":true/);
    expect(it.isLive()).toBe(true);
  });

  test.each(REFUSALS_IN_200)('can be the refusal "%s" with status 200', (endings) => {
    const it = oneVendor(vendor, { endings });
    expect(it.send(it.end)).toMatchObject({ status: 200, changed: false });
    expect(it.isLive()).toBe(true);
  });

  test.each([
    ['text', 'OK', 'text/plain; charset=utf-8'],
    ['empty', null, undefined],
  ] as const)('that is done can answer with %s', (writes, body, type) => {
    const it = oneVendor(vendor, { writes });
    const answer = it.send(it.end);
    expect(answer.body).toBe(body);
    expect(answer.headers['content-type']).toBe(type);
    expect(it.isLive()).toBe(false);
  });

  test('that is refused stays refused, whatever is switched', () => {
    const it = oneVendor(vendor, { endings: 'silent', writes: 'text' });
    const answer = it.send({ ...it.end, headers: {} });
    expect([401, 403]).toContain(answer.status);
    expect(answer.body).toEqual(expect.any(Object));
  });
});
