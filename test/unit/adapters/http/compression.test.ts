import type { Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  endpointAt,
  errorOf,
  FakeClock,
  GET,
  hostile,
  keep,
  MemoryCapture,
  overBoth,
  POST,
} from './support.ts';

const JSON_TEXT = JSON.stringify({
  id: 'mt_1',
  scopes: ['org.read'],
  tokenSecret: 'ert_c4nary',
  more: '0123456789',
});
const plain = Buffer.from(JSON_TEXT);

function send(socket: Socket, status: number, coding: string, body: Uint8Array, missing = 0): void {
  socket.write(
    `HTTP/1.1 ${status} X\r\ncontent-encoding: ${coding}\r\ncontent-length: ${body.length + missing}\r\n\r\n`,
  );
  socket.write(body);
  if (missing > 0) socket.end();
}

const READ: [string, Uint8Array][] = [
  ['gzip', gzipSync(plain)],
  ['x-gzip', gzipSync(plain)],
  ['GZIP', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['deflate', deflateRawSync(plain)],
  ['br', brotliCompressSync(plain)],
  ['gzip, br', brotliCompressSync(gzipSync(plain))],
  ['deflate,gzip', gzipSync(deflateSync(plain))],
  ['identity, gzip', gzipSync(plain)],
  ['identity', plain],
  ['none', plain],
  ['utf-8', plain],
  ['', plain],
  // A proxy decoded it and left the header.
  ['gzip', plain],
  ['deflate', plain],
  ['br', plain],
];

overBoth((transportWith) => {
  describe.each(READ)('an answer with content-encoding %j (%#)', (coding, body) => {
    test.each([200, 401, 404])('is read by a call, status %i', async (status) => {
      const server = keep(await hostile((socket) => send(socket, status, coding, body)));
      const reply = await keep(transportWith()).call(endpointAt(server.origin), GET);
      expect([reply.status, Buffer.from(reply.body).toString()]).toEqual([status, JSON_TEXT]);
      expect(server.requests).toHaveLength(1);
    });

    test.each([201, 403])('is captured decoded, status %i', async (status) => {
      const server = keep(await hostile((socket) => send(socket, status, coding, body)));
      const capture = new MemoryCapture();
      const outcome = await keep(transportWith()).sendOnce(endpointAt(server.origin), POST, capture);
      expect(outcome).toMatchObject({ kind: 'answered', reply: { status } });
      expect(outcome).not.toHaveProperty('unread');
      expect(capture.text).toBe(JSON_TEXT);
      expect(outcome.kind === 'answered' && Buffer.from(outcome.reply.body).toString()).toBe(JSON_TEXT);
    });
  });

  test.each([429, 503, 500])('a compressed %i is tried again', async (status) => {
    const clock = new FakeClock();
    const server = keep(
      await hostile((socket, _request, count) =>
        send(socket, count === 1 ? status : 200, 'gzip', gzipSync(plain)),
      ),
    );
    const reply = await keep(transportWith({ clock })).call(endpointAt(server.origin), GET);
    expect([reply.status, server.requests.length]).toEqual([200, 2]);
  });
});

const UNKNOWN: [string, string][] = [
  ['zstd', 'zstd'],
  ['gzip, compress', 'compress'],
  ['gzip,gzip,gzip,gzip,gzip', 'gzip'],
  ['a b', 'something'],
];
overBoth((transportWith) => {
  describe.each(UNKNOWN)('an answer in a coding that nobody here knows: %j', (coding, shown) => {
    const body = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]);

    test('says so', async () => {
      const server = keep(await hostile((socket) => send(socket, 200, coding, body)));
      const error = await errorOf(keep(transportWith()).call(endpointAt(server.origin), GET));
      expect(error.facts).toMatchObject({ code: 'failure', status: 200 });
      expect(error.message).toContain(`compressed with "${shown}"`);
    });

    test('is still the refusal that its status says', async () => {
      const server = keep(await hostile((socket) => send(socket, 401, coding, body)));
      const reply = await keep(transportWith()).call(endpointAt(server.origin), GET);
      expect([reply.status, reply.body.length]).toEqual([401, 0]);
    });

    test('is kept as it came, whole', async () => {
      const server = keep(await hostile((socket) => send(socket, 201, coding, body)));
      const capture = new MemoryCapture();
      const outcome = await keep(transportWith()).sendOnce(endpointAt(server.origin), POST, capture);
      expect(outcome).toMatchObject({
        kind: 'answered',
        unread: `the answer is compressed with "${shown}", which keyturn cannot read`,
      });
      expect(capture.bytes).toEqual([...body]);
    });
  });
});

const CUT: [string, Uint8Array][] = [
  ['gzip', gzipSync(plain)],
  ['deflate', deflateSync(plain)],
  ['br', brotliCompressSync(plain)],
];
overBoth((transportWith) => {
  describe.each(CUT)('%s that is not complete', (coding, whole) => {
    const part = whole.subarray(0, -6);

    test.each([0, 6])('gives what could be decoded, and no success (%i bytes missing)', async (missing) => {
      const server = keep(await hostile((socket) => send(socket, 201, coding, part, missing)));
      const capture = new MemoryCapture();
      const outcome = await keep(transportWith()).sendOnce(endpointAt(server.origin), POST, capture);
      expect(outcome).toMatchObject({ kind: 'ambiguous', status: 201 });
      expect(capture.text.length).toBeGreaterThan(40);
      expect(JSON_TEXT.startsWith(capture.text)).toBe(true);
      expect(outcome).toMatchObject({ bytes: capture.text.length });
    });

    test('is an error of a read, and nothing in a refusal', async () => {
      const server = keep(
        await hostile((socket, _request, count) => send(socket, count === 1 ? 200 : 403, coding, part)),
      );
      const transport = keep(transportWith());
      expect((await errorOf(transport.call(endpointAt(server.origin), GET))).message).toMatch(
        new RegExp(`compressed with "${coding}", is not complete`),
      );
      const reply = await transport.call(endpointAt(server.origin), GET);
      expect([reply.status, reply.body.length]).toEqual([403, 0]);
    });
  });

  test('damage gives what comes before it, and all as it came where nothing does', async () => {
    const crc = gzipSync(plain);
    crc.fill(0xff, crc.length - 8, crc.length - 4);
    const junk = Buffer.concat([Buffer.from([0x1f, 0x8b, 9, 9]), Buffer.alloc(40, 7)]);
    for (const [body, kept] of [
      [crc, plain],
      [junk, junk],
    ] as const) {
      const server = keep(await hostile((socket) => send(socket, 201, 'gzip', body)));
      const capture = new MemoryCapture();
      const outcome = await keep(transportWith()).sendOnce(endpointAt(server.origin), POST, capture);
      expect(outcome).toMatchObject({ kind: 'ambiguous', reason: expect.stringContaining('damaged') });
      expect(capture.bytes).toEqual([...kept]);
    }
  });

  test('comes in pieces, each kept when it is there', async () => {
    const body = gzipSync(plain);
    const server = keep(
      await hostile((socket) => {
        socket.write(`HTTP/1.1 201 X\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`);
        socket.write(body.subarray(0, 60));
        setTimeout(() => socket.write(body.subarray(60)), 80);
      }),
    );
    const capture = new MemoryCapture();
    const outcome = await keep(transportWith()).sendOnce(endpointAt(server.origin), POST, capture);
    expect(outcome.kind).toBe('answered');
    expect(capture.events.length).toBeGreaterThan(2);
    expect(capture.text).toBe(JSON_TEXT);
  });
});

const ZEROS = Buffer.alloc(256 * 1024 * 1024);
const BOMBS: [string, Uint8Array][] = [
  ['gzip', gzipSync(ZEROS, { level: 9 })],
  ['gzip, gzip', gzipSync(gzipSync(ZEROS, { level: 9 }))],
];
overBoth((transportWith) => {
  test.each(BOMBS)(
    'a bomb in %s stops at the cap',
    async (coding, bomb) => {
      const server = keep(await hostile((socket) => send(socket, 200, coding, bomb)));
      const transport = keep(transportWith({ timeoutMs: 20_000 }));
      const before = process.memoryUsage().rss;
      const error = await errorOf(transport.call(endpointAt(server.origin), GET));
      expect(error.message).toContain('larger than 16 MiB');
      const capture = new MemoryCapture();
      const outcome = await transport.sendOnce(endpointAt(server.origin), POST, capture);
      expect(outcome).toMatchObject({
        kind: 'ambiguous',
        reason: expect.stringContaining('larger than 1 MiB'),
      });
      expect(capture.bytes.length).toBeLessThanOrEqual(1024 * 1024);
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    },
    30_000,
  );

  test('an empty body is empty in any coding', async () => {
    const server = keep(await hostile((socket) => send(socket, 200, 'gzip', new Uint8Array())));
    expect((await keep(transportWith()).call(endpointAt(server.origin), GET)).body.length).toBe(0);
  });
});
