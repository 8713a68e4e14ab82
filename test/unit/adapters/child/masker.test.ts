import { setTimeout as pause } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMaskStream } from '../../../../src/adapters/child/mask-stream.ts';
import { createMasker, maskText } from '../../../../src/adapters/child/masker.ts';
import { Secret } from '../../../../src/domain/secret.ts';

const TEXT = 'tok/+s3cr3t"v\\alue=é&0123456789';
const secret = Secret.of(TEXT);
const mask = (text: string, ...more: Secret[]) => maskText(Buffer.from(text), more.length ? more : [secret]);

/** The text cut at these places, pushed part by part. */
function pushParts(text: Buffer, cuts: readonly number[], secrets: readonly Secret[]): string {
  const masker = createMasker(secrets);
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const place of [...places, text.length]) {
    parts.push(Buffer.from(masker.push(text.subarray(at, place))));
    at = place;
  }
  parts.push(masker.release());
  return Buffer.concat(parts).toString('utf8');
}

describe('masker', () => {
  it('replaces the secret as it is and in every common form', () => {
    const hex = Buffer.from(TEXT).toString('hex');
    const json = JSON.stringify(TEXT).slice(1, -1);
    for (const form of [
      TEXT,
      hex,
      hex.toUpperCase(),
      json,
      encodeURIComponent(TEXT),
      json.replace('é', '\\u00e9'),
    ]) {
      expect(mask(`<${form}>`)).toBe('<[secret]>');
    }
  });

  it('holds no line break back after a mask whose last letter begins another form', () => {
    // The last letter is also how the secret begins in base64: "dG9r".
    for (const end of ['\n', '\r\n']) {
      const masker = createMasker([Secret.of('tok_Zm9yLXRoZS1ydW4tdGVzdHMd')]);
      const line = Buffer.from(`tok_Zm9yLXRoZS1ydW4tdGVzdHMd${end}`);
      expect(Buffer.from(masker.push(line)).toString()).toBe(`[secret]${end}`);
      expect(Buffer.from(masker.push(line)).toString()).toBe(`[secret]${end}`);
      expect(masker.release()).toHaveLength(0);
    }
  });

  it('replaces what base64 shows of it, wherever in the encoded text it is', () => {
    for (const before of ['', 'u', 'us', 'user:', 'x'.repeat(31)]) {
      for (const after of ['', '\n', '@host', 'abc']) {
        for (const encoding of ['base64', 'base64url'] as const) {
          const masked = mask(Buffer.from(before + TEXT + after).toString(encoding));
          expect(masked).toContain('[secret]');
          // At most the letters shared with the neighbours are left.
          const whole = Buffer.from(masked.replace('[secret]', ''), 'base64').toString('latin1');
          expect(whole.length).toBeLessThanOrEqual(before.length + after.length + 2);
        }
      }
    }
  });

  describe.each([
    [64, '\n'],
    [76, '\r\n'],
    [76, '\n'],
    [20, '\n'],
  ])('base64 in lines of %i letters ended by %j', (width, newline) => {
    const long = Secret.of(`jwt.${'0123456789abcdef'.repeat(12)}.end`);
    const wrap = (text: string) =>
      Buffer.from(text)
        .toString('base64')
        .replaceAll(new RegExp(`.{${width}}`, 'g'), `$&${newline}`);

    it('is replaced, wherever in it the secret begins', () => {
      for (let before = 0; before < 80; before += 1) {
        const encoded = wrap(`${'x'.repeat(before)}${long.reveal()}${'y'.repeat(30)}`);
        const masked = mask(encoded, long);
        expect(masked).toContain('[secret]');
        const left = Buffer.from(masked.replace('[secret]', ''), 'base64').toString('latin1');
        expect(left.length).toBeLessThanOrEqual(before + 30 + 2);
      }
    });

    it('is replaced alike wherever the parts are cut', () => {
      const encoded = Buffer.from(`begin\n${wrap(`user:${long.reveal()}`)}\nend\n`);
      const whole = mask(encoded.toString(), long);
      expect(whole).toMatch(/^begin\n[\w+/=\r\n]{0,9}\[secret\][\w+/=\r\n]{0,6}end\n$/);
      for (let cut = 0; cut <= encoded.length; cut += 1)
        expect(pushParts(encoded, [cut], [long])).toBe(whole);
      const every = [...encoded.keys()];
      expect(pushParts(encoded, every, [long])).toBe(whole);
    });
  });

  it('holds back no line breaks that follow what could be a beginning', () => {
    const encoded = Buffer.from(TEXT).toString('base64');
    for (const newline of ['\n', '\r\n']) {
      const masker = createMasker([secret]);
      const text = `${encoded.slice(0, 5)}${newline.repeat(1_000)}`;
      const out = Buffer.from(masker.push(Buffer.from(text))).toString();
      expect(masker.held.bytes).toBeLessThan(9);
      expect(out + Buffer.from(masker.release()).toString()).toBe(text);
    }
  });

  it('leaves all other bytes as they are: colours, UTF-8, bytes that are no text', () => {
    const text = '\x1b[31mrouge é 😀\x1b[0m tok/+ tok/+s3 \r\n';
    expect(mask(text)).toBe(text);
    expect(mask(`\x1b[31m${TEXT}\x1b[0m`)).toBe('\x1b[31m[secret]\x1b[0m');
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 255));
    const masker = createMasker([secret]);
    expect(Buffer.concat([masker.push(bytes), masker.release()]).equals(bytes)).toBe(true);
  });

  it('does not replace a secret that is too short', () => {
    expect(mask('a 1234567 b', Secret.of('1234567'))).toBe('a 1234567 b');
  });

  it('masks the same wherever the parts are cut', () => {
    const piece = fc.constantFrom(
      TEXT,
      TEXT.slice(0, 9),
      'x',
      'é',
      '\x1b[1m',
      TEXT.slice(3),
      encodeURIComponent(TEXT),
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(2_000)), (pieces, cuts) => {
        const text = Buffer.from(pieces.join('|'));
        expect(pushParts(text, cuts, [secret])).toBe(mask(text.toString('utf8')));
      }),
      { numRuns: 500 },
    );
  });

  it('lets no secret through that overlaps itself or another', () => {
    const secrets = ['abcabcabc', 'bcabcabca', 'abcabcabcabcX', 'aaaaaaaa'].map((text) => Secret.of(text));
    const text = fc.array(fc.constantFrom('abc', 'a', 'b', 'c', 'X', 'aaaa')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(100)), (whole, cuts) => {
        // With a full stop: what may begin a secret at the very end is replaced.
        const masked = pushParts(Buffer.from(`${whole}.`), cuts, secrets);
        for (const one of secrets) expect(masked).not.toContain(one.reveal());
        if (!secrets.some((one) => whole.includes(one.reveal()))) expect(masked).toBe(`${whole}.`);
      }),
      { numRuns: 2_000 },
    );
  }, 120_000);

  it('masks the rest of a secret whose beginning was let go', () => {
    const masker = createMasker([secret]);
    const text = Buffer.from(`<${TEXT}>`);
    const out = [masker.push(text.subarray(0, 4)), masker.release()];
    for (const byte of text.subarray(4)) out.push(Buffer.from(masker.push(Buffer.from([byte]))));
    out.push(masker.release());
    expect(Buffer.concat(out).toString('utf8')).toBe('<tok[secret]>');
  });

  it('goes through much output quickly', () => {
    const masker = createMasker([secret, Secret.of('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')]);
    const part = Buffer.alloc(64 * 1024, 'a');
    const before = process.cpuUsage();
    for (let i = 0; i < 160; i += 1) masker.push(part);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(5_000);
  });
});

describe('mask stream', () => {
  it('writes a prompt at once but for what may begin a secret, and that soon after', async () => {
    const stream = createMaskStream([secret]);
    let seen = '';
    stream.on('data', (part: Buffer) => {
      seen += part.toString('utf8');
    });
    stream.write('Continue? ');
    await pause(5);
    expect(seen).toBe('Continue? ');
    stream.write('t');
    await pause(5);
    expect(seen).toBe('Continue? ');
    await pause(150);
    expect(seen).toBe('Continue? t');
    stream.write(TEXT.slice(1, 12));
    await pause(150);
    expect(seen).toBe('Continue? t');
    stream.end(TEXT.slice(12));
    await new Promise((resolve) => stream.once('end', resolve));
    expect(seen).toBe('Continue? t[secret]');
  });
});
