import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createInProcessRig } from './rig.ts';

const devo = (origin: string) => ['login', 'devo', '--region', 'us', '--domain', 'acme', '--url', origin];

test('without a current profile the commands list those that there are', async () => {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  await rig.must([...devo(rig.sandbox.origin), '--profile', 'second', '--with-token'], {
    stdin: rig.sandbox.login('devo'),
  });
  await rig.must(['logout', 'devo', '--yes']);
  for (const args of [['whoami'], ['tokens', 'list'], ['tokens', 'revoke', 'x', '--yes']]) {
    const result = await rig.run(args);
    expect(result.code).toBe(4);
    expect(result.stderr).toContain('no profile is current');
    expect(result.stderr).toContain('`keyturn profiles use NAME` (second)');
  }
  expect((await rig.run(['whoami', '-p', 'second'])).code).toBe(0);
});

test.each(['nobody', 'Devo', 'devo '])('the provider %j is none, logged in or not', async (provider) => {
  const rig = await createInProcessRig();
  for (const env of [{}, { KEYTURN_TOKEN: 'x'.repeat(32) }]) {
    const result = await rig.run(['whoami', '--provider', provider], { env });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('no such provider');
    expect(result.stderr).toContain('errova, devo, prefactor, bluebricks');
  }
});

test('a setting that is mistyped is asked for again, its values listed', async () => {
  const rig = await createInProcessRig();
  const secret = rig.sandbox.login('devo');
  const result = await rig.run(
    ['login', 'devo', '--domain', 'acme', '--url', rig.sandbox.origin, '--store', 'file'],
    { answers: ['', 'mars', 'us', secret] },
  );
  expect(result, result.stderr).toMatchObject({ code: 0 });
  expect(result.stderr).toContain('(us, eu, ca, apac, es)');
});

test('a store that cannot be used is told before a person types a secret', async () => {
  const rig = await createInProcessRig();
  const answers: string[] = [];
  const result = await rig.run(devo(rig.sandbox.origin), { answers });
  expect(result.code).toBe(7);
  expect(result.stderr).toContain('keychain');
});

test('a session of an on-premise backend goes nowhere else', async () => {
  const rig = await createInProcessRig();
  mkdirSync(join(rig.home.path, '.bricks'));
  writeFileSync(
    join(rig.home.path, '.bricks/credentials.yaml'),
    `token: Bearer ${rig.sandbox.login('bluebricks')}\n`,
  );
  const backend = (url: string) =>
    writeFileSync(join(rig.home.path, '.bricks/config.yaml'), `backend_api_url: ${url}\n`);
  const login = ['login', 'bluebricks', '--from-cli', '--store', 'file'];
  backend('https://bricks.internal.example/api');
  for (const more of [[], ['--url', rig.sandbox.origin]]) {
    const refused = await rig.run([...login, ...more]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('https://bricks.internal.example');
  }
  backend(rig.sandbox.origin);
  expect((await rig.run(login)).code).toBe(2);
  const done = await rig.run([...login, '--url', rig.sandbox.origin]);
  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect(done.stderr).toContain('.bricks/credentials.yaml');
  expect(JSON.parse(await rig.must(['whoami', '--json'])).sources.file).toContain('.bricks/credentials.yaml');
  backend('https://bricks.internal.example');
  expect((await rig.run(['tokens', 'list'])).code).toBe(4);
});

test.each([
  ['the id of another token', '2', 6],
  ['an id that nobody has', '999', 6],
  ['its own id', '1', 0],
])('login devo with "--token-id" and %s', async (_, id, code) => {
  const rig = await createInProcessRig();
  await rig.loginDevo();
  const spec = ['--user', 'ci@example.com', '--audience', 'apiv2', '--scope', 'table://my.app'];
  await rig.must(['tokens', 'create', '--name', 'ci', ...spec, '--save']);
  await rig.must(['logout', '--yes']);
  const result = await rig.run([...devo(rig.sandbox.origin), '--with-token', '--token-id', id], {
    stdin: rig.sandbox.login('devo'),
  });
  expect(result.code).toBe(code);
  expect((await rig.run(['profiles', 'list'])).stdout === '').toBe(code !== 0);
});
