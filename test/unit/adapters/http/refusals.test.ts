import { afterAll, expect, test } from 'vitest';
import { BoundedBuffer } from '../../../../src/adapters/http/bounded-buffer.ts';
import type { HttpRequest } from '../../../../src/ports/request.ts';
import { answer, CANARY, endpointAt, errorOf, GET, hostile, overBoth, POST } from './support.ts';

const server = await hostile((socket) => socket.write(answer(200, '{}')));
afterAll(() => server.close());

const UNSAFE: [string, string][] = [
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['NODE_OPTIONS', '--require ./x.js'],
  ['NODE_OPTIONS', '-r ./x.js'],
  ['NODE_OPTIONS', '--max-old-space-size=64 --import=./x.js'],
  ['NODE_OPTIONS', '"--inspect"'],
  ['NODE_OPTIONS', '--inspect-brk=0.0.0.0:9229'],
  ['NODE_OPTIONS', '--tls-keylog=/tmp/keys'],
  ['NODE_OPTIONS', '--tls_keylog=/tmp/keys'],
  ['NODE_OPTIONS', '--inspect=127.0.0.1:0'],
  ['NODE_OPTIONS', '--inspect-wait'],
  ['NODE_OPTIONS', '--inspect-publish-uid=http'],
  ['NODE_OPTIONS', '--heapsnapshot-signal=SIGUSR2'],
  ['NODE_OPTIONS', '--heapsnapshot_near_heap_limit=3'],
  ['NODE_OPTIONS', '--heap-prof'],
  ['NODE_OPTIONS', '--report-on-signal'],
  ['NODE_OPTIONS', '--report-uncaught-exception'],
  ['NODE_OPTIONS', '--no-warnings --report-on-fatalerror --report-dir=/tmp'],
  ['NODE_OPTIONS', '--diagnostic-dir=/tmp'],
  ['NODE_OPTIONS', '--loader ./x.js'],
];
overBoth((transportWith) => {
  test.each(UNSAFE)('refuses %s=%s before anything is sent', async (name, value) => {
    const transport = transportWith({ env: { [name]: value } });
    const error = await errorOf(transport.call(endpointAt(server.origin), GET));
    expect([error.code, server.connections]).toEqual(['usage', 0]);
  });
});

const BAD_VALUES = ['\r\nx: y', '\n', '\0', '\ufeff', 'ключ', '\u200b', '\u007f', '\ud800'];
overBoth((transportWith) => {
  test.each(BAD_VALUES)('refuses a credential with %j, without showing it', async (part) => {
    for (const secret of [`${CANARY}${part}`, `${part}${CANARY}`]) {
      const error = await errorOf(transportWith().call(endpointAt(server.origin, secret), GET));
      expect(error.facts).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('"authorization"'),
      });
      expect(JSON.stringify(error.facts)).not.toContain('canary');
    }
    expect(server.connections).toBe(0);
  });
});

const BAD_REQUESTS: [string, HttpRequest][] = [
  ['a path without a slash', { ...GET, path: 'http://evil.test/' }],
  ['a path with a query', { ...GET, path: '/a?all=true' }],
  ['a path with a fragment', { ...GET, path: '/a#b' }],
  ['a path with a line feed', { ...GET, path: '/a\r\nx: y' }],
  ['a path with a backslash', { ...GET, path: '/\\evil.test' }],
  ['half a character', { ...GET, query: { a: '\ud800' } }],
  ['a header of the transport', { ...POST, headers: { 'Transfer-Encoding': 'chunked' } }],
  ['a header that is no name', { ...POST, headers: { 'a: b\r\nc': 'd' } }],
];
overBoth((transportWith) => {
  test.each(BAD_REQUESTS)('refuses %s', async (_name, request) => {
    const error = await errorOf(transportWith().call(endpointAt(server.origin), request));
    expect([error.code, server.connections]).toEqual(['usage', 0]);
  });

  test.each([
    'http://example.com',
    'http://localhost.evil',
    'file:///etc/passwd',
    'https://u:p@a.test',
    'https://a.test/',
    'https://169.254.169.254',
    'https://[::ffff:a9fe:a9fe]',
    'https://[fd00:ec2::254]',
    'x',
  ])('sends nothing to %s', async (origin) => {
    const error = await errorOf(transportWith().call(endpointAt(origin), GET));
    expect(error.message).toBe('the address may not be sent a credential');
  });
});

test('keeps a body up to its limit', () => {
  const bytes = new BoundedBuffer(10_000);
  expect(bytes.append(Buffer.alloc(6_000, 1))).toBe(true);
  expect(bytes.append(Buffer.alloc(4_000, 2))).toBe(true);
  expect(bytes.append(Buffer.alloc(1, 3))).toBe(false);
  expect([bytes.size, bytes.slice().length, bytes.slice(9_999)]).toEqual([
    10_000,
    10_000,
    new Uint8Array([2]),
  ]);
});
