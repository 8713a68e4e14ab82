import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readVendorDate } from '../../../src/domain/vendor-date.ts';

const AT = '2026-12-05T10:00:00Z';
const MS = Date.parse(AT);

describe('a date of a vendor', () => {
  it.each<[string, unknown]>([
    ['RFC 3339', AT],
    ['no zone is UTC', '2026-12-05T10:00:00'],
    ['a space instead of T', '2026-12-05 10:00:00'],
    ['a space and a zone', '2026-12-05 10:00:00Z'],
    ['Postgres', '2026-12-05 10:00:00+00'],
    ['Devo', '2026-12-05T10:00:00.000+0000'],
    ['a zone with a colon', '2026-12-05T12:00:00+02:00'],
    ['a zone with hours alone', '2026-12-05T12:00:00+02'],
    ['a zone after a space', '2026-12-05 12:00:00 +0200'],
    ['a zone west of Greenwich', '2026-12-05T04:30:00-0530'],
    ['a zone as a word', '2026-12-05 10:00:00 UTC'],
    ['GMT', '2026-12-05 10:00:00 GMT'],
    ['Go', '2026-12-05 10:00:00 +0000 UTC'],
    ['Java', '2026-12-05T10:00:00Z[UTC]'],
    ['one digit of a fraction', '2026-12-05T10:00:00.0Z'],
    ['twelve digits of a fraction', '2026-12-05T10:00:00.000000000000Z'],
    ['a fraction after a comma', '2026-12-05T10:00:00,000Z'],
    ['no seconds', '2026-12-05T10:00Z'],
    ['no seconds and no zone', '2026-12-05 10:00'],
    ['small letters', '2026-12-05t10:00:00z'],
    ['blanks around', `  ${AT}\n`],
    ['ISO 8601 basic', '20261205T100000Z'],
    ['RFC 1123', 'Sat, 05 Dec 2026 10:00:00 GMT'],
    ['RFC 2822', 'Sat, 5 Dec 2026 12:00:00 +0200'],
    ['without a day of the week', '05 Dec 2026 10:00:00 +0000'],
    ['RFC 850', 'Saturday, 05-Dec-26 10:00:00 GMT'],
    ['asctime', 'Sat Dec  5 10:00:00 2026'],
    ['date(1)', 'Sat Dec  5 10:00:00 UTC 2026'],
    ['JavaScript', 'Sat Dec 05 2026 10:00:00 GMT+0000 (Coordinated Universal Time)'],
    ['seconds', MS / 1000],
    ['seconds as text', String(MS / 1000)],
    ['milliseconds', MS],
    ['milliseconds as text', String(MS)],
    ['seconds with a fraction', `${MS / 1000}.000000`],
    ['.NET', `/Date(${MS})/`],
    ['.NET with a zone', `/Date(${MS}+0200)/`],
    ['MongoDB', { $date: AT }],
    ['MongoDB, milliseconds', { $date: MS }],
    ['MongoDB, a long', { $date: { $numberLong: String(MS) } }],
    ['protobuf', { seconds: MS / 1000, nanos: 1 }],
    ['protobuf, a long as text', { seconds: String(MS / 1000), nanos: 0 }],
    ['Firestore', { _seconds: MS / 1000, _nanoseconds: 0 }],
    ['Go’s nullable time', { Time: AT, Valid: true }],
    ['PHP', { date: '2026-12-05 10:00:00.000000', timezone_type: 3, timezone: 'UTC' }],
  ])('is read: %s', (_, value) => {
    expect(readVendorDate(value)).toEqual({ kind: 'date', at: AT });
  });

  it.each<[unknown, string]>([
    ['2026-12-05', '2026-12-05T00:00:00Z'],
    ['20261205', '2026-12-05T00:00:00Z'],
    ['2026-12-05T24:00:00Z', '2026-12-06T00:00:00Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59Z'],
    ['2026-12-05T10:00:00.123456789Z', '2026-12-05T10:00:00.123Z'],
    ['9999-12-31', '9999-12-31T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['9999-12-31T23:59:59-05:00', '9999-12-31T23:59:59Z'],
    [253_402_300_799, '9999-12-31T23:59:59Z'],
    [253_402_300_799_000, '9999-12-31T23:59:59Z'],
    [253_402_300_800, '1978-01-11T21:31:40.800Z'],
  ])('%j is %s', (value, at) => {
    expect(readVendorDate(value)).toEqual({ kind: 'date', at });
  });

  it.each([
    ...[null, undefined, false, 0, -1, '', ' ', '0', '-1', 'never', 'Never', 'NONE', 'null', 'n/a', '-'],
    ...['0001-01-01', '0001-01-01T00:00:00Z', '0001-01-01 00:00:00 +0000 UTC', '0001-01-01T00:00:00.000Z'],
    ...['0000-00-00', '0000-00-00 00:00:00', -62_135_596_800, 'infinity', 'does not expire'],
    ...['false', 'nil', '<nil>', 'undefined', 'not set', 'permanent', '0.0', '-1.0', '1/1/0001 12:00:00 AM'],
    ...['1970-01-01T00:00:00Z', '1970-01-01', '1969-12-31T19:00:00-05:00', '/Date(-62135596800000)/'],
    ...[{ $date: null }, { seconds: 0, nanos: 0 }, { seconds: -62_135_596_800 }, { Time: AT, Valid: false }],
  ])('%j is none', (value) => {
    expect(readVendorDate(value)).toEqual({ kind: 'none' });
  });

  it.each([
    ...['2026', '2026-12', '5.12.2026', '05/12/2026', '12/05/2026 10:00', 'tomorrow', 'in 3 days', 'soon'],
    ...[
      '2026-02-30',
      '2026-13-01',
      '2026-12-05T25:00:00Z',
      '2026-12-05T10:61:00Z',
      '2026-12-05T10:00:00 EST',
    ],
    ...['2026-12-05T10:00:00+99:99', '1969-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', '2026-W49-6', 'P15D'],
    ...['3600', '0099-01-01', '1e9', 'Sat, 31 Foo 2026 10:00:00 GMT', 'true'],
  ])('%j is unreadable, and its text is kept', (text) => {
    expect(readVendorDate(text)).toEqual({ kind: 'unreadable', text });
  });

  it.each([
    [true, 'true'],
    [-5, '-5'],
    [1e300, '1e+300'],
    [3_600, '3600'],
    [86_400, '86400'],
    [{}, '{}'],
    [[], '[]'],
    [{ seconds: 1 }, '{"seconds":1}'],
    [{ $date: true }, '{"$date":true}'],
    [{ $date: AT, more: 1 }, `{"$date":"${AT}","more":1}`],
    [{ date: '2026-12-05', timezone_type: 3 }, '{"date":"2026-12-05","timezone_type":3}'],
    [['2026-12-05'], '["2026-12-05"]'],
  ])('%j is unreadable, whatever it is', (value, text) => {
    expect(readVendorDate(value)).toEqual({ kind: 'unreadable', text });
  });

  it('that is unreadable is shown short, and does nothing to a terminal', () => {
    const date = readVendorDate(`\u001b[31m${'x'.repeat(500)}`);
    if (date.kind !== 'unreadable') throw new Error('it is unreadable');
    expect(date.text).toMatch(/^\\x1b\[31mx+$/);
    expect(date.text.length).toBeLessThanOrEqual(64);
  });

  it('is one of the three, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.double(), fc.string()), (value) => {
        const date = readVendorDate(value);
        if (date.kind === 'date') expect(date.at).toMatch(/^\d{4}-.*Z$/);
        if (date.kind === 'unreadable') expect(date.text).not.toBe('');
      }),
    );
  });
});
