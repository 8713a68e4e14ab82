import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BUILT } from '../support/cli-process.ts';

/** The launcher in a folder of its own, with what `dist` has in it. */
function launch(dist: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-unbuilt-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'dist', 'cli'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of ['keyturn.js', 'package.json'])
    copyFileSync(join(dirname(BUILT), name), join(folder, 'bin', name));
  for (const [name, text] of Object.entries(dist)) writeFileSync(join(folder, 'dist', 'cli', name), text);
  return spawnSync(process.execPath, [join(folder, 'bin', 'keyturn.js'), ...argv], { encoding: 'utf8' });
}

it.each<[string, Readonly<Record<string, string>>]>([
  ['nothing', {}],
  ['a file that needs another', { 'start.cjs': "require('./parse.cjs');" }],
])('a launcher that finds %s says so in one line', (_, dist) => {
  const { status, stdout, stderr } = launch(dist, 'tokens', 'list');
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: '',
    stderr: 'keyturn: it is not built here, "dist" is missing or incomplete; run `npm run build`\n',
  });
});

it('a launcher does not explain away what goes wrong in the command itself', () => {
  const { status, stderr } = launch({ 'start.cjs': 'throw new TypeError("broken");' }, 'tokens', 'list');
  expect(status).toBe(1);
  expect(stderr).toContain('TypeError: broken');
});

it('a launcher hands on the exit code of the command', () => {
  const dist = {
    'start.cjs':
      'exports.main = async (argv, runtime) => runtime.code + argv.length; exports.nodeRuntime = () => ({ code: 40 });',
  };
  expect(launch(dist, 'one', 'two').status).toBe(42);
});
