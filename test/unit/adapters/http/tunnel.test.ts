import { createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { readTunnelAnswer, type TunnelAnswer } from '../../../../src/adapters/http/tunnel-answer.ts';
import { endpointAt, errorOf, GET, hostile, keep, overBoth } from './support.ts';

const OK = { kind: 'answered', status: 200, hasMore: false };
const INVALID = { kind: 'invalid' };
const TOO_LARGE = { kind: 'too-large' };

/** What is read of these bytes, in pieces of `size`; null while more is awaited. */
function read(text: string, size: number): TunnelAnswer | null {
  const next = readTunnelAnswer();
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) {
    const answer = next(bytes.subarray(at, at + size));
    if (answer !== null) return answer;
  }
  return null;
}

describe('the answer to CONNECT, read in pieces of any size', () => {
  test.each<[string, string, object | null]>([
    ['the shortest', 'HTTP/1.1 200 \r\n\r\n', OK],
    ['HTTP/1.0, without a reason', 'HTTP/1.0 200\r\n\r\n', OK],
    ['headers', 'HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n', OK],
    ['line feeds alone', 'HTTP/1.1 200 OK\nVia: x\n\n', OK],
    [
      'lengths that a 2xx has not',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n',
      OK,
    ],
    ['another 2xx', 'HTTP/1.1 204 x\r\n\r\n', { ...OK, status: 204 }],
    [
      'provisional answers first',
      'HTTP/1.1 100 x\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\nHTTP/1.1 200 x\r\n\r\n',
      OK,
    ],
    ['a refusal', 'HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n\r\n', { ...OK, status: 407 }],
    ['8-bit text', 'HTTP/1.1 200 \xe9\xff\r\n\r\n', OK],
    ['16 KiB of headers', `HTTP/1.1 200 x\r\n${'A: b\r\n'.repeat(2_700)}\r\n`, OK],
    ['more than that', `HTTP/1.1 200 x\r\n${'A: b\r\n'.repeat(2_800)}\r\n`, TOO_LARGE],
    ['one endless header', `HTTP/1.1 200 x\r\nA: ${'b'.repeat(20_000)}`, TOO_LARGE],
    ['an endless first line', `HTTP/1.1 200 ${'b'.repeat(20_000)}`, TOO_LARGE],
    ['endless provisional answers', 'HTTP/1.1 100 x\r\n\r\n'.repeat(1_200), TOO_LARGE],
    ['no end of the headers', 'HTTP/1.1 200 x\r\nA: b\r\n', null],
    ['another protocol', 'SSH-2.0-x\r\n', INVALID],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46', INVALID],
    ['a SOCKS answer', '\x05\x00', INVALID],
    ['an empty line first', '\r\nHTTP/1.1 200 x\r\n\r\n', INVALID],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', INVALID],
    ['HTTP/1.2', 'HTTP/1.2 200 x\r\n\r\n', INVALID],
    ['a status of two digits', 'HTTP/1.1 20 x\r\n\r\n', INVALID],
    ['a status of four digits', 'HTTP/1.1 2000 x\r\n\r\n', INVALID],
    ['a status of no class', 'HTTP/1.1 999 x\r\n\r\n', INVALID],
    ['no status', 'HTTP/1.1 \r\n\r\n', INVALID],
    ['nonsense after provisional answers', 'HTTP/1.1 100 x\r\n\r\nhello', INVALID],
  ])('%s', (_, text, expected) => {
    for (const size of [1, 2, 3, 7, 1_000, 1_000_000]) expect(read(text, size)).toEqual(expected);
  });

  test('bytes behind it are told', () => {
    expect(read('HTTP/1.1 200 x\r\n\r\n\x16\x03', 1_000)).toEqual({ ...OK, hasMore: true });
    expect(read(`HTTP/1.1 200 x\r\n\r\n${'x'.repeat(20_000)}`, 50_000)).toEqual({ ...OK, hasMore: true });
  });
});

/** Writes again and again, for as long as somebody reads. */
const endless = (text: string) => (socket: Socket) => {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  };
  socket.on('drain', more);
  more();
};

const slowly = (text: string) => (socket: Socket) => {
  let at = 0;
  const timer = setInterval(() => socket.write(text.charAt(at++) || 'x'), 20);
  socket.on('close', () => clearInterval(timer));
};

/** Of the tunnel or of the request: both have the same time here. */
const LATE = /(?:gave no answer|no connection to "api.vendor.test:443") within 0\.4 s/;

overBoth((transportWith) => {
  describe('A25 a hostile proxy is given up within the time-out, and little is read', () => {
    test.each<[string, (socket: Socket) => void, RegExp]>([
      ['headers without end', endless(`HTTP/1.1 200 x\r\n${'A: b\r\n'.repeat(500)}`), /headers .* too large/],
      ['a line without end', endless(`HTTP/1.1 200 ${'x'.repeat(5_000)}`), /headers .* too large/],
      [
        'provisional answers without end',
        endless('HTTP/1.1 100 x\r\n\r\n'.repeat(500)),
        /headers .* too large/,
      ],
      ['nothing', () => undefined, LATE],
      ['half an answer', (socket) => socket.write('HTTP/1.1 200 x\r\nA: b'), LATE],
      ['a byte at a time', slowly(`HTTP/1.1 200 x\r\nA: ${'b'.repeat(500)}`), LATE],
      ['half an answer and its end', (socket) => socket.end('HTTP/1.1 200 x\r\n'), /closed the connection/],
      ['a reset', (socket) => socket.resetAndDestroy(), /closed the connection/],
      [
        'the server’s own bytes',
        (socket) => socket.write('HTTP/1.1 200 x\r\n\r\n\x16\x03\x03'),
        /sent data before/,
      ],
      ['401', (socket) => socket.write('HTTP/1.1 401 x\r\n\r\n'), /answered 401 when asked/],
      [
        'a redirect',
        (socket) => socket.write('HTTP/1.1 302 x\r\nLocation: //a\r\n\r\n'),
        /answered 302 when/,
      ],
      [
        '407 with a body without end',
        endless(`HTTP/1.1 407 x\r\n\r\n${'x'.repeat(5_000)}`),
        /wants a user name/,
      ],
    ])('%s', async (_, behave, words) => {
      const proxy = keep(await hostile(behave));
      const env = { HTTPS_PROXY: `http://user:proxycanary@127.0.0.1:${proxy.port}` };
      const transport = keep(transportWith({ env, timeoutMs: 400 }));
      const start = performance.now();
      const error = await errorOf(
        transport.call(endpointAt('https://api.vendor.test'), { ...GET, method: 'POST' }),
      );
      expect(performance.now() - start).toBeLessThan(3_000);
      expect(error.message).toMatch(words);
      expect(error.message).not.toContain('canary');
      expect(proxy.connections).toBe(1);
    });

    test('a proxy that takes the connection and speaks no TLS', async () => {
      const proxy = keep(await hostile(() => undefined));
      const env = { HTTPS_PROXY: `https://user:proxycanary@127.0.0.1:${proxy.port}` };
      const transport = keep(transportWith({ env, timeoutMs: 400 }));
      const error = await errorOf(
        transport.call(endpointAt('https://api.vendor.test'), { ...GET, method: 'POST' }),
      );
      expect(error.message).toMatch(LATE);
    });

    test.each([
      ['https://[2001:db8::1]', '[2001:db8::1]:443'],
      ['https://[2001:db8::1]:8443', '[2001:db8::1]:8443'],
      ['https://api.vendor.test:8443', 'api.vendor.test:8443'],
      ['https://198.51.100.7', '198.51.100.7:443'],
    ])('asks for %s as %s', async (origin, host) => {
      const proxy = keep(await hostile((socket) => socket.end('HTTP/1.1 502 x\r\n\r\n')));
      const transport = keep(transportWith({ env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } }));
      const error = await errorOf(transport.call(endpointAt(origin), GET));
      expect(proxy.requests[0]).toBe(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(error.message).toBe(`"proxy 127.0.0.1:${proxy.port}" answered 502 when asked for "${host}"`);
    });

    test('reaches a proxy by an IPv6 address', async () => {
      const requests: string[] = [];
      const server = createServer((socket) => {
        socket.on('data', (chunk) => {
          requests.push(chunk.toString());
          socket.end('HTTP/1.1 502 x\r\n\r\n');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '::1', resolve));
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const transport = keep(transportWith({ env: { HTTPS_PROXY: `http://[::1]:${port}` } }));
      await errorOf(transport.call(endpointAt('https://api.vendor.test'), GET));
      server.close();
      expect(requests).toHaveLength(1);
    });
  });
});
