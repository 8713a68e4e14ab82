import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { cutSecret, vendorText } from '../../../src/domain/vendor-text.ts';
import { readProblem } from '../../../src/providers/problem.ts';

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

describe('A27 every form of a secret is cut', () => {
  const SECRETS = [
    'Kq+7/x?Zt9==pLm2&vB"4<cD>e8',
    'tk_0123456789abcdefABCDEF',
    'pass with spaces é 42 and more',
  ];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const hex = (text: string) => Buffer.from(text).toString('hex');
  const pairs = (text: string) => hex(text).match(/../g) ?? [];
  const url = (text: string) => encodeURIComponent(text);
  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const every = (text: string, write: (point: number) => string) =>
    [...text].map((character) => write(character.codePointAt(0) ?? 0)).join('');
  const hexOf = (point: number) => point.toString(16).padStart(2, '0');
  const split = (text: string, by: string) => text.replace(/.{5}/gsu, (part) => `${part}${by}`);

  const FORMS: Readonly<Record<string, (text: string) => string>> = {
    raw: (text) => text,
    base64,
    base64url: (text) => Buffer.from(text).toString('base64url'),
    'base64 in more': (text) => base64(`user:${text}@host`),
    'base64 of base64': (text) => base64(base64(text)),
    'base64 of base64 in more': (text) => base64(`x${base64(`user:${text}@host`)}`),
    'base64 in lines': (text) => split(base64(text), '\r\n'),
    'base64 in a URL': (text) => url(base64(text)),
    'in a URL': url,
    'in a URL, lower case': (text) => lower(url(text)),
    'in a URL, twice': (text) => url(url(text)),
    'in a URL, twice, lower case': (text) => lower(url(lower(url(text)))),
    'in a URL, three times': (text) => url(url(url(text))),
    'every byte percent-encoded': (text) =>
      pairs(text)
        .map((pair) => `%${pair}`)
        .join(''),
    'as a form': (text) => new URLSearchParams([['t', text]]).toString(),
    JSON: json,
    'JSON in JSON': (text) => json(json(text)),
    'JSON of PHP': (text) => json(text).replaceAll('/', '\\/'),
    'JSON of Go': (text) => json(text).replace(/[<>&]/g, (c) => `\\u00${hexOf(c.charCodeAt(0))}`),
    'JSON, every character': (text) => every(text, (point) => `\\u${point.toString(16).padStart(4, '0')}`),
    'HTML, named': (text) =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    'HTML, twice': (text) => text.replaceAll('&', '&amp;amp;').replaceAll('<', '&amp;lt;'),
    'HTML, decimal': (text) => every(text, (point) => `&#${point};`),
    'HTML, hexadecimal': (text) => every(text, (point) => `&#x${point.toString(16)};`),
    hex,
    HEX: (text) => hex(text).toUpperCase(),
    'hex with colons': (text) => pairs(text).join(':'),
    'hex with dashes': (text) => pairs(text).join('-').toUpperCase(),
    'hex with spaces': (text) => pairs(text).join(' '),
    'hex dump': (text) =>
      pairs(text)
        .join(' ')
        .replace(/(.{47}) /g, '$1\n00000010: '),
    'bytes of C': (text) =>
      pairs(text)
        .map((pair) => `0x${pair}`)
        .join(', '),
    'escapes of C': (text) =>
      pairs(text)
        .map((pair) => `\\x${pair}`)
        .join(''),
    'decimal bytes': (text) => `[${[...Buffer.from(text)].join(', ')}]`,
    'upper case': (text) => text.toUpperCase(),
    'lower case': (text) => text.toLowerCase(),
    'white space within': (text) => split(text, ' '),
    'line breaks within': (text) => split(text, '\n'),
    'soft hyphens within': (text) => split(text, '\u00ad'),
    'zero width within': (text) => split(text, '\u200b'),
    'combining marks within': (text) => split(text, '\u0301'),
    'a colour within': (text) => split(text, '\u001b'),
    'items of a list': (text) => `["${split(text, '", "')}"]`,
    'fullwidth letters': (text) =>
      text.replace(/[A-Za-z0-9]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
    beginning: (text) => `${text.slice(0, 20)}…`,
    end: (text) => `…${text.slice(-20)}`,
  };

  it.each(Object.entries(FORMS))('%s', (_, write) => {
    for (const secret of SECRETS) {
      const told = vendorText(`bad token ${write(secret)} sent`, [secret]) ?? '';
      expect(told).toContain('[secret]');
      const letters = lettersOf(told.replaceAll('[secret]', ' '));
      for (const form of [secret, hex(secret), base64(secret), base64(base64(secret))])
        for (const piece of piecesOf(lettersOf(form), 10)) expect(letters).not.toContain(piece);
      // What is around it stays.
      expect(told.startsWith('bad token ') && told.endsWith(' sent')).toBe(true);
    }
  });

  it('in a list of messages and in the fields of an answer', () => {
    const [secret = ''] = SECRETS;
    const parts = [secret.slice(0, 14), secret.slice(14)];
    const rules = { requestIdHeader: 'x-id', hints: {} };
    for (const body of [
      { message: parts },
      { errors: { [secret]: 'is wrong' } },
      { error: { detail: url(secret) } },
    ]) {
      const answer = { status: 400, body, header: () => null, secret: Secret.of(secret) };
      expect(readProblem(answer, rules).message).not.toMatch(/Kq|pLm2/);
    }
  });

  it('other text stays as it is', () => {
    for (const secret of SECRETS) {
      const text =
        'The token "deploy" (id 0123-4567) lacks %scope%; see https://example.com/a?b=c&d=%20 &lt;x&gt; \\u0041';
      expect(cutSecret(text, secret)).toBe(text);
    }
  });

  it('is quick for a long answer and a long secret', () => {
    const secret = Buffer.from(Array.from({ length: 3_000 }, (_, at) => (at * 7_919) % 251)).toString(
      'base64',
    );
    const started = performance.now();
    expect(
      vendorText(`${'%25'.repeat(20_000)} ${'&amp;'.repeat(20_000)} ${secret}`.repeat(5), [secret]),
    ).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

function piecesOf(text: string, size: number): string[] {
  return Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) =>
    text.slice(at, at + size),
  ).filter((_, at) => at > 1 && at < text.length - size - 1);
}
