import { expect, test } from 'vitest';
import { createInProcessRig, type InProcessRig } from './rig.ts';

const credentials = (rig: InProcessRig) =>
  [...rig.home.files().keys()].filter((path) => path.startsWith('.config/'));

const WRONG = 'ert_0123456789abcdefghijklmnopqrstuvwxyzABCDEF';

test.each([
  ['a token that the provider refuses', ['--with-token'], WRONG, []],
  ['a provider that is away', ['--with-token', '--timeout', '1s'], WRONG, ['status:503']],
  ['a cookie that the provider refuses', ['--session'], '0123456789abcdefghijklmnopqrstuvwxyzABCDEFG', []],
])(
  '%s leaves no credentials file, and the next login chooses its own store',
  async (_, way, stdin, faults) => {
    const rig = await createInProcessRig();
    rig.sandbox.setFaults(faults);
    const login = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin];
    const refused = await rig.run([...login, ...way, '--store', 'file'], { stdin });
    expect(refused.code).not.toBe(0);
    expect(credentials(rig)).toEqual([]);
    rig.sandbox.setFaults([]);
    const env = { KEYTURN_PASSPHRASE: 'correct-horse-battery' };
    await rig.must([...login, '--with-token', '--store', 'passphrase'], {
      stdin: rig.sandbox.login('errova'),
      env,
    });
    expect(JSON.parse(await rig.must(['credentials', 'list', '--json'])).store).toBe('passphrase');
    // What the refused one recorded stands in nobody's way.
    expect(await rig.must(['rotations', 'list'], { env })).toBe('');
    expect((await rig.run(['doctor', '--offline'], { env })).code).toBe(0);
  },
);

test('a session whose issuing request is refused leaves no credentials file either', async () => {
  const rig = await createInProcessRig();
  rig.sandbox.setFaults(['POST * status:422']);
  const login = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin, '--session'];
  const refused = await rig.run([...login, '--store', 'file'], {
    stdin: rig.sandbox.login('errova', 'session-cookie'),
  });
  expect(refused.code).not.toBe(0);
  expect(credentials(rig)).toEqual([]);
});

test('a session whose answer was lost keeps the store that its record is sealed with', async () => {
  const rig = await createInProcessRig();
  rig.sandbox.setFaults(['POST * reset-after x1']);
  const login = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin, '--session'];
  const lost = await rig.run([...login, '--store', 'passphrase'], {
    stdin: rig.sandbox.login('errova', 'session-cookie'),
    env: { KEYTURN_PASSPHRASE: 'correct-horse-battery' },
  });
  expect(lost.code).not.toBe(0);
  const open = JSON.parse(await rig.must(['rotations', 'list', '--json'])).rotations;
  expect(open).toHaveLength(1);
  expect(credentials(rig)).toEqual(['.config/keyturn/credentials.yaml']);
});

test('a login that is refused beside others leaves them as they are', async () => {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  const before = await rig.must(['credentials', 'list', '--json']);
  const login = ['login', 'errova', '--org', 'acme-inc', '--url', rig.sandbox.origin, '--with-token'];
  expect((await rig.run(login, { stdin: WRONG })).code).toBe(4);
  expect(await rig.must(['credentials', 'list', '--json'])).toBe(before);
});
