import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeAnonymousPipes } from '../../../../src/adapters/child/anonymous-pipes.ts';
import { makeFifos } from '../../../../src/adapters/child/fifos.ts';
import { closePipes } from '../../../../src/adapters/child/pipe.ts';
import { createPipes } from '../../../../src/adapters/child/pipes.ts';

const which = (name: string) => execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
const scratch = mkdtempSync(join(tmpdir(), 'keyturn-pipes-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const linux = process.platform === 'linux';

describe.each([
  ...(linux ? [['anonymous', () => makeAnonymousPipes(which('sh'), 3)] as const] : []),
  ['with a name', () => makeFifos(which('mkfifo'), 3, { TMPDIR: scratch })] as const,
])('pipes: %s', (_, make) => {
  it('are pipes of their own, which a child opens by name', async () => {
    const pipes = await make();
    if (!pipes) throw new Error('none were made');
    onTestFinished(() => closePipes(pipes));
    pipes.forEach(({ read, write }, at) => {
      writeSync(write, `by us ${at};`);
      spawnSync('sh', ['-c', `echo by name ${at} > /dev/fd/1`], { stdio: ['ignore', write, 'inherit'] });
      const buffer = Buffer.alloc(100);
      const length = readSync(read, buffer);
      expect(buffer.toString('utf8', 0, length)).toBe(`by us ${at};by name ${at}\n`);
    });
    expect(readdirSync(scratch)).toEqual([]);
  });
});

it('there are none where nothing makes them', async () => {
  expect(await createPipes(1, { PATH: '/nonexistent' }, process.platform)).toBe(null);
  expect(await makeAnonymousPipes('/bin/false', 1)).toBe(null);
  expect(await makeAnonymousPipes('/nonexistent', 1)).toBe(null);
  expect(await makeFifos('/bin/false', 1, {})).toBe(null);
});
