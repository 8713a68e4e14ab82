import { describe, expect, it } from 'vitest';
import { cutSecret, vendorText } from '../../../src/domain/vendor-text.ts';

describe('vendorText', () => {
  it('is one line of the vendor’s words without our secret', () => {
    const secret = 'kt_canary_0123456789';
    expect(vendorText(`bad\n  token ${secret}, ${secret}!\u001b[31m`, [secret])).toBe(
      'bad token [secret], [secret]!\\x1b[31m',
    );
  });

  it.each([null, undefined, 1, {}, [], '', ' \n'])('%j says nothing', (value) => {
    expect(vendorText(value)).toBeNull();
  });

  it('is short, and quick for 5 MiB', () => {
    const started = performance.now();
    const text = vendorText('\u001b[31mx '.repeat(700_000));
    expect(text?.length).toBeLessThan(1_300);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('holds no part of a secret that was cut off', () => {
    const secret = 'kt_canary_0123456789';
    for (let at = 3_970; at < 4_010; at += 1) {
      expect(vendorText(`${'x '.repeat(at / 2)}${secret}`, [secret])).not.toContain('kt_canary');
    }
    for (let at = 3_970; at < 4_010; at += 1) {
      expect(vendorText(`${' '.repeat(at)}${secret}`, [secret])).toBe('[secret]');
    }
    for (let at = 270; at < 310; at += 1) {
      expect(vendorText(`${'x'.repeat(at)}${secret}`, [secret])).not.toContain('kt_canary');
    }
  });
});

describe('cutSecret', () => {
  const secret = 'kt_+/?>canary_0123456789';

  it.each(['base64', 'base64url'] as const)('cuts the whole of it in %s, with its padding', (encoding) => {
    for (const length of [secret.length, secret.length - 1, secret.length - 2]) {
      const one = secret.slice(0, length);
      const told = Buffer.from(one).toString(encoding);
      expect(cutSecret(`<${told}>`, one)).toBe('<[secret]>');
      expect(cutSecret(`<${told.replace(/=+$/, '')}>`, one)).toBe('<[secret]>');
    }
  });

  it('cuts what base64 shows of it inside of more, but for a letter shared with a neighbour', () => {
    for (const before of ['u', 'us', 'user:']) {
      const told = cutSecret(Buffer.from(`${before}${secret}@host`).toString('base64'), secret);
      expect(told).toMatch(/^[\w+/]{0,8}\[secret\][\w+/=]{0,10}$/);
    }
  });

  it('leaves what is too short to be told from other text', () => {
    expect(cutSecret('abc YWJj', 'abc')).toBe('abc YWJj');
    expect(cutSecret('abcd YWJjZA==', 'abcd')).toBe('[secret] [secret]');
    expect(cutSecret('anything', '')).toBe('anything');
  });
});
