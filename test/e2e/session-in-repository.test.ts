import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInProcessRig, type InProcessRig } from './rig.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const FOREIGN = `${part({ alg: 'HS256' })}.${part({ _: { a: 'attacker' }, sub: 'x' })}.c2lnbmF0dXJl`;

function put(rig: InProcessRig, path: string, key: string): string {
  const whole = join(rig.home.path, path);
  mkdirSync(dirname(whole), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ default: { api_key: key, base_url: rig.sandbox.origin } });
  writeFileSync(whole, text, { mode: 0o600 });
  return whole;
}

const LOGIN = ['login', 'prefactor', '--from-cli', '--store', 'file'];

describe('B9 login --from-cli with a session that somebody else may have written', () => {
  // What lies where, and from where the command runs.
  const PLACES: readonly (readonly [string, string, string | null, string])[] = [
    ['the root of the repository', 'repo/prefactor.json', 'repo/.git', 'repo/deep/down'],
    ['the repository itself', 'repo/prefactor.json', 'repo/.git', 'repo'],
    ['another version control', 'repo/prefactor.json', 'repo/.hg', 'repo'],
    ['a folder without version control', 'unpacked/prefactor.json', null, 'unpacked'],
    ['a home that is a repository', '.prefactor/prefactor.json', '.git', 'elsewhere'],
  ];

  test.each(PLACES)('%s', async (_, file, control, cwd) => {
    const rig = await createInProcessRig();
    const path = put(rig, file, FOREIGN);
    if (!file.startsWith('.')) put(rig, '.prefactor/prefactor.json', rig.sandbox.login('prefactor'));
    for (const folder of [control, cwd])
      if (folder !== null) mkdirSync(join(rig.home.path, folder), { recursive: true });
    const from = { cwd: join(rig.home.path, cwd) };
    for (const more of [[], ['--yes'], ['--url', rig.sandbox.origin], ['--cli-file', path]]) {
      const before = rig.sandbox.requests.length;
      const refused = await rig.run([...LOGIN, ...more], from);
      expect(rig.sandbox.requests.slice(before)).toEqual([]);
      expect(refused.code, refused.stderr).toBe(2);
      expect(refused.stderr).toContain(
        `keyturn login prefactor --from-cli --cli-file ${path} --url ${rig.sandbox.origin} -p prefactor`,
      );
    }
    const no = await rig.run(LOGIN, { ...from, answers: ['n'] });
    expect(no.code).toBe(3);
    for (const text of [path, rig.sandbox.origin, 'attacker']) expect(no.stderr).toContain(text);
    expect(await rig.must(['profiles', 'list'])).toBe('');
    put(rig, file, rig.sandbox.login('prefactor'));
    await rig.must([...LOGIN, '--cli-file', path, '--url', rig.sandbox.origin], from);
    expect((await rig.run(LOGIN, { ...from, answers: ['y', 'y'] })).code).toBe(0);
  });

  test('a link into a repository', async () => {
    const rig = await createInProcessRig();
    const path = put(rig, 'dotfiles/prefactor.json', FOREIGN);
    mkdirSync(join(rig.home.path, 'dotfiles/.git'));
    mkdirSync(join(rig.home.path, '.prefactor'), { mode: 0o700 });
    symlinkSync(path, join(rig.home.path, '.prefactor/prefactor.json'));
    const cwd = join(rig.home.path, '.config');
    mkdirSync(cwd, { recursive: true, mode: 0o700 });
    expect((await rig.run(LOGIN, { cwd })).code).toBe(2);
  });

  test('a session in the home folder asks nothing', async () => {
    const rig = await createInProcessRig();
    put(rig, '.prefactor/prefactor.json', rig.sandbox.login('prefactor'));
    await rig.must(LOGIN);
    await rig.must(LOGIN);
  });

  test('"--cli-file" without "--from-cli" is refused', async () => {
    const rig = await createInProcessRig();
    const args = ['login', 'prefactor', '--cli-file', 'x', '--with-token'];
    expect((await rig.run(args, { stdin: 'x' })).code).toBe(2);
  });
});
