import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStateFile } from '../../../src/sandbox/state-file.ts';
import { setUp } from './support.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a new file starts empty and appears with the first save, for its owner only', async () => {
  const path = join(folder, 'state.json');
  const file = await openStateFile(path);
  expect(file.state).toBeUndefined();
  await file.save({ a: 1 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await openStateFile(path)).state).toEqual({ a: 1 });
  expect(await readdir(folder)).toEqual(['state.json']);
});

test('saves keep their order', async () => {
  const path = join(folder, 'state.json');
  const file = await openStateFile(path);
  await Promise.all(Array.from({ length: 20 }, (_, index) => file.save({ index })));
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ index: 19 });
});

test('a sandbox survives a restart', async () => {
  const path = join(folder, 'state.json');
  const before = setUp();
  const bearer = before.login('bluebricks').secret;
  const { api_key } = before.send('POST', '/api/v1/auth/key', { bearer, body: { name: 'ci' } }).body;
  await (await openStateFile(path)).save(before.sandbox.save());

  const after = setUp({}, 'restarted');
  after.sandbox.load((await openStateFile(path)).state);
  expect(after.send('GET', '/api/v1/environments', { bearer: api_key }).status).toBe(200);
  expect(await readFile(path, 'utf8')).not.toContain(api_key);
});

test('a file that is no JSON is refused and left alone', async () => {
  const path = join(folder, 'state.json');
  await writeFile(path, 'canary');
  const error = await openStateFile(path).catch((it: unknown) => it);
  expect(error).toMatchObject({ code: 'usage', message: expect.not.stringContaining('canary') });
  expect(await readFile(path, 'utf8')).toBe('canary');
});

test('a save that fails says so, leaves nothing behind and does not block the next', async () => {
  const path = join(folder, 'gone', 'state.json');
  const file = await openStateFile(path);
  await expect(file.save({})).rejects.toMatchObject({ code: 'failure' });
  await expect(file.save({})).rejects.toMatchObject({ code: 'failure' });
  expect(await readdir(folder)).toEqual([]);
});
