import { describe, expect, test } from 'vitest';
import { ERROR_BODIES } from '../../../src/sandbox/error-bodies.ts';
import { oneVendor, VENDORS } from './vendor-cases.ts';

test.each(VENDORS)('%s compresses errors, secrets or everything, as it is switched', (vendor) => {
  const coded = (compressed: 'none' | 'errors' | 'secrets' | 'all') => {
    const it = oneVendor(vendor, { compressed, coding: 'br' });
    const answers = [it.send(it.create), it.send({ ...it.create, headers: {} })];
    return answers.map((answer) => answer.headers['content-encoding']);
  };
  expect(coded('none')).toEqual([undefined, undefined]);
  expect(coded('errors')).toEqual([undefined, 'br']);
  expect(coded('secrets')).toEqual(['br', undefined]);
  expect(coded('all')).toEqual(['br', 'br']);
});

describe.each(VENDORS)('the words of %s', (vendor) => {
  test.each(ERROR_BODIES)('a refusal as "%s" keeps its status', (errors) => {
    const usual = oneVendor(vendor, {});
    const refused = usual.send({ ...usual.end, headers: {} });
    const reason = refused.body.error?.message ?? refused.body.message;
    const it = oneVendor(vendor, { errors });
    const { status, body } = it.send({ ...it.end, headers: {} });
    expect(status).toBe(refused.status);
    expect(it.isLive()).toBe(true);
    const says = !['empty', 'html'].includes(errors);
    expect(JSON.stringify(body).includes(reason)).toBe(says);
  });

  test.each([
    ['no-zone', /^"2026-\d\d-\d\dT\d\d:\d\d:\d\d"$/],
    ['space', /^"2026-\d\d-\d\d \d\d:\d\d:\d\d\+00:00"$/],
    ['short-zone', /^"2026-\d\d-\d\dT\d\d:\d\d:\d\d\+00"$/],
    ['day', /^"2026-\d\d-\d\d"$/],
    ['seconds', /^\d{10}$/],
    ['seconds-text', /^"\d{10}"$/],
    ['milliseconds', /^\d{13}$/],
  ] as const)('has dates in the form "%s"', (dates, form) => {
    const it = oneVendor(vendor, { dates });
    const { body } = it.send(it.list);
    const row = (Array.isArray(body) ? body : (body.machineTokens ?? body.summaries ?? body.list))[0];
    expect(JSON.stringify(row.createdAt ?? row.created ?? row.inserted_at ?? row.created_at)).toMatch(form);
    const usual = oneVendor(vendor, {});
    expect(JSON.stringify(usual.send(usual.list).body)).toMatch(/\d\dT\d\d:\d\d:\d\d(\.000)?(Z|\+0000)"/);
  });
});
