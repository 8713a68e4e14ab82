import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

// What the provider has ended is recorded in the store, whatever fails afterwards.

async function stateOf({ must }: InProcessRig, name: string): Promise<string> {
  const { credentials } = JSON.parse(await must(['credentials', 'list', '--json']));
  return credentials.find((each: { name: string }) => each.name === name).state;
}

test('a rotation that stops after the old token ended has its other copies marked when it is resumed', async () => {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  await rig.must(['tokens', 'create', '--name', 'etl', ...DEVO, '--save']);
  const old = (await rig.must(['credentials', 'get', 'etl', '--print'])).trim();
  await rig.must(['tokens', 'rotate', 'etl', '--save', 'copy', '--old', 'keep', '--yes']);
  expect(old).not.toBe('');
  // The old token is saved as "etl"; its successor goes to "next".
  const waits = await rig.run(['tokens', 'rotate', 'id:2', '--save', 'next', '--old', '1h', '--yes']);
  expect(waits, waits.stderr).toMatchObject({ code: 10 });
  expect(await stateOf(rig, 'etl')).toBe('active');
  const ended = await rig.run(['rotations', 'resume', '--now', '--yes']);
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expect(ended.stderr).toContain('the saved credential "etl" holds the old secret; it is marked as ended');
  expect(await stateOf(rig, 'etl')).toBe('ended');
});
