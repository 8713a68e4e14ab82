import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { createInProcessRig, DEVO } from './rig.ts';

const CREATE = ['tokens', 'create', '--name', 'ci', ...DEVO];
const TELL = "exec:sh -c 'cat > /dev/null; echo was called'";

describe('in GitHub Actions every secret is masked before it goes anywhere', () => {
  it.each([
    ['file:token'],
    ['env:.env#TOK'],
    ['github-output:token'],
    ['github-env:TOK'],
    [TELL],
    ['github-output:token', 'env:.env#TOK', 'file:token'],
  ])('%s', async (...destinations) => {
    const rig = await inActions();
    const to = destinations.flatMap((destination) => ['--to', destination]);
    const { code, stderr, stdout } = await rig.run([...CREATE, '--quiet', ...to]);
    expect(code).toBe(0);
    const secret = rig.sandbox.secrets.at(-1);
    const lines = stderr.split('\n').filter((line) => line !== '');
    expect(lines[0]).toBe(`::add-mask::${secret}`);
    expect(lines.filter((line) => line.includes(`${secret}`) && !line.startsWith('::add-mask::'))).toEqual(
      [],
    );
    expect(stdout).not.toContain(secret);
  });

  it.each([
    ['export', 'tok'],
    ['export', 'tok', '--format', 'dotenv'],
    ['export', 'tok', '--format', 'json'],
    ['get', 'tok', '--print'],
    ['get', 'tok', '--print', '--json'],
  ])('credentials %s %s %s %s', async (...args) => {
    const rig = await inActions();
    await rig.must([...CREATE, '--save', 'tok']);
    const secret = rig.sandbox.secrets.at(-1);
    const { code, stdout, stderr } = await rig.run(['credentials', ...args]);
    expect(code).toBe(0);
    expect(stderr).toBe(`::add-mask::${secret}\n`);
    expect(stdout).toContain(secret);
  });

  test('also one that a killed delivery has written already', async () => {
    const rig = await inActions();
    const command = `exec:sh -c 'cat >/dev/null; test -e ${rig.home.path}/ok'`;
    const failed = await rig.run([...CREATE, '--to', 'file:token', '--to', command]);
    expect(failed.code).toBe(10);
    writeFileSync(join(rig.home.path, 'ok'), '');
    const operation = (await rig.must(['rotations', 'list', '-o', 'name'])).trim();
    const resumed = await rig.run(['rotations', 'resume', operation, '--to', command]);
    expect(resumed).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`::add-mask::${rig.sandbox.secrets.at(-1)}`),
    });
  });
});

test('elsewhere nothing is masked', async () => {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  const { stderr } = await rig.run([...CREATE, '--to', 'file:token', '--save', 'tok']);
  expect(stderr).not.toContain(rig.sandbox.secrets.at(-1));
});

async function inActions() {
  const files = { GITHUB_OUTPUT: 'output', GITHUB_ENV: 'env' };
  const rig = await createInProcessRig();
  await rig.loginDevo();
  const env = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, join(rig.home.path, file)]),
  );
  for (const path of Object.values(env)) writeFileSync(path, '');
  const more = { env: { ...env, GITHUB_ACTIONS: 'true' } };
  return {
    ...rig,
    run: (args: readonly string[]) => rig.run(args, more),
    must: (args: readonly string[]) => rig.must(args, more),
  };
}
