import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const CREATE = ['tokens', 'create', '--name', 'ci', ...DEVO];

async function createRepository() {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  const inHome = (path: string) => join(rig.home.path, path);
  mkdirSync(inHome('repo/.git/hooks'), { recursive: true, mode: 0o700 });
  return { ...rig, inHome, hooks: () => readdirSync(inHome('repo/.git/hooks')) };
}

const changes = ({ sandbox }: InProcessRig) =>
  sandbox.requests.filter(({ method }) => method !== 'GET').length;

test.each([
  'repo/.git/hooks/post-checkout',
  '.config/keyturn/credentials.yaml',
  '.local/state/keyturn/journal.key',
])('nothing is sent and nothing written for %s', async (path) => {
  const rig = await createRepository();
  const before = [rig.hooks(), readFileSync(rig.inHome('.config/keyturn/credentials.yaml'))];
  for (const to of [`file:${rig.inHome(path)}`, `env:${rig.inHome(path)}#TOK`]) {
    const refused = await rig.run([...CREATE, '--to', to, '--force']);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/version-control|keyturn's own/),
    });
  }
  writeFileSync(
    rig.inHome('policy.yaml'),
    `schema: 1\ntokens:\n  - { name: docs, scopes: ["table://my.app"], options: { user: ci@example.com, audience: apiv2 }, deliver: ["file:${path}"] }\n`,
  );
  for (const command of ['plan', 'apply'])
    expect(await rig.run([command, rig.inHome('policy.yaml')])).toMatchObject({ code: 2 });
  expect(await rig.run(['sandbox', '--state', rig.inHome(path)])).toMatchObject({ code: 2 });
  expect(changes(rig)).toBe(0);
  expect([rig.hooks(), readFileSync(rig.inHome('.config/keyturn/credentials.yaml'))]).toEqual(before);
});

test('a resume refuses it too: its folder became a link since', async () => {
  const rig = await createRepository();
  mkdirSync(rig.inHome('later'), { mode: 0o700 });
  const [away, file] = [`exec:rmdir ${rig.inHome('later')}`, `file:${rig.inHome('later/post-checkout')}`];
  expect((await rig.run([...CREATE, '--to', away, '--to', file])).code).not.toBe(0);
  symlinkSync('repo/.git/hooks', rig.inHome('later'));
  const resumed = await rig.run(['rotations', 'resume']);
  expect(resumed.stderr).toContain('lies in the version-control folder');
  expect(rig.hooks()).toEqual([]);
  await rig.must(['rotations', 'resume', '--to', `file:${rig.inHome('elsewhere')}`]);
  expect(readFileSync(rig.inHome('elsewhere'), 'utf8')).toBe(`${rig.sandbox.secrets.at(-1)}\n`);
});
