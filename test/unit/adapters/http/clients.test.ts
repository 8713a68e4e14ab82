import { execFile } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENTS, chooseClient } from '../../../../src/adapters/http/choose-client.ts';
import type { HttpRequest } from '../../../../src/ports/request.ts';
import { ROOT } from '../../../support/cli-process.ts';
import { createTestHome } from '../../../support/temp.ts';
import {
  answer,
  endpointAt,
  errorOf,
  GET,
  hostile,
  keep,
  MemoryCapture,
  overBoth,
  POST,
  type ServerOptions,
  transportWith,
} from './support.ts';

const REQUESTS: HttpRequest[] = [
  GET,
  POST,
  { method: 'PUT', path: '/x', body: { name: 'ü' }, headers: { 'X-Odd': '\xe9' } },
  { method: 'POST', path: '/x' },
  { method: 'PATCH', path: '/x' },
  { method: 'PUT', path: '/x' },
  { method: 'DELETE', path: '/x' },
  { method: 'DELETE', path: '/x', body: { id: 1 } },
];
describe.each(REQUESTS)('both clients send the same bytes: $method $path (%#)', (request) => {
  test.each(['call', 'sendOnce'] as const)('by %s', async (by) => {
    const server = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
    for (const client of CLIENTS) {
      const transport = keep(transportWith({ chooseClient: () => client }));
      if (by === 'call') await transport.call(endpointAt(server.origin), request);
      else await transport.sendOnce(endpointAt(server.origin), request, new MemoryCapture());
    }
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]).toBe(server.requests[0]);
    expect(server.requests[0]).toContain(`\r\nhost: 127.0.0.1:${server.port}\r\n`);
  });
});

const HEADERS: [string, string[], string, string | null][] = [
  ['upper case', ['X-REQUEST-ID: r1'], 'x-request-id', 'r1'],
  ['a header that is repeated', ['link: <a>', 'Link: <b>'], 'link', '<a>, <b>'],
  ['one that Node keeps the first of', ['retry-after: 1', 'retry-after: 2'], 'retry-after', '1, 2'],
  ['one that Node has a list of', ['set-cookie: a', 'set-cookie: b'], 'set-cookie', 'a, b'],
  ['8-bit text', ['x-name: \xfc'], 'x-name', 'ü'],
  ['spaces around', ['x-name:  \t a b \t '], 'x-name', 'a b'],
  ['an empty value', ['x-name:'], 'x-name', ''],
  ['a name of every object', ['__proto__: a', 'constructor: b'], 'constructor', 'b'],
  ['the last of 2,500', [...Array(2_500).fill('a:'), 'x-name: last'], 'x-name', 'last'],
];

overBoth((transportWith) => {
  test.each(HEADERS)('reads %s', async (_name, headers, name, value) => {
    const server = keep(
      await hostile((socket) => socket.write(Buffer.from(answer(200, '{}', headers), 'latin1'))),
    );
    const reply = await keep(transportWith()).call(endpointAt(server.origin), GET);
    expect(reply.header(name)).toBe(value);
  });

  test.each([
    ['an answer', answer(200, '{"forged":true}')],
    ['a provisional answer', 'HTTP/1.1 103 X\r\n\r\n'],
    ['noise', 'x'],
  ])('%s that nobody asked for is not read as the next answer', async (_name, bytes) => {
    let last: Socket | undefined;
    const server = keep(
      await hostile((socket, _request, count) => {
        last = socket;
        socket.write(answer(200, `{"count":${count}}`));
      }),
    );
    const transport = keep(transportWith());
    const call = async () =>
      Buffer.from((await transport.call(endpointAt(server.origin), GET)).body).toString();
    expect(await call()).toBe('{"count":1}');
    last?.write(bytes);
    await sleep(50);
    expect(await call()).toBe('{"count":2}');
    expect(server.connections).toBe(2);
  });

  test('an answer to two requests is one, and its connection ends', async () => {
    const server = keep(
      await hostile((socket, _request, count) =>
        socket.write(answer(200, `{"count":${count}}`) + answer(200, '{"forged":true}')),
      ),
    );
    const transport = keep(transportWith());
    for (const count of [1, 2]) {
      const { body } = await transport.call(endpointAt(server.origin), GET);
      expect(Buffer.from(body).toString()).toBe(`{"count":${count}}`);
    }
    expect(server.connections).toBe(2);
  });

  const UPGRADES = ['', 'connection: upgrade\r\nupgrade: websocket\r\n', 'content-length: 2\r\n'];
  test.each(UPGRADES)('a change of the protocol (%j) is no answer', async (headers) => {
    const server = keep(await hostile((socket) => socket.end(`HTTP/1.1 101 X\r\n${headers}\r\n{}`)));
    const transport = keep(transportWith());
    expect((await errorOf(transport.call(endpointAt(server.origin), POST))).code).toBe('unavailable');
    const capture = new MemoryCapture();
    const outcome = await transport.sendOnce(endpointAt(server.origin), POST, capture);
    expect([outcome.kind, capture.text]).toEqual(['ambiguous', '']);
  });

  // In one piece: the parser fails in the same turn in which it found the bytes before.
  const DAMAGED: [string, string][] = [
    ['a bad chunk', 'transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\nzz\r\n'],
    ['an end', 'content-length: 99\r\n\r\n{"a":'],
  ];
  test.each(DAMAGED)('what comes before %s is kept', async (_name, bytes) => {
    for (const end of ['end', 'write'] as const) {
      const server = keep(await hostile((socket) => void socket[end](`HTTP/1.1 201 X\r\n${bytes}`)));
      const capture = new MemoryCapture();
      const transport = keep(transportWith({ timeoutMs: 300 }));
      const outcome = await transport.sendOnce(endpointAt(server.origin), POST, capture);
      expect([outcome.kind, capture.text]).toEqual(['ambiguous', '{"a":']);
    }
  });

  test('a body is paused for its reader, and then read to its end', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024, 'a');
    let written = 0;
    const server = keep(
      await hostile((socket) => {
        socket.write(`HTTP/1.1 200 X\r\ncontent-length: ${body.length}\r\n\r\n`);
        const more = () => {
          if (written >= body.length) return;
          written += 65_536;
          socket.write(body.subarray(written - 65_536, written), more);
        };
        more();
      }),
    );
    const gate: { open?: () => void } = {};
    let size = 0;
    const reading = keep(transportWith()).call(endpointAt(server.origin), GET, () => ({
      limit: body.length,
      write: (bytes) => {
        size += bytes.length;
      },
      ready: () =>
        size > 100_000 && gate.open === undefined
          ? new Promise((resolve) => {
              gate.open = resolve;
            })
          : null,
    }));
    while (gate.open === undefined) await sleep(5);
    await sleep(100);
    expect(size).toBeLessThan(300_000);
    gate.open();
    await reading;
    expect(size).toBe(body.length);
  });
});

/** Where a request can be when the person presses Ctrl-C. */
const PHASES: [string, (socket: Socket) => void, 'http' | 'https' | 'proxy'][] = [
  ['in the TLS handshake', () => undefined, 'https'],
  ['in the answer of the proxy', () => undefined, 'proxy'],
  ['before the head', () => undefined, 'http'],
  ['in the head', (socket) => socket.write('HTTP/1.1 200 X\r\nx-a'), 'http'],
  ['in the body', (socket) => socket.write('HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n{'), 'http'],
  ['in provisional answers', (socket) => socket.write('HTTP/1.1 102 X\r\n\r\n'), 'http'],
];
overBoth((transportWith) => {
  test.each(PHASES)('Ctrl-C %s ends the call and its connections at once', async (_name, behave, kind) => {
    const stop = new AbortController();
    const closed: Promise<unknown>[] = [];
    const accept: ServerOptions['accept'] = (socket) =>
      closed.push(new Promise((resolve) => socket.on('close', resolve)));
    const server = keep(await hostile(behave, { accept }));
    const env = kind === 'proxy' ? { HTTPS_PROXY: `http://127.0.0.1:${server.port}` } : {};
    const origin = { http: server.origin, https: `https://127.0.0.1:${server.port}` };
    const transport = transportWith({ env, signal: stop.signal, timeoutMs: 60_000 });
    const call = errorOf(
      transport.call(endpointAt(kind === 'proxy' ? 'https://api.vendor.test' : origin[kind]), GET),
    );
    while (server.connections === 0 || (kind !== 'https' && server.requests.length === 0)) await sleep(5);
    await sleep(20);
    const start = performance.now();
    stop.abort();
    expect((await call).code).toBe('interrupted');
    await transport.close();
    await Promise.all(closed);
    // 100 ms are promised; a busy machine may take longer.
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('a process', () => {
  const run = promisify(execFile);
  const home = createTestHome();
  afterAll(() => home.remove());
  const program = join(home.path, 'request.cjs');
  beforeAll(async () => {
    const { bundleFile } = await import(join(ROOT, 'scripts/bundle.mjs'));
    await bundleFile(ROOT, 'request', 'test/support/request-program.ts', home.path);
  });
  const play = (origin: string, client: string, node: readonly string[] = [], env = {}) =>
    run(process.execPath, [...node, program, origin, client], {
      env: { PATH: process.env['PATH'], ...env },
    });

  test('ends though a connection of Node’s client waits for its next request', async () => {
    const server = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
    const start = performance.now();
    expect((await play(server.origin, 'node')).stdout).toBe('200\n');
    expect(performance.now() - start).toBeLessThan(3_900);
  });

  // Both are refused by the command; this is what they would be worth without that.
  const LENIENT =
    'HTTP/1.1 200 X\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
  test.each(CLIENTS)('with --insecure-http-parser, %s still parses strictly', async (client) => {
    const server = keep(await hostile((socket) => void socket.end(LENIENT)));
    for (const [node, env] of [
      [['--insecure-http-parser'], {}],
      [[], { NODE_OPTIONS: '--insecure-http-parser' }],
    ] as const) {
      const { stdout } = await play(server.origin, client, node, env);
      expect(stdout).toMatch(/not valid HTTP|another length/);
    }
  });

  test.each(CLIENTS)('with NODE_DEBUG, %s prints no credential', async (client) => {
    const server = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
    const { stdout, stderr } = await play(server.origin, client, [], { NODE_DEBUG: '*' });
    expect([stdout, server.requests[0]]).toEqual(['200\n', expect.stringContaining('canary')]);
    expect(stderr).toMatch(/^NET \d+: /m);
    expect(stderr).not.toMatch(/canary/);
  });
});

test('the client changes between two requests, and each has its own connections', async () => {
  const server = keep(await hostile((socket) => socket.write(answer(200, '{}'))));
  const transport = keep(transportWith({ chooseClient: ({ count }) => (count > 2 ? 'undici' : 'node') }));
  for (let count = 1; count <= 4; count += 1) {
    expect((await transport.call(endpointAt(server.origin), GET)).status).toBe(200);
  }
  expect([server.requests.length, server.connections]).toEqual([4, 2]);
});

test('undici serves the requests after the 20,000th, and never one on a connection of its own', () => {
  const choices = [1, 20_000, 20_001].map((count) => chooseClient({ count, once: false }));
  expect(choices).toEqual(['node', 'node', 'undici']);
  expect(chooseClient({ count: 100_000, once: true })).toBe('node');
});
