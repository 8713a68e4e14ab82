import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BUILT, runProgram } from '../support/cli-process.ts';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

/** The built command through a shell that does something to its streams. */
async function shell(rig: InProcessRig, script: string) {
  const command = `keyturn() { "${process.execPath}" "${BUILT}" "$@"; }; ${script}`;
  return runProgram('/bin/sh', ['-c', command], { env: rig.home.env, cwd: rig.home.path });
}

// What tells a closed stream from a chosen /dev/null is Linux's /proc.
test.runIf(process.platform === 'linux')(
  'a secret is not written into a stdout that was closed',
  async () => {
    const rig = await createInProcessRig();
    await rig.loginDevo();
    const create = `keyturn tokens create --name ci ${DEVO.map((word) => `'${word}'`).join(' ')} --print`;
    const closed = await shell(rig, `${create} >&-`);
    expect({ code: closed.code, stdout: closed.stdout }).toEqual({ code: 10, stdout: '' });
    expect(closed.stderr).toContain('the output was closed before the secret was written');
    // Nothing was lost: it is printed where somebody reads.
    const resumed = await shell(rig, 'keyturn rotations resume --print');
    expect(resumed.code).toBe(0);
    expect(rig.sandbox.secrets).toContain(resumed.stdout.trimEnd());
  },
);

test.runIf(process.platform === 'linux')('what is thrown away on purpose is thrown away', async () => {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  const create = `keyturn tokens create ${DEVO.map((word) => `'${word}'`).join(' ')} --print`;
  expect((await shell(rig, `${create} --name one >/dev/null`)).code).toBe(0);
  // Opened for both, it looks like the one that Node puts in the place of a closed stream: refused, and not lost.
  expect((await shell(rig, `${create} --name two 1<>/dev/null`)).code).toBe(10);
  const piped = await shell(rig, `${create} --name three | cat > secret`);
  expect(piped.code).toBe(0);
  expect(rig.sandbox.secrets).toContain(readFileSync(join(rig.home.path, 'secret'), 'utf8').trimEnd());
});

test.runIf(process.platform === 'linux')(
  'a list into a closed stdout is no failure, and says nothing',
  async () => {
    const rig = await createInProcessRig();
    await rig.loginDevo();
    for (const redirect of ['>&-', '>&- 2>&-', '2>&-'])
      expect((await shell(rig, `keyturn credentials list ${redirect}`)).code).toBe(0);
  },
);
