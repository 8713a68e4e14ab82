import { expect, test } from 'vitest';
import { commandsIn } from '../support/command-words.ts';
import { createInProcessRig } from './rig.ts';

// A hint is given as it is printed: nothing is filled in, nothing is missing.

const LOGINS: Readonly<Record<string, readonly string[]>> = {
  errova: ['--org', 'acme-inc'],
  devo: ['--region', 'eu', '--domain', 'acme'],
  prefactor: [],
  bluebricks: [],
};

test.each(Object.keys(LOGINS))('%s: what a login proposes next, and how to log in again', async (vendor) => {
  const rig = await createInProcessRig();
  const place = [...(LOGINS[vendor] ?? []), '--url', rig.sandbox.origin];
  const token = { stdin: rig.sandbox.login(vendor) };
  const session = { stdin: rig.sandbox.login('errova', 'session-cookie') };
  const first = ['login', vendor, ...place, '--with-token', '--store', 'file', '-p', 'work', '--json'];
  const login = await rig.run(first, token);
  const [create = []] = commandsIn(login.stderr).filter((words) => words[1] === 'create');
  expect(create).toContain('work');
  const made = await rig.run(create, vendor === 'errova' ? session : {});
  expect(made, made.stderr).toMatchObject({ code: 0 });

  rig.sandbox.setFaults(['* status:401']);
  const refused = await rig.run(['tokens', 'list', '-p', 'work', '--json']);
  rig.sandbox.setFaults([]);
  expect(refused.code).toBe(4);
  const [again = []] = commandsIn(JSON.parse(refused.stderr).error.hint).filter(([word]) => word === 'login');
  expect(again).toEqual(expect.arrayContaining([...place, 'work']));
  const result = await rig.run([...again, '--with-token'], token);
  expect(result, result.stderr).toMatchObject({ code: 0 });
});

test('what ended names the command that makes the next one', async () => {
  const rig = await createInProcessRig();
  await rig.loginDevo('-p', 'work');
  const devo = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'table://my.app'];
  await rig.must(['tokens', 'create', '--name', 'etl', ...devo, '--save']);
  await rig.must(['tokens', 'revoke', 'etl', '--yes']);
  const refused = await rig.run(['credentials', 'get', 'etl', '--print']);
  const [next = []] = commandsIn(refused.stderr);
  expect(next.slice(0, 2)).toEqual(['tokens', 'create']);
  expect(await rig.run(next)).toMatchObject({ code: 0 });
  expect((await rig.run(['credentials', 'get', 'etl-2', '--print'])).code).toBe(0);
});
