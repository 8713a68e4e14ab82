import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import {
  isMask,
  MAX_SECRET_LENGTH,
  readSecretBytes,
  readSecretInput,
  refuseMask,
} from '../../../src/domain/secret-input.ts';

function caught(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const CANARY = 'kt_canary_0123456789';

describe('what is taken', () => {
  it.each([
    ['a bare value', CANARY, CANARY],
    ['one newline at the end', `${CANARY}\n`, CANARY],
    ['one CRLF at the end', `${CANARY}\r\n`, CANARY],
    ['2,561 bytes, beyond the vault of Windows', 'x'.repeat(2_561), 'x'.repeat(2_561)],
    ['4,097 bytes, beyond a command line of the keychain', 'x'.repeat(4_097), 'x'.repeat(4_097)],
    ['the longest', 'x'.repeat(MAX_SECRET_LENGTH), 'x'.repeat(MAX_SECRET_LENGTH)],
    ['what looks like an option', '--yes', '--yes'],
    ['what looks like short options', '-rf', '-rf'],
    ['our own word for what is left out', 'a[redacted]b', 'a[redacted]b'],
    ['a word of common output', 'true', 'true'],
    ['one letter', 'a', 'a'],
    ['a number', '200', '200'],
    ['a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
    ['base64 with padding', 'YWJjZA==', 'YWJjZA=='],
    ['a quotation mark inside', 'ab"cd', 'ab"cd'],
    ['a dollar sign inside', 'ab$cd', 'ab$cd'],
    ['a format string', '%s%n%d', '%s%n%d'],
  ])('%s', (_, raw, value) => {
    expect(readSecretInput(raw).reveal()).toBe(value);
    expect(readSecretBytes(new TextEncoder().encode(raw)).reveal()).toBe(value);
  });

  it('every printable text that shows no mistake', () => {
    const printable = fc.stringMatching(/^[A-Za-z0-9_.+/=-]{9,60}$/);
    fc.assert(
      fc.property(printable, (text) => {
        expect(readSecretInput(`${text}\n`).reveal()).toBe(text);
      }),
    );
  });
});

describe('what is refused, without a word of it', () => {
  it.each([
    ['nothing', '', 'is empty'],
    ['a newline alone', '\n', 'is empty'],
    ['one space', ' ', 'is blank'],
    ['a line break inside', `${CANARY}\n${CANARY}`, 'has a line break inside (41 characters)'],
    ['two newlines at the end', `${CANARY}\n\n`, 'has a line break inside (21 characters)'],
    ['a NUL inside', `${CANARY}\0x`, 'has characters that cannot be part of a token'],
    ['a byte-order mark in front', `\uFEFF${CANARY}`, 'starts with a byte-order mark'],
    [
      'a zero-width space inside',
      `kt_\u200bcanary_0123456789`,
      'has characters that cannot be part of a token',
    ],
    ['curly quotes around', `“${CANARY}”`, 'has characters that cannot be part of a token'],
    ['"Bearer" in front', `Bearer ${CANARY}`, 'starts with the word "Bearer"'],
    ['"bearer" in front', `bearer\t${CANARY}`, 'starts with the word "Bearer"'],
    ['double quotes around', `"${CANARY}"`, 'is wrapped in quotation marks'],
    ['single quotes around', `'${CANARY}'`, 'is wrapped in quotation marks'],
    ['an unexpanded variable', '$'.concat('{KT_CANARY_0123}'), 'is an unexpanded shell variable'],
    ['an unexpanded bare variable', '$KT_CANARY_0123', 'is an unexpanded shell variable'],
    ['an unexpanded command', '$(cat', 'is an unexpanded shell variable'],
    ['an unexpanded command with a space', '$(cat kt_canary_0123)', 'has white space inside (21 characters)'],
    ['a PEM file', '-----BEGIN PRIVATE KEY-----\nkt_canary_0123\n', 'looks like a PEM file'],
    ['a MiB', 'kt_canary_'.repeat(104_858), 'is longer than 65536 characters'],
    ['Cyrillic', 'ключ-kt_canary_0123', 'has characters that cannot be part of a token'],
    ['an emoji', `${CANARY}🔑`, 'has characters that cannot be part of a token'],
    ['a lone surrogate', `${CANARY}\ud800`, 'has characters that cannot be part of a token'],
    ['a space inside', `kt_canary_ 0123456789`, 'has white space inside (21 characters)'],
    ['a no-break space inside', `kt_canary_\u00a00123456789`, 'has white space inside (21 characters)'],
    ['an escape sequence', `\u001b[31m${CANARY}`, 'has characters that cannot be part of a token'],
    ['"null"', 'null', 'is a placeholder, not a token'],
    ['"undefined"', 'Undefined', 'is a placeholder, not a token'],
  ])('%s', (_, raw, problem) => {
    const error = caught(() => readSecretInput(raw, 'the token'));
    expect(error.code).toBe('usage');
    expect(error.message).toBe(`the token ${problem}`);
    expect(`${JSON.stringify(error.facts)} ${error.stack}`).not.toMatch(/canary/i);
  });

  it('bytes that are no text, a byte-order mark in bytes, UTF-16', () => {
    const utf16 = Uint8Array.from(Buffer.from(`\uFEFF${CANARY}`, 'utf16le'));
    const cases: readonly (readonly [Uint8Array, string])[] = [
      [Uint8Array.of(0xc3, 0x28), 'is not text'],
      [Uint8Array.of(0xc0, 0xaf), 'is not text'],
      [utf16, 'is not text'],
      [Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'starts with a byte-order mark'],
    ];
    for (const [bytes, problem] of cases) {
      expect(caught(() => readSecretBytes(bytes, 'it')).message).toBe(`it ${problem}`);
    }
  });

  it('whatever it is, quickly', () => {
    const started = performance.now();
    for (const raw of ['\r'.repeat(1_000_000), `"${'"'.repeat(60_000)}`, ' '.repeat(1_000_000)]) {
      caught(() => readSecretInput(raw));
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('refuseMask', () => {
  it.each(['tk.abc.12345', 'tk.****', '****', '[secret]', 'a<redacted>b'])('refuses %s', (mask) => {
    const error = caught(() => refuseMask(Secret.of(mask)));
    expect(error.facts).toMatchObject({ code: 'auth', message: 'the value is a mask, not a secret' });
  });

  it.each([CANARY, 'tkabc', 'atk.b', 'a*b'])('takes %s', (value) => {
    expect(refuseMask(Secret.of(value)).reveal()).toBe(value);
  });
});

describe('isMask', () => {
  it.each([
    ...[
      '********',
      '*',
      'ert_****abcd',
      'bbx_***',
      'ert_xxxxxxxx...abcd',
      'eyJ...abc',
      'ert_XXXXXXXXXXXX',
      'a####b',
    ],
    ...[
      '[REDACTED]',
      '<hidden>',
      '(masked)',
      '{{secret}}',
      '[secret]',
      'ert_REDACTED',
      'redacted',
      'null',
      'not shown',
    ],
    ...['<redacted>', '<your token here>', '[Filtered]', 'your-token', 'tk.0123abcd.4f2e1'],
  ])('%s stands for a secret', (value) => {
    expect(isMask(value)).toBe(true);
  });

  it.each([
    ...['ert_4fJx8sKq2LmN0pQr', 'bbx_Axx0xxBxX1', '3338b90205798f72dee6f2bcf6c3d5ea', 'a.b.c', 'pf_a*b#c..d'],
    ...[
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1g',
      '0000000000000000',
      'hiddenvalue1',
    ],
  ])('%s is one', (value) => {
    expect(isMask(value)).toBe(false);
  });
});
