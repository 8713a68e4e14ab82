import { describe, expect, test } from 'vitest';
import { answer, endpointAt, GET, hostile, keep, MemoryCapture, overBoth, POST } from './support.ts';

const HEADS: [string, string][] = [
  ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['100 with headers', 'HTTP/1.1 100 Continue\r\ndate: x\r\nx-a: b\r\n\r\n'],
  ['100 without a phrase', 'HTTP/1.1 100 \r\n\r\n'],
  ['100 twice', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
  ['102', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['103', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'],
  ['199', 'HTTP/1.1 199 Warm\r\n\r\n'],
  ['100 and 103', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'],
  ['103 and 100', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
  ['102 and 100', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'],
  [
    '100, 103, 100, 102 and 100',
    [100, 103, 100, 102, 100].map((status) => `HTTP/1.1 ${status} X\r\nx-a: b\r\n\r\n`).join(''),
  ],
  ['102 forty times', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(40)],
];

overBoth((transportWith) => {
  describe.each(HEADS)('an answer after %s', (_name, head) => {
    test('is read and captured, and the connection goes on', async () => {
      const server = keep(await hostile((socket) => socket.write(head + answer(200, '{"a":1}'))));
      const transport = keep(transportWith());
      for (let count = 0; count < 3; count += 1) {
        const reply = await transport.call(endpointAt(server.origin), GET);
        expect(Buffer.from(reply.body).toString()).toBe('{"a":1}');
      }
      expect(server.connections).toBe(1);
      const capture = new MemoryCapture();
      const outcome = await transport.sendOnce(endpointAt(server.origin), POST, capture);
      expect([outcome.kind, capture.text]).toEqual(['answered', '{"a":1}']);
    });

    test('is read in pieces', async () => {
      const server = keep(
        await hostile((socket) => {
          socket.write(head.slice(0, 14));
          setTimeout(() => socket.write(head.slice(14)), 30);
          setTimeout(() => socket.write(answer(201, '{"a":1}')), 60);
        }),
      );
      const capture = new MemoryCapture();
      const outcome = await keep(transportWith()).sendOnce(endpointAt(server.origin), POST, capture);
      expect([outcome.kind, capture.text]).toEqual(['answered', '{"a":1}']);
    });
  });

  test('a body that looks like a provisional answer is left as it is', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\n{"a":1}';
    const server = keep(
      await hostile((socket) => {
        const whole = answer(200, body);
        socket.write(whole.slice(0, whole.length - body.length));
        setTimeout(() => socket.write(body), 30);
      }),
    );
    const capture = new MemoryCapture();
    await keep(transportWith()).sendOnce(endpointAt(server.origin), POST, capture);
    expect(capture.text).toBe(body);
  });
});
