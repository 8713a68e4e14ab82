import { describe, expect, test } from 'vitest';
import { REFUSALS_IN_200 } from '../../../src/sandbox/not-done.ts';
import { CASES, oneVendor, VENDORS } from './vendor-cases.ts';

describe.each(VENDORS)('an answer of %s that has a secret', (vendor) => {
  const { secretField, hasIds } = CASES[vendor];

  test('is as documented where nothing is switched', () => {
    const { body } = oneVendor(vendor, {}).send(oneVendor(vendor, {}).create);
    expect(body[secretField]).toEqual(expect.any(String));
  });

  test.each(['data', 'result', 'token', 'machineToken', 'rotated'])('can be inside "%s"', (envelope) => {
    const it = oneVendor(vendor, { envelope });
    const { body } = it.send(it.create);
    expect(Object.keys(body)).toEqual([envelope]);
    expect(body[envelope][secretField]).toEqual(expect.any(String));
  });

  test('can be the secret alone', () => {
    const it = oneVendor(vendor, { envelope: 'bare' });
    expect(JSON.parse(it.send(it.create).body)).toMatch(/^\S{32,}$/);
  });

  test.each(['newSecret', 'key', 'hash'])('can have it in "%s", in an envelope too', (field) => {
    const it = oneVendor(vendor, { secretField: field, envelope: 'data' });
    const { data } = it.send(it.create).body;
    expect(data[field]).toEqual(expect.any(String));
    expect(data).not.toHaveProperty(secretField);
  });

  test('can be without the id', () => {
    const it = oneVendor(vendor, { ids: false });
    const text = JSON.stringify(it.send(it.create).body);
    expect(text).not.toContain('"id":');
    const usual = oneVendor(vendor, {});
    expect(JSON.stringify(usual.send(usual.create).body).includes('"id":')).toBe(hasIds);
  });

  test.each(REFUSALS_IN_200)('can be the refusal "%s" with status 200, and nothing is made', (creates) => {
    const it = oneVendor(vendor, { creates });
    const before = it.count();
    expect(it.send(it.create)).toMatchObject({ status: 200, changed: false });
    expect(JSON.stringify(it.send(it.create).body)).toContain('The role has no permission');
    expect(it.count()).toBe(before);
  });
});
