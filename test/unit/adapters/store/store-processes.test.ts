import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createNodeDisk } from '../../../../src/adapters/disk/node-disk.ts';
import { createFileLocks } from '../../../../src/adapters/locks/file-locks.ts';
import { createProcesses } from '../../../../src/adapters/locks/process-identity.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { compileSource } from './compiled.ts';
import { caught, createRig, entry, random } from './store-rig.ts';

const run = promisify(execFile);
const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));
const disk = createNodeDisk();
const wallClock = {
  now: () => Date.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

let source: ReturnType<typeof compileSource>;
let folder = '';
beforeAll(() => {
  source = compileSource();
});
afterAll(() => source.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-processes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function work(args: readonly string[], env: Record<string, string> = {}): Promise<unknown> {
  const [command = '', ...rest] = args;
  const options = { env: { ...process.env, ...env }, timeout: 60_000 };
  const { stdout } = await run(process.execPath, [worker, source.folder, command, folder, ...rest], options);
  return JSON.parse(stdout);
}

const locks = () =>
  createFileLocks({
    disk,
    random,
    clock: wallClock,
    processes: createProcesses({ pid: process.pid, signalZero: () => true }),
    folder: join(folder, 'locks'),
  });

test('in a thousand races between processes never two hold the lock', async () => {
  const racers = Array.from({ length: 4 }, () => work(['race', '250']));
  expect(await Promise.all(racers)).toEqual(racers.map(() => ({ together: 0 })));
  expect(readdirSync(join(folder, 'locks'))).toEqual([]);
}, 60_000);

test('a lock is free when its holder was killed, reaped or not', async () => {
  // The shell becomes `sleep`, which never asks how its child ended: the holder stays as a zombie.
  const script = '"$@" & exec sleep 60';
  const args = ['-c', script, 'sh', process.execPath, worker, source.folder, 'hold', folder];
  const parent = spawn('/bin/sh', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
    const refused = await caught(locks().hold('race', 50, async () => 'in'));
    expect(refused.code).toBe('locked');
    process.kill(pid, 'SIGKILL');
    expect(await locks().hold('race', 2_000, async () => 'in')).toBe('in');
    expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ');
    expect(readdirSync(join(folder, 'locks'))).toEqual([]);
  } finally {
    parent.kill('SIGKILL');
  }
});

/** Another machine on the same disk, whose time passes a hundred times faster. */
const elsewhere = () =>
  createFileLocks({
    disk,
    random,
    clock: { sleep: (ms) => wallClock.sleep(ms / 100) },
    processes: createProcesses({ pid: process.pid, signalZero: () => true, host: 'pod-2' }),
    folder: join(folder, 'locks'),
  });

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'a lock runs out on another machine after a %s of its holder',
  async (signal) => {
    const child = spawn(process.execPath, [worker, source.folder, 'keep', folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      let said = '';
      child.stdout.on('data', (part: Buffer) => (said += part.toString('utf8')));
      await vi.waitFor(() => expect(said).toMatch(/^\d+\n/), 10_000);
      child.kill(signal);
      expect(await elsewhere().hold('race', 0, async () => 'in')).toBe('in');
      expect(readdirSync(join(folder, 'locks'))).toEqual([]);
      if (signal === 'SIGKILL') return;
      child.stdin.write('go on\n');
      child.kill('SIGCONT');
      await vi.waitFor(() => expect(said).toMatch(/\nlocked\n$/), 10_000);
    } finally {
      child.kill('SIGKILL');
    }
  },
);

test('twenty writers and fifty readers at once lose nothing', async () => {
  const path = join(folder, 'credentials.yaml');
  const { store, again, keychain } = createRig(disk, 'keychain', { path, locks: locks() });
  await store.save(entry('shared', { origin: null }), Secret.of('value-shared'));
  const env = { TEST_VAULT_KEY: [...keychain.items.values()][0] ?? '' };
  const ids = Array.from({ length: 20 }, (_, index) => `${index}`);
  const writers = ids.map((id) => work(['write', id, '2'], env));
  const readers = Array.from({ length: 50 }, () => work(['read', '4'], env));
  expect(await Promise.all(writers)).toEqual(ids.map(() => 'done'));
  for (const seen of await Promise.all(readers)) expect(seen).toEqual({ wrong: [] });
  const names = (await again().list()).map((credential) => credential.name);
  expect(names.sort()).toEqual(['shared', ...ids.map((id) => `w${id}-1`)].sort());
  // Twenty saves of the one entry and one before: each was made from the one before it.
  expect((await again().find('shared'))?.current.version).toBe('21');
  expect((await again().open('w7-1')).reveal()).toBe('value-w7-1');
  expect(readdirSync(folder).sort()).toEqual(['credentials.yaml', 'locks']);
}, 120_000);
