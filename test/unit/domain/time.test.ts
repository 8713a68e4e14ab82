import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseExpiry, isUsualInstant, parseInstant, toInstant } from '../../../src/domain/time.ts';
import { readVendorDate } from '../../../src/domain/vendor-date.ts';

const NOON = '2026-11-22T12:00:00Z';
const NOW = Date.parse(NOON);

describe('parseInstant', () => {
  it.each([
    ['RFC 3339', NOON],
    ['with milliseconds', '2026-11-22T12:00:00.000Z'],
    ['with nanoseconds', '2026-11-22T12:00:00.000000001Z'],
    ['with an offset', '2026-11-22T14:00:00+02:00'],
    ['Devo’s offset without a colon', '2026-11-22T12:00:00.000+0000'],
    ['in lower case', '2026-11-22t12:00:00z'],
    ['with a space', '2026-11-22 12:00:00Z'],
    ['without seconds', '2026-11-22T12:00Z'],
    ['with spaces around', ` ${NOON} `],
    ['epoch seconds', NOW / 1000],
    ['epoch milliseconds', NOW],
  ])('reads %s', (_, value) => {
    expect(parseInstant(value)).toBe(NOW);
  });

  it('reads a leap second as the second before', () => {
    expect(parseInstant('2016-12-31T23:59:60Z')).toBe(Date.parse('2016-12-31T23:59:59Z'));
  });

  it('keeps milliseconds, and cuts what is finer', () => {
    expect(parseInstant('2026-11-22T12:00:00.123456789Z')).toBe(NOW + 123);
  });

  it.each([
    '0000-00-00',
    '0000-00-00T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-11-22T25:00:00Z',
    '2026-11-22T12:61:00Z',
    '2026-11-22T12:00:61Z',
    '2026-11-22T12:00:00',
    '2026-11-22',
    '1969-12-31T23:59:59Z',
    '+275760-09-13T00:00:00Z',
    '-000001-01-01T00:00:00Z',
    '2026-11-22T12:00:00+99:99',
    '1790000000',
    'tomorrow',
    '',
    ' '.repeat(100),
    '9'.repeat(1_000_000),
    0,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e308,
    8.64e15,
    null,
    undefined,
    true,
    {},
    [],
    [NOON],
  ])('%j is no instant', (value) => {
    expect(parseInstant(value)).toBeNull();
  });

  it('reads back what toInstant writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_000 }), (ms) => {
        expect(parseInstant(toInstant(ms))).toBe(ms);
      }),
    );
  });

  it.each([253_402_300_800_000, 9e15, Number.POSITIVE_INFINITY])('%d is written as the last second', (ms) => {
    expect(toInstant(ms)).toBe('9999-12-31T23:59:59Z');
  });

  it('never throws, and what it reads can be written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.double(), fc.string()), (value) => {
        const ms = parseInstant(value);
        if (ms !== null) expect(toInstant(ms)).toMatch(/^\d{4}-.*Z$/);
      }),
    );
  });
});

describe('chooseExpiry', () => {
  it('is none without a wish', () => {
    expect(chooseExpiry({}, NOW)).toBeNull();
  });

  it.each([
    [{ in: '30d' }, '2026-12-22T12:00:00Z'],
    [{ in: '1s' }, '2026-11-22T12:00:01Z'],
    [{ at: '2026-12-31' }, '2026-12-31T00:00:00Z'],
    [{ at: '2026-12-31T18:00:00Z' }, '2026-12-31T18:00:00Z'],
    [{ at: '2026-12-31T18:00:00+02:00' }, '2026-12-31T16:00:00Z'],
    [{ at: '2026-12-31T18:00:00.9Z' }, '2026-12-31T18:00:00Z'],
  ])('%j ends at %s', (choice, instant) => {
    expect(chooseExpiry(choice, NOW)).toBe(instant);
  });

  it.each([
    [{ in: '30d', at: '2026-12-31' }, 'exclude each other'],
    [{ in: '0d' }, 'zero'],
    [{ in: '-1d' }, 'not a duration'],
    [{ in: '30' }, 'not a duration'],
    [{ at: NOON }, 'in the past'],
    [{ at: '2026-11-22' }, 'in the past'],
    [{ at: '2020-01-01' }, 'in the past'],
    [{ at: '2026-02-30' }, 'not a date'],
    [{ at: '31.12.2026' }, 'not a date'],
    [{ at: '' }, 'not a date'],
    [{ at: 'x'.repeat(5_000) }, 'not a date'],
  ])('refuses %j', (choice, problem) => {
    expect(() => chooseExpiry(choice, NOW)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(problem) }),
    );
  });

  it('never chooses an end that has passed, whatever part of a second it is now', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 3_000 }), (part, later) => {
        const now = NOW + part;
        const at = toInstant(now + later);
        let chosen: string | null = null;
        try {
          chosen = chooseExpiry({ at }, now);
        } catch {
          expect(Math.floor((now + later) / 1000) * 1000).toBeLessThanOrEqual(now);
          return;
        }
        expect(Date.parse(chosen ?? '')).toBeGreaterThan(now);
      }),
    );
  });
});

describe('isUsualInstant', () => {
  const written = fc
    .oneof(
      fc.date({ noInvalidDate: true, min: new Date(0) }),
      fc.date({ noInvalidDate: true, min: new Date('1985'), max: new Date('3010') }),
    )
    .map((date) => toInstant(date.getTime()));
  const changed = fc
    .tuple(written, fc.nat(30), fc.constantFrom('', '0', '3', '9', '-', ':', '.', 'T', 'Z', ' ', '+00:00'))
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));

  it.each([
    ['what keyturn writes', written],
    ['what it might have written', changed],
  ])('knows only instants as keyturn writes them: %s', (_, arbitrary) => {
    let usual = 0;
    fc.assert(
      fc.property(arbitrary, (text) => {
        if (!isUsualInstant(text)) return;
        usual += 1;
        expect(toInstant(parseInstant(text) ?? 0)).toBe(text);
        expect(readVendorDate(` ${text}`)).toEqual({ kind: 'date', at: text });
      }),
      { numRuns: 20_000 },
    );
    expect(usual).toBeGreaterThan(100);
  });

  it.each(['2026-11-22T12:00:00Z', '2026-11-22T12:00:00.120Z', '2026-02-28T23:59:59.999Z'])(
    'knows %s',
    (text) => {
      expect(isUsualInstant(text)).toBe(true);
    },
  );
});
