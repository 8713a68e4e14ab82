import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../support/cli-process.ts';

const QUICKSTART = join(import.meta.dirname, '..', '..', 'scripts', 'quickstart.mjs');

test('the quickstart goes through the life of a token with each vendor', async () => {
  const { code, stdout, stderr } = await runProgram(process.execPath, [QUICKSTART, '--built'], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  expect(stdout.slice(-400) + stderr).toContain('Everything worked, and nothing is left behind.');
  expect(code).toBe(0);
}, 180_000);
