import { expect, test } from 'vitest';
import { createInProcessRig, DEVO, type InProcessRig } from './rig.ts';

// A server of Devo's that has no call for one token: what is gone is told by the list alone.

const ONE = '/ws/accounts/acme/credentials/tokens/*';

async function rigWith(status: number, answers = {}): Promise<InProcessRig> {
  const rig = await createInProcessRig({}, undefined, { answers: { devo: answers } });
  await rig.loginDevo();
  for (const name of ['a', 'b']) await rig.must(['tokens', 'create', '--name', name, ...DEVO, '--save']);
  rig.sandbox.setFaults([`GET ${ONE} status:${status}`]);
  return rig;
}

test.each([404, 405, 501])('%i: an ending that did nothing is no ending', async (status) => {
  const { run, must } = await rigWith(status, { endings: 'silent', writes: 'empty' });
  for (const verb of ['revoke', 'disable', 'delete']) {
    const failed = await run(['tokens', verb, 'a', '--yes', '--json']);
    expect(failed, failed.stdout).toMatchObject({ code: 1, stderr: expect.stringContaining('still active') });
  }
  const { credentials } = JSON.parse(await must(['credentials', 'list', '--json']));
  expect(credentials.map(({ state }: { state: string }) => state)).not.toContain('ended');
});

test.each([404, 405, 501])('%i: an ending that was done is confirmed by the list', async (status) => {
  const { must } = await rigWith(status);
  const { results } = JSON.parse(await must(['tokens', 'revoke', 'a', 'id:3', '--yes', '--json']));
  expect(results).toMatchObject([
    { id: '2', result: 'revoked' },
    { id: '3', result: 'revoked' },
  ]);
});

test('a token is shown by its id', async () => {
  const { must } = await rigWith(404);
  expect(JSON.parse(await must(['tokens', 'get', 'id:2', '--json'])).token).toMatchObject({ name: 'a' });
});
