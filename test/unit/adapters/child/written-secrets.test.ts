import { describe, expect, it } from 'vitest';
import { createMasker, maskText } from '../../../../src/adapters/child/masker.ts';
import { Secret } from '../../../../src/domain/secret.ts';

const TOKEN = 'pf_9KdLq2xZ7vTb4WmR8sYc1HnJ5uGe';
const SECRETS = {
  token: TOKEN,
  quotes: `pw"it's\\a<b>&c$d\`e!f/g+h=i j%42k`,
  unicode: 'pässwörd-😀-ключ-0123456789',
  uuid: '0f8fad5b-d9cb-469f-a165-70867728950e',
  short: 'Tr0ub4d&',
  lines: '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEAAoIBAQ\n-----END KEY-----',
} as const;

type Write = (secret: string) => string;
const bytes = (secret: string) => Buffer.from(secret, 'utf8');
const hexOf = (secret: string, separator: string) =>
  (bytes(secret).toString('hex').match(/../g) ?? []).join(separator);
const json: Write = (secret) => JSON.stringify(secret).slice(1, -1);
const wrap = (text: string, width: number, newline = '\n') =>
  text.replace(new RegExp(`.{${width}}(?=.)`, 'gsu'), `$&${newline}`);
const base64: Write = (secret) => bytes(secret).toString('base64');
const auth: Write = (secret) =>
  base64(JSON.stringify({ auths: { h: { username: 'u', password: secret, auth: base64(`u:${secret}`) } } }));
const percent = (secret: string, upper: boolean) =>
  Array.from(bytes(secret), (byte) => {
    const digits = byte.toString(16).padStart(2, '0');
    return `%${upper ? digits.toUpperCase() : digits}`;
  }).join('');

const quotedPrintable: Write = (secret) =>
  secret.replace(/[=\u0080-\u{10ffff}]/gu, (c) => `=${hexOf(c, '=').toUpperCase()}`);
const ASCII85 = Array.from({ length: 85 }, (_, digit) => String.fromCharCode(33 + digit)).join('');
const Z85 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const RFC1924 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
/** By way of one large number a group, which the masker does not use. */
function base85(data: Buffer, alphabet: string): string {
  const groups = Array.from({ length: Math.ceil(data.length / 4) }, (_, at) => {
    const group = data.subarray(4 * at, 4 * at + 4);
    const value = Buffer.concat([group, Buffer.alloc(4)]).readUInt32BE(0);
    const digits = [4, 3, 2, 1, 0].map((power) => alphabet.charAt(Math.floor(value / 85 ** power) % 85));
    return digits.join('').slice(0, group.length + 1);
  });
  return groups.join('');
}

const FORMS: Readonly<Record<string, Write>> = {
  'as it is': (secret) => secret,
  'URL, usual': encodeURIComponent,
  'URL, lower case': (secret) => encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  'URL, every byte': (secret) => percent(secret, true),
  'URL, every byte in lower case': (secret) => percent(secret, false),
  'URL twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'form data': (secret) => new URLSearchParams([['', secret]]).toString().slice(1),
  JSON: json,
  'JSON in JSON': (secret) => json(json(secret)),
  'JSON in JSON in JSON': (secret) => json(json(json(secret))),
  'JSON, ASCII only': (secret) =>
    json(secret).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'JSON of PHP': (secret) => json(secret).replaceAll('/', '\\/'),
  'JSON of Go': (secret) => json(secret).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  'JSON, every character': (secret) =>
    secret.replace(/[\s\S]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`),
  hex: (secret) => hexOf(secret, ''),
  'hex in upper case': (secret) => hexOf(secret, '').toUpperCase(),
  'hex with colons': (secret) => hexOf(secret, ':'),
  'hex with spaces': (secret) => hexOf(secret, ' '),
  'hex with spaces in upper case': (secret) => hexOf(secret, ' ').toUpperCase(),
  'hex in a C string': (secret) => `\\x${hexOf(secret, '\\x')}`,
  'hex in a C array': (secret) => `0x${hexOf(secret, ', 0x')}`,
  'xxd -p': (secret) => wrap(hexOf(secret, ''), 60),
  'od -An -tx1': (secret) => wrap(` ${hexOf(secret, ' ')}`, 48),
  "octal in $'…'": (secret) =>
    Array.from(bytes(secret), (byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`))
      .join('')
      .replace(/['\\](?![0-7]{3})/g, '\\$&'),
  "shell, '\\''": (secret) => secret.replaceAll("'", `'\\''`),
  'shell, shlex': (secret) => secret.replaceAll("'", `'"'"'`),
  'shell, %q': (secret) => secret.replace(/[^\w\n\u0080-\uffff/.+=:@%-]/g, '\\$&').replaceAll('\n', `'\n'`),
  'shell, double quotes': (secret) => secret.replace(/["$`\\]/g, '\\$&'),
  'Python repr': (secret) => secret.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n'),
  'Python repr of bytes': (secret) =>
    Array.from(bytes(secret), (byte) =>
      byte >= 0x20 && byte < 0x7f
        ? String.fromCharCode(byte).replace(/[\\']/, '\\$&')
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    ).join(''),
  CSV: (secret) => secret.replaceAll('"', '""'),
  SQL: (secret) => secret.replaceAll("'", "''"),
  'XML, named': (secret) =>
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;'),
  'HTML, numbers': (secret) => secret.replace(/[^a-zA-Z0-9]/gu, (c) => `&#${c.codePointAt(0)};`),
  'HTML, hex numbers': (secret) =>
    secret.replace(/[^a-zA-Z0-9]/gu, (c) => `&#x${c.codePointAt(0)?.toString(16)};`),
  base64,
  base64url: (secret) => bytes(secret).toString('base64url'),
  'base64 of user:secret': (secret) => base64(`u:${secret}`),
  'base64 in lines of 76': (secret) => wrap(base64(`user:${secret.repeat(3)}`), 76),
  'base64 in lines of 20, CRLF': (secret) => wrap(base64(`us:${secret}`), 20, '\r\n'),
  'base64 indented in YAML': (secret) => wrap(base64(secret), 16, '\n    '),
  'base64 with \\n in JSON': (secret) => wrap(base64(secret), 16, '\\n'),
  'base64 in a URL': (secret) => encodeURIComponent(base64(secret)),
  'base64 of base64': (secret) => base64(base64(`u:${secret}`)),
  'base64 of JSON': (secret) => base64(JSON.stringify({ password: secret })),
  'base64 of a PowerShell command': (secret) => Buffer.from(`$p = "${secret}"`, 'utf16le').toString('base64'),
  'UTF-16': (secret) => [...secret].join('\0'),
  'fold -w 8': (secret) => wrap(secret, 8),
  'fold -w 10, CRLF': (secret) => wrap(secret, 10, '\r\n'),
  'carriage returns': (secret) => wrap(secret, 9, '\r'),
  'one byte a line': (secret) => wrap(secret, 1),
  'grep --color': (secret) =>
    `${secret.slice(0, 3)}\u001b[01;31m\u001b[K${secret.slice(3, 11)}\u001b[m\u001b[K${secret.slice(11)}`,
  'colours everywhere': (secret) => wrap(secret, 8, '\u001b[38;5;196m'),
  'tput sgr0': (secret) => wrap(secret, 8, '\u001b(B\u001b[m'),
  'colour and line break': (secret) => wrap(secret, 8, '\u001b[0m\r\n\u001b[1;32m'),
  'soft hyphens': (secret) => wrap(secret, 9, '\u00ad'),
  'quoted-printable': quotedPrintable,
  'quoted-printable, soft line breaks': (secret) =>
    (quotedPrintable(secret).match(/(?:=[0-9A-F]{2}|[^=]){1,12}/gsu) ?? []).join('=\n'),
  'quoted-printable, soft line breaks of mail': (secret) =>
    (quotedPrintable(secret).match(/(?:=[0-9A-F]{2}|[^=]){1,12}/gsu) ?? []).join('=\r\n'),
  'bold of nroff': (secret) => secret.replace(/\S/gu, '$&\b$&'),
  'bolder of nroff': (secret) => secret.replace(/\S/gu, '$&\b$&\b$&'),
  'underlined by nroff': (secret) => secret.replace(/\S/gu, '_\b$&'),
  'ends a line with =': (secret) => `\u001b[1m${secret.slice(0, 4)}\u001b[m${secret.slice(4)}=\n`,
  'Ascii85 of Adobe': (secret) => `<~${base85(bytes(secret), ASCII85)}~>`,
  'Ascii85 in lines': (secret) => wrap(base85(bytes(secret), ASCII85), 20),
  Z85: (secret) => base85(bytes(secret), Z85),
  'base85 of Python': (secret) => base85(bytes(secret), RFC1924),
};

const mask = (text: string, secret: string) => maskText(Buffer.from(text), [Secret.of(secret)]);

/** Byte by byte, as a slow program writes without a pause that is long enough to let go. */
function maskSlowly(text: string, secret: string): string {
  const masker = createMasker([Secret.of(secret)]);
  const parts = Array.from(Buffer.from(text), (byte) => Buffer.from(masker.push(Uint8Array.of(byte))));
  return Buffer.concat([...parts, masker.release()]).toString('utf8');
}

describe.each(Object.entries(SECRETS))('A15: a secret of the kind "%s"', (_kind, secret) => {
  it.each(Object.entries(FORMS))('%s', (_form, write) => {
    const text = `<<${write(secret)}>>\nnext line\n`;
    const masked = mask(text, secret);
    expect(masked).toContain('[secret]');
    expect(masked).toMatch(/>>\nnext line\n$/);
    const left = masked.replaceAll('[secret]', '');
    // Letters that base64 shares with its neighbours, the quotes around, and what else was encoded with it.
    const beside = text.length - write(secret).length + write(secret.replace(/[\s\S]/gu, '')).length;
    expect(left.length).toBeLessThanOrEqual(beside + (secret === SECRETS.lines ? 80 : 48));
    expect(maskSlowly(text, secret)).toBe(masked);
  });
});

describe('A15: a secret in another case', () => {
  it.each(Object.entries(SECRETS).filter(([kind]) => kind !== 'lines'))(
    'of the kind "%s" is replaced from sixteen characters on',
    (kind, secret) => {
      for (const written of [secret.toUpperCase(), secret.toLowerCase()]) {
        const part = written.slice(0, Math.floor(written.length / 2) - 4);
        const masked = mask(`<${written}> <${part}~>`, secret);
        expect(masked).toBe(kind === 'short' ? `<${written}> <${part}~>` : `<[secret]> <${part}~>`);
      }
    },
  );
});

describe('A15: a secret that is cut', () => {
  const long = 'ert_Wz3ZfmrLfnjJziFYMFUzLc5E95oP8D3gRXREygZLNBQ';
  const hex = Buffer.from(long).toString('hex');
  it.each([
    ['without its last letter', long.slice(0, -1)],
    ['to a column', long.slice(0, 32)],
    ['to its half', long.slice(0, 24)],
    ['in hexadecimal', hex.slice(0, 60)],
    ['in hexadecimal of upper case', hex.toUpperCase().slice(0, 80)],
    ['to its last half', long.slice(23)],
  ])('%s is replaced as far as it stands there', (_, part) => {
    for (const [before, after] of [
      ['', ' (cut)\n'],
      ['write(1, "', '"..., 48)\n'],
      ['x', 'x'],
    ]) {
      expect(mask(`${before}${part}${after}`, long)).toBe(`${before}[secret]${after}`);
    }
  });

  it.each([
    ['less than half of it', long.slice(0, 20)],
    ['a part of a short one', 'tok_0123456789'.slice(0, 9)],
  ])('%s is shown', (_, part) => {
    expect(mask(`${part} and more\n`, _.includes('short') ? 'tok_0123456789' : long)).toBe(
      `${part} and more\n`,
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 9])('base32 within other text, after %i bytes', (before) => {
    const bits = [...bytes(`${'u'.repeat(before)}${long}`)]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('');
    const text = (bits.match(/.{5}/g) ?? [])
      .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group, 2)])
      .join('');
    const masked = mask(`${text} and more`, long);
    expect(masked).toContain('[secret]');
    expect(masked.replace('[secret]', '').length).toBeLessThan(((before + 3) * 8) / 5 + ' and more'.length);
  });
});

describe('A15: base85 of a secret within other text', () => {
  it.each([0, 1, 2, 3, 4, 7])('after %i bytes shows less than four bytes at each end', (before) => {
    for (const secret of [TOKEN, SECRETS.uuid]) {
      for (const alphabet of [ASCII85, Z85, RFC1924]) {
        const text = base85(bytes(`${'u'.repeat(before)}${secret}:and more`), alphabet);
        const masked = mask(text, secret);
        expect(masked).toContain('[secret]');
        const hidden = text.length - masked.replace('[secret]', '').length;
        expect(hidden).toBeGreaterThanOrEqual(5 * Math.floor((secret.length - 3) / 4));
      }
    }
  });
});

describe('A15: docker and Kubernetes', () => {
  it('leaves nothing of a docker config in a Secret', () => {
    for (const secret of Object.values(SECRETS)) {
      const masked = mask(`data:\n  .dockerconfigjson: ${auth(secret)}\n`, secret);
      for (const part of masked.split('[secret]')) {
        const text = Buffer.from(part.replace(/^.*: /s, ''), 'base64').toString('latin1');
        for (const inner of text.match(/[\w+/-]{8,}/g) ?? [])
          expect(Buffer.from(inner, 'base64').toString('latin1')).not.toContain(secret.slice(0, 8));
        expect(text).not.toContain(secret.slice(0, 8));
      }
      expect(masked.match(/\[secret\]/g)).toHaveLength(2);
    }
  });
});

/** Sixteen bytes a line, as the programs print them. */
function dump(data: Buffer, line: (row: Buffer, offset: number) => string): string {
  const rows = Array.from({ length: Math.ceil(data.length / 16) }, (_, at) =>
    data.subarray(16 * at, 16 * at + 16),
  );
  return rows.map((row, at) => `${line(row, 16 * at)}\n`).join('');
}
const pairs = (row: Buffer) => row.toString('hex').match(/../g) ?? [];
const printable = (row: Buffer) => row.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
const hexOffset = (offset: number, width: number) => offset.toString(16).padStart(width, '0');
const words = (row: Buffer, swap: boolean) =>
  (row.toString('hex').match(/.{2,4}/g) ?? []).map((word) =>
    swap && word.length === 4 ? word.slice(2) + word.slice(0, 2) : word,
  );
const cell = (byte: number) =>
  (byte === 10
    ? '\\n'
    : byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : byte.toString(8).padStart(3, '0')
  ).padStart(4);

const DUMPS: Readonly<Record<string, (row: Buffer, offset: number) => string>> = {
  xxd: (row, offset) =>
    `${hexOffset(offset, 8)}: ${words(row, false).join(' ').padEnd(39)}  ${printable(row)}`,
  'xxd -u -g 1': (row, offset) =>
    `${hexOffset(offset, 8)}: ${pairs(row).join(' ').toUpperCase().padEnd(47)}  ${printable(row)}`,
  'hexdump -C': (row, offset) =>
    `${hexOffset(offset, 8)}  ${pairs(row).slice(0, 8).join(' ')}  ${pairs(row).slice(8).join(' ')}  |${printable(row)}|`,
  hexdump: (row, offset) => `${hexOffset(offset, 7)} ${words(row, true).join(' ')}`,
  'od -x': (row, offset) => `${offset.toString(8).padStart(7, '0')} ${words(row, true).join(' ')}`,
  'od -t x1': (row, offset) => `${offset.toString(8).padStart(7, '0')} ${pairs(row).join(' ')}`,
  'od -b': (row, offset) =>
    `${offset.toString(8).padStart(7, '0')} ${Array.from(row, (byte) => byte.toString(8).padStart(3, '0')).join(' ')}`,
  'od -c': (row, offset) => `${offset.toString(8).padStart(7, '0')}${Array.from(row, cell).join('')}`,
  'od -An -c': (row) => Array.from(row, cell).join(''),
};

describe('A15: a part of the stream that ends anywhere', () => {
  const dumps = Object.values(DUMPS).map((line) => (secret: string) => dump(bytes(`abc${secret}`), line));
  const both = `0000000  70  66  5f  39  4b  64  4c  71  32  78  5a  37  76  54  62  34
          p   f   _   9   K   d   L   q   2   x   Z   7   v   T   b   4
0000020  57  6d  52  38  73  59  63  31  48  6e  4a  35  75  47  65
          W   m   R   8   s   Y   c   1   H   n   J   5   u   G   e
0000037`;

  it('changes nothing', () => {
    for (const write of [...Object.values(FORMS), ...dumps, () => both]) {
      const text = Buffer.from(`first\n${write(TOKEN)}\nlast\n`);
      const whole = mask(text.toString(), TOKEN);
      expect(whole).toContain('[secret]');
      for (let cut = 1; cut < text.length; cut += 1) {
        const masker = createMasker([Secret.of(TOKEN)]);
        const parts = [text.subarray(0, cut), text.subarray(cut)].map((part) =>
          Buffer.from(masker.push(part)),
        );
        expect(Buffer.concat([...parts, masker.release()]).toString()).toBe(whole);
      }
    }
  }, 120_000);
});

describe.each(Object.entries(DUMPS))('A15: %s', (name, line) => {
  it.each(
    Object.entries(SECRETS).filter(
      ([kind]) => kind !== 'lines' && !(name === 'od -An -c' && kind === 'unicode'),
    ),
  )('shows no secret of the kind "%s"', (_kind, secret) => {
    for (const before of [0, 1, 7, 15, 40]) {
      const text = dump(Buffer.from(`${'.'.repeat(before)}${secret}\n${'.'.repeat(70)}`), line);
      const masked = mask(`first\n${text}last\n`, secret);
      expect(masked).toContain('[secret]');
      expect(masked).toMatch(/^first\n[\s\S]*last\n$/);
      const inner = new RegExp(`${secret.slice(2, 5).replace(/[^\w]/g, '\\$&')}`);
      expect(masked).not.toMatch(inner);
      expect(masked.toLowerCase()).not.toContain(hexOf(secret.slice(1, 5), ' '));
      expect(masked.toLowerCase().replaceAll(' ', '')).not.toContain(hexOf(secret.slice(1, 5), ''));
      expect(maskSlowly(`first\n${text}last\n`, secret)).toBe(masked);
    }
  });
});

describe('A15: a slow writer', () => {
  it.each([1, 3, 7, 8, 10, 16, 30])(
    'that pauses after every %i characters shows less than eight of them',
    (size) => {
      for (const write of [FORMS['as it is'], FORMS['hex'], base64]) {
        const text = write?.(TOKEN) ?? '';
        const masker = createMasker([Secret.of(TOKEN)]);
        const parts = (`${text}`.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).flatMap((part) => [
          Buffer.from(masker.push(Buffer.from(part))),
          Buffer.from(masker.release()),
        ]);
        const seen = Buffer.concat(parts).toString('utf8');
        expect(seen).toMatch(/^[^[]*\[secret\][^[]{0,3}$/);
        const most = Math.ceil((8 * text.length) / TOKEN.length);
        expect(seen.indexOf('[secret]')).toBeLessThan(most);
      }
    },
  );

  it('of something else that begins like a secret is not changed once it goes on', () => {
    const text = `${TOKEN.slice(0, 14)} and so on\n`;
    expect(mask(text, TOKEN)).toBe(text);
    expect(maskSlowly(text, TOKEN)).toBe(text);
  });
});

describe('A15: what is no secret', () => {
  it.each([
    'user@host:~$ ',
    '\u001b[2K\r 45% |=====     | 12/34 eta 0:01',
    '2026-11-28 14:00:00 INFO deadbeef: 100% of &lt;done&gt; \\o/ C:\\new\\table\n',
    'deadbeef: cafe babe\n0000000 1234 5678\n00000010: zz\n',
    '%41%zz&&amp&#xzz;\\u12\\x\u001b]0;title\u0007\u001b',
    '0x12 0x1 0',
  ])('%j stays as it is', (text) => {
    expect(mask(text, TOKEN)).toBe(text);
    expect(maskSlowly(text, TOKEN)).toBe(text);
  });

  it('is held back by a few bytes only, whatever comes', () => {
    for (const endless of [
      '\n',
      ' ',
      '\\',
      '%25',
      '&amp;',
      'amp;',
      '\u001b[',
      '\u001b]8;;',
      "'",
      '0x',
      '\\u00',
    ]) {
      const masker = createMasker([Secret.of(TOKEN)]);
      masker.push(Buffer.from(`${TOKEN.slice(0, 12)}${endless.repeat(20_000)}`));
      expect({ endless, held: masker.held.bytes < 2_000 }).toEqual({ endless, held: true });
    }
  });
});

describe('A15: much output', () => {
  it.each([
    ['a log', '2026-11-28T14:00:07 INFO GET /v1/things?id=17 took 12ms\n'],
    [
      'base64',
      `${Buffer.from(Array.from({ length: 57 }, (_, at) => (at * 7919) & 255)).toString('base64')}\n`,
    ],
    ['a dump', dump(Buffer.from(Array.from({ length: 256 }, (_, at) => at)), DUMPS['xxd'] ?? (() => ''))],
    ['empty lines', '\n'],
    ['percent signs', '%25'],
    ['its first letters', TOKEN.slice(0, 7)],
  ])('%s goes through quickly, and unchanged', (_name, text) => {
    const masker = createMasker(Object.values(SECRETS).map((secret) => Secret.of(secret)));
    const part = Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
    const before = process.cpuUsage();
    let length = 0;
    for (let sent = 0; sent < 64; sent += 1) length += masker.push(part).length;
    length += masker.release().length;
    const { user, system } = process.cpuUsage(before);
    expect(length).toBe(64 * part.length);
    // 4 MiB; 200 MiB take fifty times as long.
    expect((user + system) / 1_000).toBeLessThan(3_000);
  });
});
