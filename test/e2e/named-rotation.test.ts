import { expect, test } from 'vitest';
import { createInProcessRig } from './rig.ts';

test('one named token that may be the managing credential is rotated with --yes, several only with --allow-self', async () => {
  const { must, run, sandbox } = await createInProcessRig();
  sandbox.seedTokens('errova', 3);
  const login = ['login', 'errova', '--org', 'acme-inc', '--url', sandbox.origin, '--store', 'file'];
  await must([...login, '--with-token'], { stdin: sandbox.login('errova') });
  const { tokens } = JSON.parse(await must(['tokens', 'list', '--json']));
  const [one, two] = tokens.map(({ id }: { id: string }) => `id:${id}`).slice(-2);
  const changes = () => sandbox.requests.filter(({ method }) => method !== 'GET').length;

  expect((await run(['tokens', 'rotate', one, '--save', 'ci'])).code).toBe(6);
  const several = await run(['tokens', 'rotate', one, two, '--save', '--yes']);
  expect([several.code, changes()]).toEqual([6, 0]);
  expect(several.stderr).toContain('--allow-self');

  const rotated = await run(['tokens', 'rotate', one, '--save', 'ci', '--yes']);
  expect([rotated.code, changes()]).toEqual([0, 1]);
  expect(rotated.stderr).toContain(
    'may be the credential that keyturn is using. It is rotated, because it was named',
  );
  expect((await run(['tokens', 'revoke', two, '--yes'])).code).toBe(6);
});
