import { expect, test } from 'vitest';
import {
  answer,
  CANARY,
  endpointAt,
  errorOf,
  FakeClock,
  GET,
  hostile,
  keep,
  overBoth,
  POST,
} from './support.ts';

overBoth((transportWith) => {
  test('sends the request as described and gives the answer with its headers', async () => {
    const server = keep(
      await hostile((socket) =>
        socket.write(answer(200, '{"a":1}', ['X-Devo-Cid: c1', 'Date: Sun, 22 Nov 2026 12:00:05 GMT'])),
      ),
    );
    const notes: string[] = [];
    const dates: number[] = [];
    const transport = keep(
      transportWith({ onNote: (line) => notes.push(line), onServerDate: (ms) => dates.push(ms) }),
    );
    const reply = await transport.call(endpointAt(server.origin), {
      ...GET,
      query: { 'a b': 'c&d=é', t: CANARY },
    });
    expect([reply.status, Buffer.from(reply.body).toString()]).toEqual([200, '{"a":1}']);
    expect([reply.header('X-DEVO-CID'), reply.header('nothing')]).toEqual(['c1', null]);
    const text = server.requests[0] ?? '';
    expect(text).toMatch(/^GET \/v1\/tokens\?a%20b=c%26d%3D%C3%A9&t=canary-7Qx9secretZ HTTP\/1\.1\r\n/);
    for (const line of [
      `authorization: Bearer ${CANARY}`,
      'accept-encoding: identity',
      'user-agent: keyturn/0.0.0',
    ]) {
      expect(text).toContain(`${line}\r\n`);
    }
    expect(notes).toEqual(['GET /v1/tokens: 200, 0 ms']);
    expect(dates).toEqual([Date.UTC(2026, 10, 22, 12, 0, 5)]);
  });

  test('keeps one connection for several calls, and sends JSON', async () => {
    const server = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
    const transport = keep(transportWith());
    await transport.call(endpointAt(server.origin), GET);
    await transport.call(endpointAt(server.origin), { method: 'PUT', path: '/x', body: { name: 'ü' } });
    expect(server.connections).toBe(1);
    expect(server.requests[1]).toContain('content-type: application/json\r\n');
    expect(Buffer.from(server.requests[1] ?? '', 'latin1').toString()).toContain('\r\n\r\n{"name":"ü"}');
  });

  const FINAL = [400, 401, 403, 404, 405, 409, 410, 422, 501, 505, 525];
  test.each(FINAL)('gives a %i to the caller at once', async (status) => {
    const server = keep(await hostile((socket) => socket.write(answer(status, '{}'))));
    const reply = await keep(transportWith()).call(endpointAt(server.origin), GET);
    expect([reply.status, server.requests.length]).toEqual([status, 1]);
  });

  const PASSING = [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];
  test.each(PASSING)('asks three times on %i, then gives the answer', async (status) => {
    const clock = new FakeClock();
    const server = keep(await hostile((socket) => socket.write(answer(status, ''))));
    const reply = await keep(transportWith({ clock })).call(endpointAt(server.origin), GET);
    expect([reply.status, server.requests.length]).toEqual([status, 3]);
    expect(clock.sleeps).toEqual([250, 500]);
  });

  test('repeats a write only where that was allowed', async () => {
    const server = keep(
      await hostile((socket, _request, count) => socket.write(answer(count === 2 ? 503 : 200, ''))),
    );
    const transport = keep(transportWith());
    expect((await transport.call(endpointAt(server.origin), { ...POST, repeatable: true })).status).toBe(200);
    expect((await transport.call(endpointAt(server.origin), POST)).status).toBe(503);
    expect((await transport.call(endpointAt(server.origin), { ...POST, repeatable: true })).status).toBe(200);
    expect(server.requests.length).toBe(3);
  });

  const WAITS: [string, string[], number][] = [
    ['seconds', ['retry-after: 7'], 7_000],
    [
      "a date, by the server's clock",
      ['date: Sun, 22 Nov 2026 10:00:00 GMT', 'retry-after: Sun, 22 Nov 2026 10:00:09 GMT'],
      9_000,
    ],
    ['a date, by our clock', ['retry-after: Sun, 22 Nov 2026 12:00:04 GMT'], 4_000],
    ['a date in the past', ['retry-after: Sun, 22 Nov 2015 12:00:00 GMT'], 250],
    ['a negative number', ['retry-after: -5'], 250],
    ['an absurd number', ['retry-after: 1000000000000'], 250],
    ['1e12', ['retry-after: 1e12'], 250],
    ['an endless number', [`retry-after: ${'9'.repeat(400)}`], 250],
    ['words', ['retry-after: soon'], 250],
  ];
  test.each(WAITS)('waits as Retry-After says: %s', async (_name, headers, wait) => {
    const clock = new FakeClock();
    const server = keep(
      await hostile((socket, _request, count) =>
        socket.write(count === 1 ? answer(429, '', headers) : answer(200, '')),
      ),
    );
    const reply = await keep(transportWith({ clock })).call(endpointAt(server.origin), GET);
    expect([reply.status, clock.sleeps]).toEqual([200, [wait]]);
  });

  test('does not sleep for an hour but names the time', async () => {
    const clock = new FakeClock();
    const server = keep(
      await hostile((socket) => socket.write(answer(503, '', ['retry-after: 3600', 'x-request-id: r-1']))),
    );
    const error = await errorOf(keep(transportWith({ clock })).call(endpointAt(server.origin), GET));
    expect(error.facts).toMatchObject({ code: 'unavailable', status: 503, requestId: 'r-1' });
    expect(error.message).toContain('asks to wait until 2026-11-22T13:00:00Z');
    expect([clock.sleeps, server.requests.length]).toEqual([[], 1]);
  });

  test('a 429 slows the other requests to that origin too, and no other origin', async () => {
    const clock = new FakeClock();
    const slow = keep(await hostile((socket) => socket.write(answer(429, '', ['retry-after: 20']))));
    const other = keep(await hostile((socket) => socket.write(answer(200, ''))));
    const transport = keep(transportWith({ clock }));
    await transport.call(endpointAt(slow.origin), POST);
    await transport.call(endpointAt(other.origin), GET);
    expect(clock.sleeps).toEqual([]);
    await transport.call(endpointAt(slow.origin), POST);
    expect(clock.sleeps).toEqual([20_000]);
  });

  test.each([301, 302, 303, 307, 308])('never follows a %i', async (status) => {
    const target = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
    for (const to of [`${target.origin}/x`, '/other', 'file:///etc/passwd']) {
      const server = keep(await hostile((socket) => socket.write(answer(status, '', [`location: ${to}`]))));
      const error = await errorOf(keep(transportWith()).call(endpointAt(server.origin), GET));
      expect(error.facts).toMatchObject({ code: 'failure', status });
      expect(error.message).toContain('answered with a redirect, which keyturn never follows');
      expect(server.requests.length).toBe(1);
    }
    expect(target.connections).toBe(0);
  });

  const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
  const BROKEN: [string, string, RegExp][] = [
    ['nothing', '', /closed the connection/],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le', /closed the connection|not valid HTTP/],
    [
      'a truncated body',
      'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a"',
      /closed the connection|another length/,
    ],
    ['chunks without the last one', `${CHUNKED}4\r\n{"a"\r\n`, /closed the connection/],
    ['a bad chunk size', `${CHUNKED}zz\r\n{"a"\r\n`, /not valid HTTP/],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\n{}abc',
      /not valid HTTP|another length/,
    ],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
      /not valid HTTP|another length/,
    ],
    ['HTTP/0.9', '{"a":1}', /not valid HTTP/],
    [
      'an upgrade',
      'HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      /closed the connection|not valid HTTP/,
    ],
    [
      'large headers',
      `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(20_480)}\r\n\r\n`,
      /headers of the answer of .* are too large/,
    ],
    [
      'a flood of 1xx',
      'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'.repeat(500),
      /too many provisional answers/,
    ],
  ];
  test.each(BROKEN)('tells %s apart, without the bytes', async (_name, bytes, message) => {
    const server = keep(await hostile((socket) => socket.end(bytes, 'latin1')));
    const error = await errorOf(keep(transportWith()).call(endpointAt(server.origin), { ...POST }));
    expect(['unavailable', 'failure']).toContain(error.code);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`127.0.0.1:${server.port}`);
    expect(JSON.stringify(error.facts)).not.toMatch(/\{"a"|canary/);
    expect(server.requests.length).toBe(1);
  });

  test('accepts early hints', async () => {
    const server = keep(
      await hostile((socket) =>
        socket.write(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${answer(200, 'ok')}`),
      ),
    );
    expect((await keep(transportWith()).call(endpointAt(server.origin), GET)).status).toBe(200);
  });

  test('cuts an endless body at 16 MiB', async () => {
    const block = Buffer.alloc(1024 * 1024, 'a');
    const server = keep(
      await hostile((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        const more = () => !socket.destroyed && socket.write(block, () => setImmediate(more));
        more();
      }),
    );
    const before = process.memoryUsage().rss;
    const error = await errorOf(
      keep(transportWith({ timeoutMs: 5_000 })).call(endpointAt(server.origin), GET),
    );
    expect(error.message).toContain('larger than 16 MiB');
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('tries a connection again that broke, and says who broke it in the end', async () => {
    const clock = new FakeClock();
    const server = keep(
      await hostile((socket, _request, count) =>
        count < 3 ? socket.resetAndDestroy() : socket.write(answer(200, '')),
      ),
    );
    const transport = keep(transportWith({ clock }));
    expect((await transport.call(endpointAt(server.origin), GET)).status).toBe(200);
    expect(clock.sleeps).toEqual([250, 500]);
    const error = await errorOf(transport.call(endpointAt('http://127.0.0.1:9'), GET));
    expect(error.message).toBe('"127.0.0.1:9" refused the connection');
    expect(clock.sleeps.length).toBe(4);
  });

  test('a write that got no answer may have been done, and is not repeated', async () => {
    const server = keep(await hostile((socket) => socket.destroy()));
    const error = await errorOf(keep(transportWith()).call(endpointAt(server.origin), POST));
    expect(error.facts.hint).toContain('may have been done');
    expect(server.requests.length).toBe(1);
  });

  const SLOW: [string, string, RegExp][] = [
    ['before the headers', '', /gave no answer within 0.2 s/],
    [
      'after the headers',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n',
      /did not finish its answer within 0.2 s/,
    ],
  ];
  test.each(SLOW)('stops waiting %s', async (_name, bytes, message) => {
    const server = keep(await hostile((socket) => void socket.write(bytes)));
    const error = await errorOf(keep(transportWith({ timeoutMs: 200 })).call(endpointAt(server.origin), GET));
    expect(error.message).toMatch(message);
    expect(server.requests.length).toBe(1);
  });

  test('a slow drip does not stretch the time', async () => {
    const server = keep(
      await hostile((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n');
        const timer = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    const error = await errorOf(keep(transportWith({ timeoutMs: 300 })).call(endpointAt(server.origin), GET));
    expect(error.message).toMatch(/did not finish its answer/);
  });

  test('is interrupted while it reads', async () => {
    const stop = new AbortController();
    const server = keep(await hostile(() => stop.abort()));
    const error = await errorOf(
      keep(transportWith({ signal: stop.signal })).call(endpointAt(server.origin), GET),
    );
    expect(error.code).toBe('interrupted');
    const later = await errorOf(
      keep(transportWith({ signal: stop.signal })).call(endpointAt(server.origin), GET),
    );
    expect([later.code, server.requests.length]).toEqual(['interrupted', 1]);
  });

  test('a name that does not exist is named', async () => {
    const endpoint = endpointAt('https://nowhere.invalid');
    const error = await errorOf(keep(transportWith()).call(endpoint, POST));
    expect(error.message).toMatch(
      /^the name of "nowhere.invalid:443" (was not found|could not be looked up)$/,
    );
  });
});
