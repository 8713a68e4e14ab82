import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback, parseOrigin } from '../../../src/domain/origin.ts';

describe('parseOrigin takes', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com/', 'https://api.example.com'],
    ['https://API.Example.COM', 'https://api.example.com'],
    ['HTTPS://api.example.com', 'https://api.example.com'],
    ['https://api.example.com:443', 'https://api.example.com'],
    ['https://api.example.com:8443', 'https://api.example.com:8443'],
    ['https://xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    ['https://192.0.2.1', 'https://192.0.2.1'],
    ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['http://localhost:4080', 'http://localhost:4080'],
    ['http://127.0.0.1:4080', 'http://127.0.0.1:4080'],
    ['http://127.1.2.3', 'http://127.1.2.3'],
    ['http://[::1]:4080', 'http://[::1]:4080'],
  ])('%s', (text, origin) => {
    expect(parseOrigin(text)).toBe(origin);
    expect(parseOrigin(origin)).toBe(origin);
  });
});

describe('parseOrigin refuses', () => {
  it.each([
    '',
    'https',
    'https:',
    'https://',
    'http://',
    'api.example.com',
    '//api.example.com',
    'ftp://api.example.com',
    'file:///etc/passwd',
    'unix:///run/x.sock',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://api.example.com',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    'http://[::]',
    'https://user:pass@api.example.com',
    'https://user@api.example.com',
    'https://h#@evil.example',
    'https://h\\@evil.example',
    'https://evil.example%2f@h',
    'https://evil.example%2f.h',
    'https:\\\\api.example.com',
    'https:/api.example.com',
    'https:///api.example.com',
    'https://api.example.com.',
    'https://.example.com',
    'https://-example.com',
    'https://api.example.com:0',
    'https://api.example.com:65536',
    'https://api.example.com:99999',
    'https://api.example.com:',
    'https://api.example.com:443a',
    'https://api.example.com:-1',
    'https://api.example.com/path',
    'https://api.example.com/?token=kt_canary',
    'https://api.example.com?x',
    'https://api.example.com#x',
    'https://api.example.com//',
    'https://ｅxample.com',
    'https://exa\u00admple.com',
    'https://example。com',
    'https://example.com\u202e',
    'https://[fe80::1%25eth0]',
    'https://[fe80::1]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::1',
    'https://127.1',
    'https://0x7f000001',
    'https://0x7f.1',
    'https://2130706433',
    'https://0177.0.0.1',
    'https://169.254.169.254',
    'https://169.254.169.254:8443',
    `https://${'a'.repeat(2_048)}.example`,
    'https://a b.example',
    'https://a\tb.example',
    ' https://api.example.com',
    'https://api.example.com\n',
    'https://api.example.com\0',
    'https://exa_mple.com',
  ])('%j', (text) => {
    expect(() => parseOrigin(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('what may be a secret in the wrong place, without repeating it', () => {
    for (const text of [
      'kt_canary_0123456789',
      'https://kt_canary:pass@h.example',
      'https://h.example/?token=kt_canary',
      'https://h.example/#kt_canary',
    ]) {
      expect(() => parseOrigin(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('canary') }),
      );
    }
  });
});

describe('A28 addresses of the machine’s own link and of its cloud', () => {
  it.each([
    // Link-local.
    '169.254.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '[fe80::1]',
    '[fe80::a9fe:a9fe]',
    '[febf:ffff::1]',
    // Metadata services elsewhere.
    '100.100.100.200',
    '192.0.0.192',
    '168.63.129.16',
    '[fd00:ec2::254]',
    '[fd00:ec2::23]',
    '[fd20:ce::254]',
    '[fd00:c1::a9fe:a9fe]',
    '[fd00:42::42]',
    'metadata',
    'metadata.google.internal',
    'Metadata.Google.Internal',
    'metadata.goog',
    'instance-data',
    // IPv6 addresses that stand for an IPv4 one, in every spelling that names it.
    '[::ffff:a9fe:a9fe]',
    '[::FFFF:A9FE:A9FE]',
    '[::ffff:169.254.169.254]',
    '[0:0:0:0:0:ffff:a9fe:a9fe]',
    '[0:0:0:0:0:ffff:169.254.169.254]',
    '[::a9fe:a9fe]',
    '[::169.254.169.254]',
    '[::ffff:0:a9fe:a9fe]',
    '[::ffff:6464:64c8]',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b::a9fe:1]',
    '[64:ff9b:1::a9fe:a9fe]',
    '[64:ff9b:1:a9fe:a9:fe00::]',
    '[64:ff9b:1:a9:fe:a9fe::]',
    '[64:ff9b:1:0:a9:fea9:fe00:0]',
    '[2001:db8:64::a9fe:a9fe]',
    '[2002:a9fe:a9fe::]',
    '[2002:a9fe:a9fe::1]',
    '[2001:0:a9fe:a9fe::1]',
    '[2001:0:4136:e378:8000:63bf:5601:5601]',
    '[2001:db8::5efe:a9fe:a9fe]',
    '[2001:db8::200:5efe:a9fe:a9fe]',
    // Zones.
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
    '[fe80::a9fe:a9fe%251]',
    '[::ffff:a9fe:a9fe%25lo]',
  ])('%s', (host) => {
    for (const origin of [`https://${host}`, `https://${host}:8443`, `https://${host}/`, `http://${host}`]) {
      expect(() => parseOrigin(origin)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  it.each([
    'https://[2001:db8::1]',
    'https://[fd00::1]',
    'https://[fe8::1]',
    'https://[fec0::1]',
    'https://[::ffff:c000:201]',
    'https://[64:ff9b::c000:201]',
    'https://[2002:c000:201::1]',
    'https://[2001::1]',
    'https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
    'https://[a9fe:a9fe::1]',
    'https://[2001:db8:a9fe:a9fe::1]',
    'https://169.253.0.1',
    'https://192.168.0.1',
    'https://10.0.0.1',
    'https://metadata.example.com',
  ])('%s is none', (origin) => {
    expect(parseOrigin(origin)).toBe(origin);
  });
});

it('whatever is taken has the host that was written, and is encrypted or stays on this machine', () => {
  const text = fc.oneof(
    fc.webUrl({ validSchemes: ['http', 'https', 'ftp'], withQueryParameters: true }),
    fc
      .tuple(fc.constantFrom('http', 'https'), fc.domain(), fc.integer({ min: -5, max: 70_000 }))
      .map(([scheme, host, port]) => `${scheme}://${host}:${port}`),
    fc
      .tuple(
        fc.constantFrom('http', 'https'),
        fc.oneof(
          fc.ipV4Extended(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
      )
      .map(([scheme, host]) => `${scheme}://${host}`),
    fc.string().map((tail) => `https://${tail}`),
  );
  fc.assert(
    fc.property(text, (written) => {
      let origin: string;
      try {
        origin = parseOrigin(written);
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage' });
        return;
      }
      const url = new URL(origin);
      expect(written.toLowerCase()).toContain(url.hostname);
      expect(url.origin).toBe(origin);
      expect(url.protocol === 'https:' || isLoopback(url.hostname)).toBe(true);
    }),
    { numRuns: 100 },
  );
});
