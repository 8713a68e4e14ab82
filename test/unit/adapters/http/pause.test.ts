import { expect, test } from 'vitest';
import {
  answer,
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

overBoth((transportWith) => {
  const PUT = { method: 'PUT', path: '/x', repeatable: true } as const;
  const until = (status: number, wait: number) =>
    answer(status, '', [`retry-after: ${wait}`, 'x-request-id: r-1']);

  const PAUSES: [number, string[]][] = [
    [429, ['retry-after: 40']],
    [503, ['retry-after: 40']],
    [500, ['retry-after: 40']],
    [403, ['retry-after: 40']],
    [403, ['x-ratelimit-remaining: 0', 'x-ratelimit-reset: 40']],
    [429, ['date: Sun, 22 Nov 2026 10:00:00 GMT', 'retry-after: Sunday, 22-Nov-26 10:00:40 GMT']],
    [429, ['date: Sun, 22 Nov 2026 10:00:00 GMT', 'retry-after: Sun Nov 22 10:00:40 2026']],
  ];
  test.each(PAUSES)(
    'a pause of 40 s (%i, %j) keeps every later request, with one instant',
    async (status, headers) => {
      const clock = new FakeClock();
      const server = keep(await hostile((socket) => socket.write(answer(status, '', headers))));
      const transport = keep(transportWith({ clock }));
      const told = ['asks to wait until 2026-11-22T12:00:40Z', 'unavailable', status];
      for (const request of [GET, PUT, GET, POST]) {
        const error = await errorOf(transport.call(endpointAt(server.origin), request));
        expect([error.message.replace(/^"[^"]*" /, ''), error.code, error.facts.status]).toEqual(told);
        clock.time += 1_000;
      }
      const outcome = await transport.sendOnce(endpointAt(server.origin), POST, new MemoryCapture());
      expect(outcome).toMatchObject({ kind: 'not-sent', error: { code: 'unavailable' } });
      expect([server.requests.length, clock.sleeps]).toEqual([1, []]);
    },
  );

  test('a pause is waited for once what is left of it is short, and never sent into', async () => {
    const clock = new FakeClock();
    const at: number[] = [];
    const server = keep(
      await hostile((socket, _request, count) => {
        at.push(clock.time);
        socket.write(count === 1 ? until(429, 40) : answer(200, ''));
      }),
    );
    const transport = keep(transportWith({ clock }));
    await errorOf(transport.call(endpointAt(server.origin), GET));
    clock.time += 15_000;
    expect((await transport.call(endpointAt(server.origin), GET)).status).toBe(200);
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 40_000]);
  });

  test('a shorter pause never ends a longer one', async () => {
    const clock = new FakeClock();
    const server = keep(
      await hostile((socket, _request, count) => socket.write(count === 1 ? until(429, 25) : until(429, 1))),
    );
    const transport = keep(transportWith({ clock }));
    await transport.call(endpointAt(server.origin), POST);
    await transport.call(endpointAt(server.origin), POST);
    expect(clock.sleeps).toEqual([25_000]);
  });

  test('a clock that jumps back does not stretch a pause', async () => {
    const clock = new FakeClock();
    const server = keep(
      await hostile((socket, _request, count) =>
        socket.write(count === 1 ? until(429, 20) : answer(200, '')),
      ),
    );
    const transport = keep(transportWith({ clock }));
    await transport.call(endpointAt(server.origin), POST);
    clock.time -= 3_600_000;
    await transport.call(endpointAt(server.origin), GET);
    expect(clock.sleeps).toEqual([20_000]);
  });

  test('a 403 with a short pause is tried again, one without is an answer', async () => {
    const clock = new FakeClock();
    const server = keep(
      await hostile((socket, _request, count) =>
        socket.write(count === 1 ? until(403, 2) : count === 2 ? answer(200, '') : answer(403, '')),
      ),
    );
    const transport = keep(transportWith({ clock }));
    expect((await transport.call(endpointAt(server.origin), GET)).status).toBe(200);
    expect((await transport.call(endpointAt(server.origin), GET)).status).toBe(403);
    expect([clock.sleeps, server.requests.length]).toEqual([[2_000], 3]);
  });

  test.each([408, 425, 429, 500, 503, 524])(
    'a write that may act twice is not tried again after %i',
    async (status) => {
      const server = keep(await hostile((socket) => socket.write(answer(status, ''))));
      const reply = await keep(transportWith()).call(endpointAt(server.origin), POST);
      expect([reply.status, server.requests.length]).toEqual([status, 1]);
    },
  );

  test.each([
    [408, 1],
    [500, 1],
    [524, 1],
    [425, 3],
    [502, 3],
    [503, 3],
  ])('a write with one effect however often it is sent: %i is asked %i times', async (status, times) => {
    const server = keep(await hostile((socket) => socket.write(answer(status, ''))));
    const reply = await keep(transportWith()).call(endpointAt(server.origin), PUT);
    expect([reply.status, server.requests.length]).toEqual([status, times]);
  });
});
