import { expect, onTestFinished, test } from 'vitest';
import { createInProcessRig } from './rig.ts';

/** Every command between backquotes, with the placeholder replaced. */
function commandsIn(hint: string, name: string): readonly (readonly string[])[] {
  return [...hint.matchAll(/`keyturn ([^`]+)`/g)].map(([, command = '']) =>
    command.split(' ').map((word) => (word === 'NAME' ? name : word)),
  );
}

test('Bluebricks answers 422 because the keys are used up: the limit is named, and the commands of the hint work', async () => {
  const rig = await createInProcessRig({}, onTestFinished, { assumptions: { bluebricksMostKeys: 2 } });
  const place = ['--url', rig.sandbox.origin, '--profile', 'team', '--store', 'file'];
  await rig.must(['login', 'bluebricks', ...place, '--with-token'], {
    stdin: rig.sandbox.login('bluebricks'),
  });
  rig.sandbox.seedTokens('bluebricks', 2);
  const create = ['tokens', 'create', '--name', 'ci', '--print', '-p', 'team', '--json'];
  const { code, stderr } = await rig.run(create);
  expect(code).toBe(1);
  expect(stderr).toContain('API key limit reached: an organization may have 2 active keys');
  const [list = [], disable = [], ...more] = commandsIn(stderr, 'seed-1');
  expect(more).toEqual([]);
  expect(list.slice(-2)).toEqual(['-p', 'team']);
  expect(disable).toEqual(['tokens', 'disable', 'seed-1', '-p', 'team']);
  await rig.must(list);
  await rig.must([...disable, '--yes']);
  await rig.must(create);
});
