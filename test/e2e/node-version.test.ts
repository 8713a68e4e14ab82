import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../support/cli-process.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'keyturn.js');
const source = readFileSync(BIN, 'utf8');

/** Runs the command under a Node that says it is of this version; `lacks` takes away what it has not. */
function as(version: string, lacks: boolean) {
  const pretend = `const real = process; globalThis.process = new Proxy(real, {
    get: (_, key) => key === 'versions' ? { ...real.versions, node: '${version}' }
      : key === 'getBuiltinModule' && ${lacks} ? undefined
      : typeof real[key] === 'function' ? real[key].bind(real) : real[key],
    set: (_, key, value) => ((real[key] = value), true) });`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, BIN, '--version'];
  return runProgram(process.execPath, args, { env: { PATH: process.env['PATH'] }, cwd: '/' });
}

describe('D3 a Node that is too old', () => {
  test.each([
    ['12.22.12', true, '20.19'],
    ['14.21.3', true, '20.19'],
    ['16.20.2', true, '20.19'],
    ['18.20.8', true, '20.19'],
    ['20.0.0', true, '20.19'],
    ['20.10.0', true, '20.19'],
    ['20.18.3', false, '20.19'],
    ['9.11.2', true, '20.19'],
    ['21.7.3', true, '22.3'],
    ['22.2.0', true, '22.3'],
  ])('%s: one line and exit 2', async (version, lacks, least) => {
    const { code, stdout, stderr } = await as(version, lacks);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `keyturn needs Node.js ${least} or later; this is ${version}\n`,
    });
  });

  test.each(['20.19.0', '20.20.2', '22.12.0', '24.0.0', '100.0.0'])('%s is not', async (version) => {
    expect((await as(version, false)).code).toBe(0);
  });

  test('the file has no syntax that an old Node cannot read', () => {
    const code = source.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
    expect(code).not.toMatch(/\?\.|\?\?|\|\|=|&&=|#\w+[ (;=]|^\s*(import|export)\s|\bat\(/m);
    expect(code.split('async function')[0]).not.toMatch(/\bawait\b|\bimport\b/);
  });

  const old = (process.env['KEYTURN_TEST_OLD_NODES'] ?? '').split(':').filter((path) => existsSync(path));
  test.skipIf(old.length === 0)('with real ones (skipped: KEYTURN_TEST_OLD_NODES names none)', async () => {
    for (const node of old) {
      const result = await runProgram(node, [BIN, 'tokens', 'list'], { env: {}, cwd: '/' });
      expect([result.code, result.stderr]).toEqual([
        2,
        expect.stringMatching(/^keyturn needs Node.js .+\n$/),
      ]);
    }
  });
});
