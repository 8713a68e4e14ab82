import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../src/domain/errors.ts';
import type { Outcome } from '../../../../src/ports/transport.ts';
import {
  answer,
  CANARY,
  certificate,
  endpointAt,
  FakeClock,
  GET,
  type HostileServer,
  hostile,
  keep,
  MemoryCapture,
  overBoth,
  POST,
  type TransportOptions,
} from './support.ts';

overBoth((transportWith) => {
  async function send(
    behave: Parameters<typeof hostile>[0],
    options: TransportOptions = {},
    capture = new MemoryCapture(),
  ): Promise<{ outcome: Outcome; server: HostileServer; capture: MemoryCapture }> {
    const server = keep(await hostile(behave));
    const outcome = await keep(transportWith(options)).sendOnce(endpointAt(server.origin), POST, capture);
    return { outcome, server, capture };
  }

  test('captures head and body in order before it answers', async () => {
    const capture = new MemoryCapture();
    capture.slowMs = 20;
    const { outcome, server } = await send(
      (socket) => {
        socket.write('HTTP/1.1 201 Created\r\ncontent-length: 8\r\nx-request-id: r1\r\n\r\n{"a"');
        // Once the first part was captured: on a busy machine both would arrive as one.
        const waiting = setInterval(() => {
          if (capture.events.length < 2) return;
          clearInterval(waiting);
          socket.write(':12}');
        }, 5);
      },
      {},
      capture,
    );
    expect(outcome).toMatchObject({ kind: 'answered', reply: { status: 201 } });
    expect(capture.events).toEqual(['head 201 r1', 'chunk 4', 'chunk 4']);
    expect(capture.text).toBe('{"a":12}');
    expect(server.requests[0]).toContain('connection: close\r\n');
    expect(server.requests[0]).toContain('accept-encoding: identity\r\n');
  });

  test('uses a fresh connection for each request', async () => {
    const server = keep(await hostile((socket) => socket.write(answer(201, '{}'))));
    const transport = keep(transportWith());
    await transport.call(endpointAt(server.origin), GET);
    await transport.sendOnce(endpointAt(server.origin), POST, new MemoryCapture());
    await transport.sendOnce(endpointAt(server.origin), POST, new MemoryCapture());
    expect(server.connections).toBe(3);
  });

  test.each([200, 202, 204, 301, 307, 400, 401, 409, 422, 429, 500, 503])(
    'a complete %i is an answer',
    async (status) => {
      const bytes =
        status === 204 ? 'HTTP/1.1 204 X\r\n\r\n' : answer(status, '{}', ['location: http://127.0.0.1:9/']);
      const { outcome, server } = await send((socket) => socket.write(bytes));
      expect(outcome).toMatchObject({ kind: 'answered', reply: { status } });
      expect(server.requests.length).toBe(1);
    },
  );

  describe('what never left', () => {
    test('refused', async () => {
      const outcome = await keep(transportWith()).sendOnce(
        endpointAt('http://127.0.0.1:9'),
        POST,
        new MemoryCapture(),
      );
      expect(outcome).toMatchObject({ kind: 'not-sent', reason: '"127.0.0.1:9" refused the connection' });
    });

    test('a name that does not exist', async () => {
      const outcome = await keep(transportWith()).sendOnce(
        endpointAt('https://nowhere.invalid'),
        POST,
        new MemoryCapture(),
      );
      expect(outcome).toMatchObject({ kind: 'not-sent', error: { code: 'unavailable' } });
    });

    test('a reset or silence during the TLS handshake', async () => {
      const reset = keep(await hostile(() => undefined, { accept: (socket) => socket.resetAndDestroy() }));
      const silent = keep(await hostile(() => undefined));
      const transport = keep(transportWith({ timeoutMs: 200 }));
      const https = (server: HostileServer) => endpointAt(server.origin.replace('http:', 'https:'));
      expect((await transport.sendOnce(https(reset), POST, new MemoryCapture())).kind).toBe('not-sent');
      const late = await transport.sendOnce(https(silent), POST, new MemoryCapture());
      expect(late).toMatchObject({
        kind: 'not-sent',
        reason: expect.stringMatching(/^no connection to .* within 0.2 s$/),
      });
      expect(reset.connections).toBe(1);
    });

    test('a certificate that is not trusted', async () => {
      const server = keep(
        await hostile((socket) => socket.write(answer(201, '{}')), { tls: certificate('127.0.0.1') }),
      );
      const outcome = await keep(transportWith()).sendOnce(
        endpointAt(server.origin),
        POST,
        new MemoryCapture(),
      );
      expect(outcome).toMatchObject({ kind: 'not-sent', reason: expect.stringContaining('self-signed') });
      expect(server.requests).toEqual([]);
    });

    test('an unsafe environment, a bad header, an interruption, with their codes', async () => {
      const server = keep(await hostile((socket) => socket.write(answer(201, '{}'))));
      const stopped = AbortSignal.abort(new AppError({ code: 'terminated', message: 'terminated' }));
      const kinds = await Promise.all([
        keep(transportWith({ env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })).sendOnce(
          endpointAt(server.origin),
          POST,
          new MemoryCapture(),
        ),
        keep(transportWith()).sendOnce(
          endpointAt(server.origin, `${CANARY}\r\nx: y`),
          POST,
          new MemoryCapture(),
        ),
        keep(transportWith()).sendOnce(endpointAt('http://example.com'), POST, new MemoryCapture()),
        keep(transportWith({ signal: stopped })).sendOnce(
          endpointAt(server.origin),
          POST,
          new MemoryCapture(),
        ),
      ]);
      expect(
        kinds.map((outcome) => (outcome.kind === 'not-sent' ? outcome.error?.code : outcome.kind)),
      ).toEqual(['usage', 'usage', 'usage', 'terminated']);
      expect(JSON.stringify(kinds)).not.toContain('canary');
      expect(server.connections).toBe(0);
    });

    test('another request that is sent meanwhile does not count', async () => {
      const busy = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
      const silent = keep(await hostile(() => undefined));
      const transport = keep(transportWith({ timeoutMs: 300 }));
      const pending = transport.sendOnce(
        endpointAt(silent.origin.replace('http:', 'https:')),
        POST,
        new MemoryCapture(),
      );
      await transport.call(endpointAt(busy.origin), GET);
      const outcome = await pending;
      expect([busy.requests.length, outcome.kind]).toEqual([1, 'not-sent']);
    });
  });

  const PART = '{"token":"abc';
  const AMBIGUOUS: [string, string, number | null, number][] = [
    ['closed without an answer', '', null, 0],
    ['a truncated body', `HTTP/1.1 201 X\r\ncontent-length: 100\r\n\r\n${PART}`, 201, PART.length],
    [
      'chunks without the last one',
      `HTTP/1.1 201 X\r\ntransfer-encoding: chunked\r\n\r\nd\r\n${PART}\r\n`,
      201,
      PART.length,
    ],
    ['large headers', `HTTP/1.1 201 X\r\nx: ${'a'.repeat(20_480)}\r\n\r\n{}`, null, 0],
    [
      'a length and chunks',
      `HTTP/1.1 201 X\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      null,
      0,
    ],
    ['a flood of 1xx', 'HTTP/1.1 103 X\r\n\r\n'.repeat(500), null, 0],
    ['no HTTP', PART, null, 0],
  ];
  test.each(AMBIGUOUS)('%s is ambiguous, and what came is captured', async (_name, bytes, status, length) => {
    const { outcome, server, capture } = await send((socket) => socket.end(bytes, 'latin1'));
    expect(outcome).toMatchObject({ kind: 'ambiguous', status, bytes: length });
    expect(capture.text).toBe(PART.slice(0, length));
    expect([server.requests.length, server.connections]).toEqual([1, 1]);
    expect(JSON.stringify(outcome)).not.toMatch(/token|canary/);
  });

  test('a reset after the request is ambiguous, one on accept is never an answer', async () => {
    const { outcome, server } = await send((socket) => socket.resetAndDestroy());
    expect(outcome).toMatchObject({ kind: 'ambiguous', status: null, bytes: 0 });
    expect(server.connections).toBe(1);
    const early = keep(await hostile(() => undefined, { accept: (socket) => socket.resetAndDestroy() }));
    const second = await keep(transportWith()).sendOnce(endpointAt(early.origin), POST, new MemoryCapture());
    // Without TLS nothing comes between connecting and sending, so that the reset is mostly seen after the headers left.
    expect(['not-sent', 'ambiguous']).toContain(second.kind);
    expect([early.connections, early.requests.length]).toEqual([1, 0]);
  });

  test('a length shorter than the body is what the provider said', async () => {
    const { outcome, capture } = await send((socket) =>
      socket.end(`HTTP/1.1 201 X\r\ncontent-length: 4\r\nconnection: close\r\n\r\n${PART}`),
    );
    expect(['answered', 'ambiguous']).toContain(outcome.kind);
    expect(capture.text).toBe(PART.slice(0, 4));
  });

  test('an answer that ends with the connection is complete', async () => {
    const { outcome, capture } = await send((socket) => socket.end(`HTTP/1.1 201 X\r\n\r\n${PART}`));
    expect([outcome.kind, capture.text]).toEqual(['answered', PART]);
  });

  const STALLS: [string, string, number | null, number][] = [
    ['before the headers', '', null, 0],
    ['after the headers', 'HTTP/1.1 201 X\r\ncontent-length: 100\r\n\r\n', 201, 0],
    ['within the token', `HTTP/1.1 201 X\r\ncontent-length: 100\r\n\r\n${PART}`, 201, PART.length],
  ];
  test.each(STALLS)('silence %s is ambiguous', async (_name, bytes, status, length) => {
    const { outcome, capture } = await send((socket) => void socket.write(bytes), { timeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: 'ambiguous', status, bytes: length });
    expect(capture.text).toBe(PART.slice(0, length));
  });

  test('cuts at 1 MiB, keeps what came, and stays small with chunks of one byte', async () => {
    const block = Buffer.from('1\r\na\r\n'.repeat(20_000), 'latin1');
    const before = process.memoryUsage().rss;
    const capture = new MemoryCapture();
    let kept = 0;
    capture.chunk = async (bytes) => {
      kept += bytes.length;
    };
    const { outcome } = await send(
      (socket) => {
        socket.write('HTTP/1.1 201 X\r\ntransfer-encoding: chunked\r\n\r\n');
        const more = () => !socket.destroyed && socket.write(block, () => setImmediate(more));
        more();
      },
      { timeoutMs: 20_000 },
      capture,
    );
    expect(outcome).toMatchObject({ kind: 'ambiguous', status: 201, bytes: 1024 * 1024 });
    expect(kept).toBe(1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('a capture that fails loses nothing: the answer is still in the outcome', async () => {
    for (const failAt of ['head', 'chunk'] as const) {
      const capture = new MemoryCapture();
      capture.failAt = failAt;
      const { outcome } = await send((socket) => socket.write(answer(201, PART)), {}, capture);
      if (outcome.kind !== 'answered') throw new Error(outcome.kind);
      expect(outcome.captureFailed).toBe(true);
      expect(Buffer.from(outcome.reply.body).toString()).toBe(PART);
    }
    const capture = new MemoryCapture();
    capture.failAt = 'chunk';
    const { outcome } = await send(
      (socket) => socket.end(`HTTP/1.1 201 X\r\ncontent-length: 99\r\n\r\n${PART}`),
      {},
      capture,
    );
    if (outcome.kind !== 'ambiguous') throw new Error(outcome.kind);
    expect([outcome.captureFailed, outcome.bytes]).toEqual([true, 0]);
    expect(Buffer.from(outcome.partial ?? []).toString()).toBe(PART);
  });

  test('Ctrl-C after the headers left does not cut the answer', async () => {
    const stop = new AbortController();
    const waits: unknown[] = [];
    const { outcome, capture } = await send(
      (socket) => {
        stop.abort();
        setTimeout(() => socket.write(answer(201, PART)), 50);
      },
      { signal: stop.signal, onWait: ({ code }, ms) => waits.push(code, ms) },
    );
    expect([outcome.kind, capture.text]).toEqual(['answered', PART]);
    expect(waits).toEqual(['interrupted', 2_000]);
  });

  test('a second Ctrl-C does: the outcome is open, what arrived is kept', async () => {
    const [stop, stopNow] = [new AbortController(), new AbortController()];
    const capture = new MemoryCapture();
    const { outcome } = await send(
      (socket) => {
        socket.write(`HTTP/1.1 201 X\r\ncontent-length: 99\r\n\r\n${PART}`);
        stop.abort();
        setTimeout(() => stopNow.abort(), 50);
      },
      { signal: stop.signal, stopNow: stopNow.signal, timeoutMs: 60_000 },
      capture,
    );
    expect(outcome).toMatchObject({ kind: 'ambiguous', status: 201 });
    expect(capture.text).toBe(PART);
  });

  test('Ctrl-C before that sends nothing', async () => {
    const stop = new AbortController();
    const server = keep(await hostile(() => undefined, { accept: () => stop.abort() }));
    const https = endpointAt(server.origin.replace('http:', 'https:'));
    const outcome = await keep(transportWith({ signal: stop.signal })).sendOnce(
      https,
      POST,
      new MemoryCapture(),
    );
    expect(outcome).toMatchObject({ kind: 'not-sent', error: { code: 'interrupted' } });
  });

  test('waits where the origin asked for it, and tells no one who listens badly', async () => {
    const clock = new FakeClock();
    const server = keep(await hostile((socket) => socket.write(answer(429, '', ['retry-after: 20']))));
    const transport = keep(
      transportWith({
        clock,
        onNote: () => {
          throw new Error('broken pipe');
        },
      }),
    );
    const first = await transport.sendOnce(endpointAt(server.origin), POST, new MemoryCapture());
    expect([first.kind, clock.sleeps]).toEqual(['answered', []]);
    const quiet = keep(transportWith({ clock }));
    await quiet.sendOnce(endpointAt(server.origin), POST, new MemoryCapture());
    await quiet.sendOnce(endpointAt(server.origin), POST, new MemoryCapture());
    expect([clock.sleeps, server.requests.length]).toEqual([[20_000], 3]);
  });
});
