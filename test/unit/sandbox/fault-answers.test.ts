import { request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FAULT_ACTIONS } from '../../../src/sandbox/fault-actions.ts';
import { answerWithFault } from '../../../src/sandbox/fault-answer.ts';
import { parseFault } from '../../../src/sandbox/faults.ts';
import { createHistory } from '../../../src/sandbox/history.ts';
import { startSandboxServer } from '../../../src/sandbox/server.ts';
import { CASES, oneVendor, VENDORS } from './vendor-cases.ts';

function faulty(vendor: (typeof VENDORS)[number], what: 'create' | 'end', rule: string) {
  const it = oneVendor(vendor, {});
  const vendors = createHistory(it.sandbox);
  const { response } = answerWithFault({ vendors, request: it[what], action: parseFault(rule).action });
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of the JSON
  const body = response.body as any;
  return { ...it, status: response.status, headers: response.headers, body, commits: vendors.commits };
}

describe.each(VENDORS)('a rule for %s', (vendor) => {
  const { secretField } = CASES[vendor];

  test.each(['silent', 'unchanged', 'refuse-in-200', 'refuse-in-200:success-false'])(
    '%s: nothing is done, and a 2xx is answered',
    (rule) => {
      const { status, isLive, commits } = faulty(vendor, 'end', rule);
      expect([status < 300, isLive(), commits]).toEqual([true, true, 0]);
    },
  );

  test.each(['text', 'gzip', 'br', 'empty'])('%s: what was asked is done', (rule) => {
    const { status, isLive, commits } = faulty(vendor, 'end', rule);
    expect([status < 300, isLive(), commits]).toEqual([true, false, 1]);
  });

  test('rename-secret, wrap and drop reword the answer', () => {
    expect(faulty(vendor, 'create', 'rename-secret:value').body.value).toEqual(expect.any(String));
    expect(faulty(vendor, 'create', 'wrap:data').body.data[secretField]).toEqual(expect.any(String));
    expect(faulty(vendor, 'create', `drop:${secretField}`).body).not.toHaveProperty(secretField);
  });

  test('refuses what the vendor refuses', () => {
    const it = oneVendor(vendor, {});
    const request = { ...it.end, headers: {} };
    const action = parseFault('silent').action;
    const { response } = answerWithFault({ vendors: createHistory(it.sandbox), request, action });
    expect([401, 403]).toContain(response.status);
  });
});

test.each([
  ['gzip', gunzipSync],
  ['br', brotliDecompressSync],
  ['deflate', inflateSync],
] as const)('%s goes compressed over the wire, with its length', async (coding, open) => {
  const it = oneVendor('bluebricks', {});
  const faults = [parseFault(coding)];
  const server = await startSandboxServer({ sandbox: it.sandbox, port: 0, faults });
  onTestFinished(() => server.close());
  const { headers, bytes } = await read(server.port);
  expect(headers).toMatchObject({ 'content-encoding': coding, 'content-length': String(bytes.length) });
  expect(JSON.parse(open(bytes).toString())).toMatchObject({ statusCode: 401 });
});

test.each(Object.entries(FAULT_ACTIONS))('the action %s can be written as it is documented', (kind, row) => {
  for (const form of row.forms) {
    const text = form
      .replace(':CODE:URL', ':302:http://127.0.0.1:1/')
      .replace('CODE', '503')
      .replace(/BYTES|MS|\bN\b/, '40')
      .replace('=V', '=2')
      .replace('HOW', 'status-code')
      .replace('FIELD', 'id');
    expect(parseFault(`DELETE * ${text}`)).toMatchObject({ method: 'DELETE', action: { kind } });
  }
});

function read(port: number) {
  return new Promise<{ headers: object; bytes: Buffer }>((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, path: '/api/v1/auth/keys' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, bytes: Buffer.concat(chunks) }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
