import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const SECRET = '0123456789abcdefghijklmnop';

/** A creation whose secret is kept as "kept" and could not be delivered. */
async function createStoppedRig(): Promise<InProcessRig & { readonly operation: string }> {
  const rig = await createInProcessRig();
  await rig.loginDevo('--profile', 'work');
  await rig.loginDevo('--profile', 'spare');
  await rig.must(['profiles', 'use', 'work']);
  const create = ['tokens', 'create', '--name', 'ci', ...DEVO, '--save', 'kept', '--to', 'exec:false'];
  expect((await rig.run(create)).code).toBe(10);
  const { rotations } = JSON.parse(await rig.must(['rotations', 'list', '--json']));
  return { ...rig, operation: rotations[0].id };
}

test.each([
  ['profiles rename', ['profiles', 'rename', 'work', 'other']],
  ['profiles remove', ['profiles', 'remove', 'work', '--yes']],
  ['logout', ['logout', 'work', '--yes']],
  ['logout of the current one', ['logout', '--yes']],
  ['credentials import over its entry', ['credentials', 'import', 'kept', '--force']],
])('%s is refused while an operation needs it, and works when it is finished', async (_, args) => {
  const rig = await createStoppedRig();
  const before = [
    await rig.must(['profiles', 'list', '--json']),
    await rig.must(['credentials', 'list', '--json']),
  ];
  const { code, stderr } = await rig.run(args, { stdin: SECRET });
  expect({ code, stderr }).toEqual({ code: 13, stderr: expect.stringContaining(rig.operation) });
  expect(stderr).toContain(`keyturn rotations resume ${rig.operation}`);
  expect([
    await rig.must(['profiles', 'list', '--json']),
    await rig.must(['credentials', 'list', '--json']),
  ]).toEqual(before);
  await rig.must(['rotations', 'resume', rig.operation, '--to', 'exec:true']);
  expect((await rig.run(args, { stdin: SECRET })).code).toBe(0);
});

test.each([
  ['profiles rename', ['profiles', 'rename', 'spare', 'other']],
  ['profiles remove', ['profiles', 'remove', 'spare', '--yes']],
  ['logout', ['logout', 'spare', '--yes']],
  ['credentials import', ['credentials', 'import', 'fresh']],
])('%s of what no operation needs works meanwhile', async (_, args) => {
  const rig = await createStoppedRig();
  expect(await rig.run(args, { stdin: SECRET })).toMatchObject({ code: 0 });
});

test('who uses a credential that an operation waits for is told in one line, and nobody else', async () => {
  const rig = await createStoppedRig();
  await rig.run(['credentials', 'import', 'other'], { stdin: SECRET });
  const said = async (...args: string[]) => (await rig.run(args)).stderr;
  const line = expect.stringMatching(/^unfinished: create token "ci"; `keyturn rotations list`\n/);
  expect(await said('credentials', 'get', 'kept')).toEqual(line);
  expect(await said('run', '--env', 'T=kept', '--', 'true')).toEqual(line);
  expect(await said('credentials', 'get', 'other')).toBe('');
  expect(await said('credentials', 'get', 'kept', '--json')).toBe('');
});

test('resume --all reports a record that cannot be trusted, and does not call it done', async () => {
  const rig = await createStoppedRig();
  const folder = join(rig.home.path, '.local/state/keyturn/attempts');
  const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.journal'));
  writeFileSync(join(folder, name), readFileSync(join(folder, name)).fill(0x41, 200, 210));
  const { code, stdout } = await rig.run(['rotations', 'resume', '--all', '--yes', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).results).toMatchObject([{ reference: rig.operation, result: 'failure' }]);
});

test('an audit log that was changed says so when it is listed, and -p chooses', async () => {
  const rig = await createStoppedRig();
  const path = join(rig.home.path, '.local/state/keyturn/audit.jsonl');
  const list = ['audit', 'list', '-o', 'tsv'];
  const before = await rig.run([...list, '-p', 'work']);
  expect(before).toMatchObject({ code: 0, stderr: '' });
  expect(before.stdout.split('\n').length).toBeGreaterThan(2);
  expect((await rig.run([...list, '-p', 'spare'])).stdout).toBe('');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"create"', '"revoke"'));
  expect((await rig.run(list)).stderr).toContain('the log was changed: from record 1 on');
});

test('--keep-old and --revoke exclude each other, and nothing is sent', async () => {
  const rig = await createStoppedRig();
  const sent = rig.sandbox.requests.length;
  const { code, stderr } = await rig.run(['tokens', 'rotate', 'kept', '--keep-old', '--revoke', '--yes']);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('exclude each other') });
  const writes = rig.sandbox.requests.slice(sent);
  expect(writes.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('logout leaves the profile of KEYTURN_PROFILE, and an option or an argument beats it', async () => {
  const rig = await createInProcessRig();
  for (const name of ['one', 'two', 'three', 'four']) await rig.loginDevo('--profile', name);
  await rig.must(['profiles', 'use', 'four']);
  const left = async () =>
    JSON.parse(await rig.must(['profiles', 'list', '--json'])).profiles.map(
      (profile: { name: string }) => profile.name,
    );
  const env = { KEYTURN_PROFILE: 'one' };
  await rig.must(['logout', 'two', '--yes'], { env });
  await rig.must(['logout', '--profile', 'three', '--yes'], { env });
  expect((await left()).sort()).toEqual(['four', 'one']);
  await rig.must(['logout', '--yes'], { env });
  expect(await left()).toEqual(['four']);
  expect((await rig.run(['logout', '--yes'], { env })).code).toBe(5);
  await rig.must(['logout', '--yes'], { env: { KEYTURN_PROFILE: '' } });
  expect(await left()).toEqual([]);
});
