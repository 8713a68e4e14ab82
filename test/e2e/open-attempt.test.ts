import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

const SECRET = '0123456789abcdefghijklmnop';

/** A creation whose secret is kept as "kept" and could not be delivered. */
async function createStoppedRig(): Promise<InProcessRig & { readonly attempt: string }> {
  const rig = await createInProcessRig();
  await rig.loginDevo('--profile', 'work');
  await rig.loginDevo('--profile', 'spare');
  await rig.must(['profiles', 'use', 'work']);
  const create = ['tokens', 'create', '--name', 'ci', ...DEVO, '--save', 'kept', '--to', 'exec:false'];
  expect((await rig.run(create)).code).toBe(10);
  const { rotations } = JSON.parse(await rig.must(['rotations', 'list', '--json']));
  return { ...rig, attempt: rotations[0].id };
}

test.each([
  ['profiles rename', ['profiles', 'rename', 'work', 'other']],
  ['profiles remove', ['profiles', 'remove', 'work', '--yes']],
  ['logout', ['logout', 'work', '--yes']],
  ['logout of the current one', ['logout', '--yes']],
  ['credentials import over its entry', ['credentials', 'import', 'kept', '--force']],
])('%s is refused while an attempt needs it, and works when it is finished', async (_, args) => {
  const rig = await createStoppedRig();
  const before = [
    await rig.must(['profiles', 'list', '--json']),
    await rig.must(['credentials', 'list', '--json']),
  ];
  const { code, stderr } = await rig.run(args, { stdin: SECRET });
  expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining(rig.attempt) });
  expect(stderr).toContain(`keyturn rotations resume ${rig.attempt}`);
  expect([
    await rig.must(['profiles', 'list', '--json']),
    await rig.must(['credentials', 'list', '--json']),
  ]).toEqual(before);
  await rig.must(['rotations', 'resume', rig.attempt, '--to', 'exec:true']);
  expect((await rig.run(args, { stdin: SECRET })).code).toBe(0);
});

test.each([
  ['profiles rename', ['profiles', 'rename', 'spare', 'other']],
  ['profiles remove', ['profiles', 'remove', 'spare', '--yes']],
  ['logout', ['logout', 'spare', '--yes']],
  ['credentials import', ['credentials', 'import', 'fresh']],
])('%s of what no attempt needs works meanwhile', async (_, args) => {
  const rig = await createStoppedRig();
  expect(await rig.run(args, { stdin: SECRET })).toMatchObject({ code: 0 });
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
