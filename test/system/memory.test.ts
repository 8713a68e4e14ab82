import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from '../support/cli-process.ts';
import { createTestHome } from '../support/temp.ts';

const MIB = 1024 * 1024;
/** Above what a list of nothing takes. */
const MOST = 64;

const times = (text: string, size: number) => text.repeat(Math.floor(size / text.length));
const inner = `${'['.repeat(97)}${']'.repeat(97)}`;

function tokens(count: number): string {
  const records = Array.from({ length: count }, (_, id) => ({
    id: 100_000 + id,
    name: `service-token-${id}`,
    scopes: ['domain.read', 'query'],
    created_at: '2026-11-01T12:00:00.000Z',
    created_by: `person-${id % 100}@example.com`,
    description: `made by the job for the pipeline ${id}: ${'x'.repeat(150)}`,
  }));
  return JSON.stringify(records);
}

/** What a vendor, or somebody in its place, answers; 16 MiB, unless it is told otherwise. */
const REFUSED: Readonly<Record<string, () => string>> = {
  'empty objects': () => `[${times('{},', 16 * MIB - 4)}{}]`,
  'lists of 98 levels': () => `[${times(`${inner},`, 16 * MIB - 400)}${inner}]`,
  '600,000 fields': () => `{${Array.from({ length: 600_000 }, (_, n) => `"key-number-${n}":1`).join()}}`,
  '250,000 fields': () => `{${Array.from({ length: 250_000 }, (_, n) => `"k${n}":1`).join()}}`,
  'one text': () => `["${'x'.repeat(16 * MIB - 4)}"]`,
  'escapes alone': () => `["${times('\\n', 16 * MIB - 4)}"]`,
  'numbers alone': () => `[${times('1.5,', 16 * MIB - 4)}1]`,
  'records without an id': () => `[${times('{"a":1},', 16 * MIB - 4)}{}]`,
};
const READ: Readonly<Record<string, () => string>> = {
  'texts of 7 MiB': () => JSON.stringify([{ id: 1, name: 'x'.repeat(7 * MIB) }]),
  'ids of 1 KiB': () =>
    JSON.stringify(Array.from({ length: 16_000 }, (_, n) => ({ id: `${n}${'x'.repeat(1_000)}` }))),
  '60,000 tokens': () => tokens(60_000),
  '150,000 tokens': () => tokens(150_000),
};

let body = '[]';
/** How much of the answer left the vendor, about. */
let sent = 0;
const vendor = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  pipeline(Readable.from(pieces(Buffer.from(body))), response).catch(() => undefined);
});

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (sent = 0; sent < bytes.length; sent += 65_536) yield bytes.subarray(sent, sent + 65_536);
}

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  /** The most memory that was in use, in MiB. */
  readonly peak: number;
}

/** `watch`: reads stdout itself. */
async function list(format: string, watch?: (pid: number) => Promise<void>): Promise<Run> {
  const home = createTestHome();
  const { port } = vendor.address() as AddressInfo;
  const child = spawn(process.execPath, [BUILT, 'tokens', 'list', '-o', format], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...home.env,
      HOME: home.path,
      NODE_DISABLE_COMPILE_CACHE: '1',
      KEYTURN_STORE: 'file',
      KEYTURN_PROVIDER: 'devo',
      KEYTURN_REGION: 'us',
      KEYTURN_DOMAIN: 'acme',
      KEYTURN_URL: `http://127.0.0.1:${port}`,
      KEYTURN_TOKEN: 'devo-token-0123456789',
    },
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
  }, 15);
  const [out, error]: [string[], string[]] = [[], []];
  child.stderr.setEncoding('utf8').on('data', (text: string) => error.push(text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await watch?.(child.pid ?? 0);
  if (watch) child.kill('SIGKILL');
  child.stdout.setEncoding('utf8').on('data', (text: string) => out.push(text));
  const code = await ended;
  clearInterval(timer);
  home.remove();
  return { code, out: out.join(''), error: error.join(''), peak };
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe.skipIf(process.platform !== 'linux')('A17: memory above that of an empty list', () => {
  let base = 0;

  beforeAll(async () => {
    await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
    body = '[]';
    base = (await list('json')).peak;
  }, 60_000);
  afterAll(() => {
    vendor.close();
  });

  it.each(Object.keys(REFUSED))(
    'a hostile answer is refused within 64 MiB: %s',
    async (shape) => {
      body = REFUSED[shape]?.() ?? '';
      const { code, out, error, peak } = await list('json');
      expect(code).toBe(1);
      expect(out).toBe('');
      expect(JSON.parse(error).error.message).toContain('that keyturn reads');
      expect(peak).toBeGreaterThan(0);
      expect(peak - base).toBeLessThan(MOST);
    },
    120_000,
  );

  it.each(Object.keys(READ))(
    'a long answer is listed within 64 MiB: %s',
    async (shape) => {
      body = READ[shape]?.() ?? '';
      const { code, out, error, peak } = await list('json');
      expect(error).toBe('');
      expect(code).toBe(0);
      const ids = JSON.parse(out).tokens.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(JSON.parse(body).map(({ id }: { id: unknown }) => String(id)));
      expect(peak - base).toBeLessThan(MOST);
    },
    120_000,
  );

  it.each(['json', 'ndjson', 'tsv'])(
    'a reader that never reads holds the answer back at the vendor: %s',
    async (format) => {
      body = tokens(150_000);
      sent = 0;
      let arrived = 0;
      const { peak } = await list(format, async () => {
        for (let quiet = 0; quiet < 10; ) {
          await sleep(200);
          quiet = sent > 0 && sent === arrived ? quiet + 1 : 0;
          arrived = sent;
        }
      });
      expect(arrived).toBeLessThan(body.length);
      expect(peak - base).toBeLessThan(MOST);
    },
    120_000,
  );
});
