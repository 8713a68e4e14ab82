import { createSecureServer } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { describeProxy } from '../../../../src/adapters/http/proxy.ts';
import {
  answer,
  certificate,
  endpointAt,
  errorOf,
  GET,
  type HostileServer,
  hostile,
  keep,
  MemoryCapture,
  overBoth,
  POST,
  type ServerOptions,
} from './support.ts';

const VENDOR = 'api.vendor.test';
const vendorCertificate = certificate(VENDOR);
const vendor = await hostile((socket) => socket.write(answer(200, '{"ok":true}')), {
  tls: vendorCertificate,
});
afterAll(() => vendor.close());

/** A proxy that leads every CONNECT to the vendor, whatever name was asked for. */
function tunnel(options: ServerOptions = {}): Promise<HostileServer> {
  return hostile((socket) => {
    socket.removeAllListeners('data');
    const upstream: Socket = connect(vendor.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  }, options);
}

const trust = [vendorCertificate.cert];

overBoth((transportWith) => {
  test('trusts an authority that was added, for the right host', async () => {
    const ip = certificate('127.0.0.1');
    const server = keep(await hostile((socket) => socket.write(answer(200, '{}')), { tls: ip }));
    const transport = keep(transportWith({ trust: [ip.cert] }));
    expect((await transport.call(endpointAt(server.origin), GET)).status).toBe(200);
  });

  test('says what is wrong with a certificate, and sends nothing', async () => {
    const cases: [string, number, string, boolean][] = [
      ['127.0.0.1', 2, 'is self-signed', false],
      ['127.0.0.1', -1, 'has expired', true],
      ['other.test', 2, 'is for another host', true],
    ];
    for (const [host, days, words, trusted] of cases) {
      const tls = certificate(host, days);
      const server = keep(await hostile((socket) => socket.write(answer(200, '{}')), { tls }));
      const transport = keep(transportWith(trusted ? { trust: [tls.cert] } : {}));
      const error = await errorOf(transport.call(endpointAt(server.origin), GET));
      expect(error.message).toBe(`the certificate of "127.0.0.1:${server.port}" ${words}`);
      expect(JSON.stringify(error.facts)).not.toContain('insecure');
      expect([server.requests, server.connections]).toEqual([[], 1]);
    }
  });

  test('refuses TLS 1.1 and what is no TLS at all', async () => {
    const old = createServer({
      ...vendorCertificate,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    old.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    const address = old.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const error = await errorOf(keep(transportWith()).call(endpointAt(`https://127.0.0.1:${port}`), GET));
    expect(error.message).toContain('could not agree on a secure connection');
    old.close();
    const plain = keep(
      await hostile(() => undefined, { accept: (socket) => socket.end('HTTP/1.1 400 Bad\r\n\r\n') }),
    );
    const other = await errorOf(
      keep(transportWith()).call(endpointAt(plain.origin.replace('http', 'https')), GET),
    );
    expect(other.message).toContain('could not agree on a secure connection');
  });

  test('goes through a proxy with CONNECT, for calls and for issuing requests', async () => {
    const proxy = keep(await tunnel());
    const env = { HTTPS_PROXY: `http://us%40er:proxycanary@127.0.0.1:${proxy.port}` };
    const transport = keep(transportWith({ env, trust }));
    const endpoint = endpointAt(`https://${VENDOR}`);
    expect((await transport.call(endpoint, GET)).status).toBe(200);
    const capture = new MemoryCapture();
    expect((await transport.sendOnce(endpoint, POST, capture)).kind).toBe('answered');
    expect(capture.text).toBe('{"ok":true}');
    expect(proxy.requests.length).toBe(2);
    expect(proxy.requests[0]).toMatch(/^CONNECT api\.vendor\.test:443 HTTP\/1\.1\r\n/);
    const pair = Buffer.from('us@er:proxycanary').toString('base64');
    expect(proxy.requests[0]).toContain(`\r\nProxy-Authorization: Basic ${pair}`);
    expect(proxy.requests.join()).not.toContain('Bearer');
  });

  test('speaks TLS with a proxy that wants it, and checks its certificate', async () => {
    const tls = certificate('127.0.0.1');
    const proxy = keep(await tunnel({ tls }));
    const env = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` };
    const endpoint = endpointAt(`https://${VENDOR}`);
    const trusting = keep(transportWith({ env, trust: [...trust, tls.cert] }));
    expect((await trusting.call(endpoint, GET)).status).toBe(200);
    const error = await errorOf(keep(transportWith({ env })).call(endpoint, GET));
    expect(error.message).toBe(`the certificate of "proxy 127.0.0.1:${proxy.port}" is self-signed`);
    expect(proxy.requests.length).toBe(1);
  });

  test('checks the certificate of the host behind the proxy', async () => {
    const proxy = keep(await tunnel());
    const transport = keep(transportWith({ env: { https_proxy: `127.0.0.1:${proxy.port}` }, trust }));
    const outcome = await transport.sendOnce(endpointAt('https://evil.test'), POST, new MemoryCapture());
    expect(outcome).toMatchObject({
      kind: 'not-sent',
      reason: 'the certificate of "evil.test:443" is for another host',
    });
  });

  const REFUSALS: [string, string, RegExp][] = [
    ['407', 'HTTP/1.1 407 X\r\ncontent-length: 0\r\n\r\n', /wants a user name and password/],
    [
      '502',
      'HTTP/1.1 502 X\r\ncontent-length: 0\r\n\r\n',
      /answered 502 when asked for "api.vendor.test:443"/,
    ],
    ['no HTTP', 'hello', /not valid HTTP/],
    ['an end', '', /closed the connection/],
    ['bytes before the server speaks', 'HTTP/1.1 200 X\r\n\r\nextra', /sent data before the connection/],
  ];
  test.each(REFUSALS)('a proxy that answers with %s: nothing was sent', async (_name, bytes, words) => {
    const proxy = keep(await hostile((socket) => socket.end(bytes)));
    const env = { HTTPS_PROXY: `http://user:proxycanary@127.0.0.1:${proxy.port}` };
    const transport = keep(transportWith({ env, trust }));
    const outcome = await transport.sendOnce(endpointAt(`https://${VENDOR}`), POST, new MemoryCapture());
    expect(outcome).toMatchObject({ kind: 'not-sent', reason: expect.stringMatching(words) });
    expect(outcome).toMatchObject({ reason: expect.stringContaining(`proxy 127.0.0.1:${proxy.port}`) });
    expect(JSON.stringify(outcome)).not.toMatch(/canary/);
    expect(proxy.requests.length).toBe(1);
  });

  test('a proxy that is silent or not there', async () => {
    const proxy = keep(await hostile(() => undefined));
    const at = (port: number) =>
      keep(transportWith({ timeoutMs: 200, env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } }));
    const endpoint = endpointAt(`https://${VENDOR}`);
    const silent = await at(proxy.port).sendOnce(endpoint, POST, new MemoryCapture());
    expect(silent).toMatchObject({ kind: 'not-sent', reason: expect.stringContaining('within 0.2 s') });
    const gone = await at(9).sendOnce(endpoint, POST, new MemoryCapture());
    expect(gone).toMatchObject({ kind: 'not-sent', reason: '"proxy 127.0.0.1:9" refused the connection' });
  });

  test('loopback is never proxied', async () => {
    const proxy = keep(await tunnel());
    const server = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
    const url = `http://127.0.0.1:${proxy.port}`;
    const transport = keep(transportWith({ env: { HTTPS_PROXY: url, HTTP_PROXY: url, http_proxy: url } }));
    expect((await transport.call(endpointAt(server.origin), GET)).status).toBe(200);
    expect(proxy.connections).toBe(0);
  });
});

const EXCLUDED: [string, string, boolean][] = [
  ['', 'https://api.vendor.test', false],
  ['*', 'https://api.vendor.test', true],
  ['other.test, api.vendor.test', 'https://api.vendor.test', true],
  ['VENDOR.test', 'https://api.vendor.test', true],
  ['.vendor.test', 'https://api.vendor.test', true],
  ['*.vendor.test', 'https://api.vendor.test', true],
  ['.vendor.test', 'https://vendor.test', false],
  ['endor.test', 'https://api.vendor.test', false],
  ['api.vendor.test:443', 'https://api.vendor.test', true],
  ['api.vendor.test:8443', 'https://api.vendor.test', false],
  ['api.vendor.test:8443', 'https://api.vendor.test:8443', true],
  ['10.0.0.1', 'https://10.0.0.1', true],
  ['fd00::1', 'https://[fd00::1]', true],
];
test.each(EXCLUDED)('NO_PROXY=%s for %s: direct is %s', (list, origin, direct) => {
  expect(describeProxy({ HTTPS_PROXY: 'http://p:1', NO_PROXY: list }, origin) === null).toBe(direct);
  expect(describeProxy({ https_proxy: 'http://p:1', no_proxy: list }, origin) === null).toBe(direct);
});

test('describes a proxy without its credentials, and refuses one that it cannot use', () => {
  expect(describeProxy({ HTTPS_PROXY: 'http://u:pw@p.test:3128' }, 'https://a.test')).toEqual({
    address: 'http://p.test:3128',
    authenticated: true,
  });
  expect(describeProxy({}, 'https://a.test')).toBeNull();
  for (const value of ['socks5://u:proxycanary@p:1', 'http://proxycanary:pw@', '::proxycanary']) {
    let message = '';
    try {
      describeProxy({ HTTPS_PROXY: value }, 'https://a.test');
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('"HTTPS_PROXY" is not a proxy');
    expect(message).not.toContain('canary');
  }
});

test('finds the proxy in ALL_PROXY, after HTTPS_PROXY', () => {
  const addressOf = (env: Record<string, string>) => describeProxy(env, 'https://a.test')?.address ?? null;
  expect(addressOf({ ALL_PROXY: 'http://p.test:1' })).toBe('http://p.test:1');
  expect(addressOf({ all_proxy: 'p.test:1' })).toBe('http://p.test:1');
  expect(addressOf({ ALL_PROXY: 'http://p.test:1', https_proxy: 'http://q.test:2' })).toBe('http://q.test:2');
  expect(addressOf({ ALL_PROXY: 'http://p.test:1', HTTPS_PROXY: ' ' })).toBe('http://p.test:1');
  expect(addressOf({ ALL_PROXY: 'socks5://p.test:1', NO_PROXY: 'a.test' })).toBeNull();
  expect(() => addressOf({ ALL_PROXY: 'socks5h://u:canary@p.test:1' })).toThrow(
    /^"ALL_PROXY" is not .* SOCKS proxy$/,
  );
});

test.each([
  'http://u:canary#x@p.test:3128',
  'http://u:12#canary@p.test:1',
  'u:canary/x@p.test:1',
  'http://u:1?canary@p:1',
])('says to percent-encode what ends the address: %s', (value) => {
  try {
    describeProxy({ HTTPS_PROXY: value }, 'https://a.test');
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ facts: { code: 'usage', hint: expect.stringContaining('%23') } });
    expect(JSON.stringify(error)).not.toContain('canary');
  }
});

overBoth((transportWith) => {
  test('says that a server of HTTP/2 alone is none for keyturn', async () => {
    const tls = certificate('127.0.0.1');
    const server = createSecureServer({ key: tls.key, cert: tls.cert, allowHTTP1: false });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const transport = keep(transportWith({ trust: [tls.cert] }));
    const error = await errorOf(transport.call(endpointAt(`https://127.0.0.1:${port}`), GET));
    server.close();
    expect(error.facts).toMatchObject({ message: `"127.0.0.1:${port}" does not speak HTTP/1.1` });
    expect(error.facts.hint).not.toContain('TLS');
  });
});
