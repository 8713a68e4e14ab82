import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compileCacheOf, keepCompiledCode } from '../../../src/cli/services/compiled-code.ts';
import { createTestHome } from '../../support/temp.ts';

/** Where Node was told to keep code, in a home of its own. */
async function foldersKept(prepare: (home: string) => void = () => undefined) {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const env = { XDG_CACHE_HOME: join(home.path, 'cache') };
  prepare(home.path);
  const kept: string[] = [];
  const runtime = { env, platform: process.platform, home: home.path };
  await keepCompiledCode({ ...runtime, keepCompiledCode: (folder) => void kept.push(folder) });
  return { home: home.path, kept };
}

test('compiled code is kept below the cache folder', async () => {
  const { home, kept } = await foldersKept();
  expect(kept).toEqual([join(home, 'cache/keyturn/compiled')]);
});

test('and not where others can write', async () => {
  const { kept } = await foldersKept((home) => chmodSync(home, 0o777));
  expect(kept).toEqual([]);
});

test('without a home folder the command goes on', async () => {
  const kept: string[] = [];
  const keep = (folder: string) => void kept.push(folder);
  await keepCompiledCode({ env: {}, platform: 'linux', home: '', keepCompiledCode: keep });
  expect(kept).toEqual([]);
});

test('a Node without the function makes no folder', async () => {
  const home = createTestHome();
  onTestFinished(() => home.remove());
  const old = compileCacheOf({ getBuiltinModule: () => ({}) } as unknown as NodeJS.Process);
  await keepCompiledCode({ env: {}, platform: process.platform, home: home.path, ...old });
  expect(existsSync(join(home.path, '.cache'))).toBe(false);
});
