import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createInProcessRig } from './rig.ts';

test('a secret that is bound to another place is not sent when its own rotation is resumed', async () => {
  const { home, must, run, sandbox } = await createInProcessRig();
  const login = ['login', 'prefactor', '--url', sandbox.origin, '--with-token', '--store', 'file'];
  await must(login, { stdin: sandbox.login('prefactor') });
  const { tokenId } = JSON.parse(await must(['whoami', '--json']));
  sandbox.setFaults(['GET /api/v1/ping status:503 after:1']);
  const rotate = ['tokens', 'rotate', `id:${tokenId}`, '--allow-self', '--yes'];
  expect((await run(rotate)).code).toBe(10);
  sandbox.setFaults([]);

  const path = join(home.path, '.config/keyturn/credentials.yaml');
  const before = readFileSync(path, 'utf8');
  expect(before).toContain(sandbox.origin);
  writeFileSync(path, before.replaceAll(sandbox.origin, 'https://elsewhere.example'));
  const sent = sandbox.requests.length;
  const refused = await run(['rotations', 'resume']);
  expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('elsewhere.example') });
  expect(sandbox.requests).toHaveLength(sent);

  writeFileSync(path, before);
  await must(['rotations', 'resume']);
});
