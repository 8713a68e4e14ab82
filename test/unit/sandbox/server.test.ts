import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { parseFault } from '../../../src/sandbox/faults.ts';
import type { SandboxServer, SandboxServerOptions } from '../../../src/sandbox/server.ts';
import { startSandboxServer } from '../../../src/sandbox/server.ts';
import { setUp } from './support.ts';

const open: SandboxServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(faults: string[] = [], more: Partial<SandboxServerOptions> = {}) {
  const it = setUp();
  const server = await startSandboxServer({
    sandbox: it.sandbox,
    port: 0,
    faults: faults.map(parseFault),
    ...more,
  });
  open.push(server);
  const bearer = it.login('bluebricks').secret;
  const list = () => exchange(server, 'GET', '/api/v1/auth/keys', bearer);
  const create = (name = 'ci') =>
    exchange(server, 'POST', '/api/v1/auth/key', bearer, JSON.stringify({ name }));
  const issued = () => it.sandbox.tokens('bluebricks').length;
  return { ...it, server, bearer, list, create, issued };
}

interface Exchange {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The code of the error that ended the exchange; undefined for a whole answer. */
  readonly broken: string | undefined;
}

/** One request on its own connection, given up after `patience` ms; tells what arrived however it ended. */
function exchange(
  server: SandboxServer,
  method: string,
  path: string,
  bearer: string,
  body = '',
  patience = 400,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let status: number | undefined;
    let headers: Record<string, unknown> = {};
    const chunks: Buffer[] = [];
    const end = (broken?: string) => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve({ status, headers, text: Buffer.concat(chunks).toString(), broken });
    };
    const outgoing = httpRequest({
      agent: new Agent(),
      host: '127.0.0.1',
      port: server.port,
      method,
      path,
      headers: { authorization: `Bearer ${bearer}`, 'content-length': Buffer.byteLength(body) },
    });
    const timer = setTimeout(() => end('GAVE-UP'), patience);
    const fail = (error: NodeJS.ErrnoException) => end(error.code ?? error.message);
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      status = response.statusCode;
      headers = response.headers;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => end());
    });
    outgoing.end(body);
  });
}

describe('an honest answer', () => {
  test('is whole, dated by the world of the sandbox, and logged without secrets', async () => {
    const lines: string[] = [];
    const { create, server, world, issued } = await serve([], { log: (line) => lines.push(line) });
    const answer = await create();
    expect(answer).toMatchObject({ status: 200, broken: undefined });
    expect(answer.headers).toMatchObject({
      date: 'Sun, 22 Nov 2026 10:00:00 GMT',
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(answer.text.length),
    });
    expect(JSON.parse(answer.text).api_key).toMatch(/^bbx_/);
    expect(issued()).toBe(1);
    expect(lines).toEqual(['POST /api/v1/auth/key 200']);
    expect(server.requests).toEqual([
      {
        number: 1,
        at: world.now(),
        method: 'POST',
        path: '/api/v1/auth/key',
        query: '',
        status: 200,
        committed: true,
        fault: null,
      },
    ]);
    for (const secret of world.secrets)
      expect(JSON.stringify([lines, server.requests])).not.toContain(secret);
  });

  test('to a read commits nothing; its query is logged', async () => {
    const { server, bearer } = await serve();
    await exchange(server, 'GET', '/api/v1/auth/keys?limit=5', bearer);
    expect(server.requests[0]).toMatchObject({ query: 'limit=5', committed: false });
  });

  test('to a refusal commits nothing', async () => {
    const { server, create } = await serve();
    await create();
    expect((await create()).status).toBe(409);
    expect(server.requests.map((it) => it.committed)).toEqual([true, false]);
  });
});

describe('the request', () => {
  test('may have a percent-encoded path', async () => {
    const { server, login } = await serve();
    const answer = await exchange(
      server,
      'GET',
      '/ws/accounts/%61cme/credentials/tokens',
      login('devo').secret,
    );
    expect(answer.status).toBe(200);
  });

  test('is refused where its path cannot be decoded or its body is too large', async () => {
    const { server, bearer, issued } = await serve();
    expect((await exchange(server, 'GET', '/%ff', bearer)).status).toBe(400);
    expect((await exchange(server, 'POST', '/api/v1/auth/key', bearer, ' '.repeat(1_048_577))).status).toBe(
      413,
    );
    expect([issued(), server.requests.length]).toEqual([0, 0]);
  });
});

describe('a fault', () => {
  test('status: an answer before anything is done', async () => {
    const { create, issued } = await serve(['POST * status:503:retry-after=2 x1']);
    expect(await create()).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    expect(issued()).toBe(0);
    expect((await create()).status).toBe(200);
  });

  test('status-after: an answer that hides what was done', async () => {
    const { create, issued, server } = await serve(['status-after:502']);
    const answer = await create();
    expect(answer.status).toBe(502);
    expect(answer.text).not.toContain('bbx_');
    expect(issued()).toBe(1);
    expect(server.requests[0]).toMatchObject({ status: 502, committed: true, fault: 'status-after' });
  });

  test.each([
    ['reset-before', 'ECONNRESET', 0],
    ['reset-after', 'ECONNRESET', 1],
    ['hang-before', 'GAVE-UP', 0],
    ['hang-after', 'GAVE-UP', 1],
  ])('%s: no byte of an answer', async (rule, broken, count) => {
    const { create, issued } = await serve([rule]);
    expect(await create()).toMatchObject({ status: undefined, text: '', broken });
    expect(issued()).toBe(count);
  });

  test('reset-headers: the status, then a broken connection', async () => {
    const { create, issued } = await serve(['reset-headers']);
    expect(await create()).toMatchObject({ status: 200, text: '', broken: 'ECONNRESET' });
    expect(issued()).toBe(1);
  });

  test('truncate: fewer bytes than announced', async () => {
    const { create, issued } = await serve(['truncate:10 x1', 'truncate']);
    const first = await create('a');
    expect(first).toMatchObject({ status: 200, broken: 'ECONNRESET' });
    expect(first.text).toHaveLength(10);
    const second = await create('b');
    expect(second.text.length).toBe(Math.floor(Number(second.headers['content-length']) / 2));
    expect(issued()).toBe(2);
  });

  test('truncate behind the last byte: the body is whole, the message is not', async () => {
    const { create } = await serve(['truncate:9999']);
    const answer = await create();
    expect(answer.broken).toBe('ECONNRESET');
    expect(JSON.parse(answer.text)).toHaveProperty('api_key');
  });

  test('short-length: a body that is cut without a sign', async () => {
    const { server, bearer, issued } = await serve(['short-length']);
    const raw = await rawPost(server, bearer);
    const announced = Number(/content-length: (\d+)/.exec(raw)?.[1]);
    const body = raw.slice(raw.indexOf('\r\n\r\n') + 4);
    expect(announced).toBe(Math.floor(body.length / 2));
    expect(JSON.parse(body)).toHaveProperty('api_key');
    expect(issued()).toBe(1);
  });

  test('slow: the answer comes late; the latency of the server is added', async () => {
    const { create } = await serve(['slow:60'], { latencyMs: 30 });
    const started = performance.now();
    expect((await create()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(85);
  });

  test('drip: byte by byte', async () => {
    const { create } = await serve(['drip:1']);
    const answer = await create();
    expect(answer.broken).toBeUndefined();
    expect(JSON.parse(answer.text)).toHaveProperty('api_key');
  });

  test('html: a captive portal', async () => {
    const { create, issued } = await serve(['html']);
    const answer = await create();
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(answer.text).toMatch(/^<!doctype html>/);
    expect(issued()).toBe(0);
  });

  test('redirect: nothing is done', async () => {
    const { create, issued } = await serve(['redirect:307:http://127.0.0.1:1/elsewhere']);
    expect(await create()).toMatchObject({
      status: 307,
      headers: { location: 'http://127.0.0.1:1/elsewhere' },
    });
    expect(issued()).toBe(0);
  });

  test('empty: success without a body', async () => {
    const { create, issued } = await serve(['empty']);
    expect(await create()).toMatchObject({ status: 200, text: '', headers: { 'content-length': '0' } });
    expect(issued()).toBe(1);
  });

  test('garble: the field of the secret has another name', async () => {
    const { create } = await serve(['garble:api_key x1', 'garble:secret']);
    expect(Object.keys(JSON.parse((await create('a')).text))).toEqual(['api_key_v2']);
    expect(Object.keys(JSON.parse((await create('b')).text))).toEqual(['api_key_v2']);
  });

  test('double: another value of the same form is beside the secret', async () => {
    const { create } = await serve(['double:value']);
    const { api_key: secret, value } = JSON.parse((await create('a')).text);
    expect(value).not.toBe(secret);
    expect([value.length, value.slice(0, -4)]).toEqual([secret.length, secret.slice(0, -4)]);
  });

  test('twice: the vendor acts twice, the client sees the second answer', async () => {
    const { server, sandbox, login } = await serve(['twice']);
    const before = sandbox.tokens('prefactor').length;
    const body = JSON.stringify({ details: { token_scope: 'account' } });
    const answer = await exchange(server, 'POST', '/api/v1/api_token', login('prefactor').secret, body);
    const views = sandbox.tokens('prefactor');
    expect(views).toHaveLength(before + 2);
    expect(JSON.parse(answer.text).details.id).toBe(views.at(-1)?.id);
  });

  test('stale: a list from before the last changes, once', async () => {
    const { create, list, server } = await serve();
    await create('a');
    await create('b');
    server.setFaults([parseFault('GET * stale'), parseFault('GET * stale:2')]);
    const total = async () => JSON.parse((await list()).text).total;
    expect([await total(), await total(), await total()]).toEqual([1, 0, 2]);
  });

  test('headers: more than a client accepts', async () => {
    const { create, issued } = await serve(['headers:20000']);
    expect((await create()).broken).toBe('HPE_HEADER_OVERFLOW');
    expect(issued()).toBe(1);
  });

  test('endless: a body without an end', async () => {
    const { server, bearer, issued } = await serve(['endless']);
    const answer = await exchange(server, 'POST', '/api/v1/auth/key', bearer, '{"name":"ci"}', 300);
    expect(answer).toMatchObject({ status: 200, broken: 'GAVE-UP' });
    expect(answer.text.length).toBeGreaterThan(65_536);
    expect(issued()).toBe(1);
  });
});

test('the answer waits until the change is kept', async () => {
  const saved: unknown[] = [];
  const { create, list, sandbox } = await serve([], {
    persist: async (state) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      saved.push(state);
    },
  });
  await list();
  expect(saved).toEqual([]);
  await create();
  expect(saved).toEqual([sandbox.save()]);
});

test('closing breaks what hangs or waits', async () => {
  const { create, server } = await serve(['hang-after x1', 'slow:60000']);
  const pending = [create('a'), create('b')];
  await new Promise((resolve) => setTimeout(resolve, 50));
  const started = performance.now();
  await server.close();
  open.length = 0;
  expect(performance.now() - started).toBeLessThan(200);
  expect((await Promise.all(pending)).map((it) => it.broken)).toEqual(['ECONNRESET', 'ECONNRESET']);
});

test('a port that is taken is a usage error; nothing but the loopback address is served', async () => {
  const { server, sandbox } = await serve();
  expect(server.origin).toBe(`http://127.0.0.1:${server.port}`);
  await expect(startSandboxServer({ sandbox, port: server.port })).rejects.toMatchObject({ code: 'usage' });
});

function rawPost(server: SandboxServer, bearer: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(server.port, '127.0.0.1', () => {
      const head = `POST /api/v1/auth/key HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bearer}\r\n`;
      socket.write(`${head}content-length: 0\r\n\r\n`);
    });
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('close', () => resolve(text));
  });
}
