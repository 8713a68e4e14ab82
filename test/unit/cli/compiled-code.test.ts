import { chmodSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
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

test('compiled code is kept below the home, whatever XDG_CACHE_HOME says', async () => {
  const { home, kept } = await foldersKept();
  expect(kept).toEqual([join(home, '.cache/keyturn/compiled')]);
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

test('with NODE_DISABLE_COMPILE_CACHE nothing is kept', async () => {
  const kept: string[] = [];
  const keep = (folder: string) => void kept.push(folder);
  const home = createTestHome();
  onTestFinished(() => home.remove());
  await keepCompiledCode({
    env: home.env,
    platform: process.platform,
    home: home.path,
    keepCompiledCode: keep,
  });
  expect(kept).toEqual([]);
  expect(existsSync(join(home.path, '.cache'))).toBe(false);
});

test.each([
  ['Node itself keeps it, where it can', { enableCompileCache: (folder: string) => folder }, 0],
  ['keyturn keeps it at the end of the process, where Node cannot', {}, 1],
])('%s', async (_, module, listeners) => {
  const events: string[] = [];
  const own = {
    getBuiltinModule: () => module,
    version: 'v20',
    once: (event: string) => void events.push(event),
  };
  const { keepCompiledCode: keep } = compileCacheOf(own as unknown as NodeJS.Process, () => '/nowhere');
  const usual = createRequire(import.meta.url).extensions;
  const before = usual['.cjs'];
  await keep('/no/folder');
  if (before) usual['.cjs'] = before;
  else delete usual['.cjs'];
  expect(events).toEqual(Array.from({ length: listeners }, () => 'exit'));
});
