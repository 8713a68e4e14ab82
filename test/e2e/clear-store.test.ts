import { describe, expect, test } from 'vitest';
import { createInProcessRig } from './rig.ts';

const WARNING = /^.*saved in clear.*$/gm;
const secret = { stdin: 'a-secret-of-somebody' };

describe('a store in clear is told of when it is made, and by doctor', () => {
  test.each<[string, boolean, Readonly<Record<string, string>>]>([
    ['--store file', true, {}],
    ['KEYTURN_STORE=file', false, { KEYTURN_STORE: 'file' }],
  ])('%s', async (_, isOption, env) => {
    const rig = await createInProcessRig(env);
    const place = ['--region', 'us', '--domain', 'acme', '--url', rig.sandbox.origin];
    const login = ['login', 'devo', ...place, '--with-token', ...(isOption ? ['--store', 'file'] : [])];
    const warned = async (args: readonly string[], stdin: string) => {
      const { code, stderr } = await rig.run(args, { stdin });
      return { code, lines: stderr.match(WARNING)?.length ?? 0 };
    };
    const before = await rig.run(['doctor', '--offline']);
    expect(/will be saved in clear/.test(before.stdout)).toBe(!isOption);
    expect(await warned(login, rig.sandbox.login('devo'))).toEqual({ code: 0, lines: 1 });
    expect(await warned(login, rig.sandbox.login('devo'))).toEqual({ code: 0, lines: 0 });
    expect(await warned(['credentials', 'import', 'x'], secret.stdin)).toEqual({ code: 0, lines: 0 });
    expect((await rig.run(['doctor', '--offline'])).stdout).toContain('not encrypted');
  });

  test('a sealed one is not', async () => {
    const rig = await createInProcessRig({
      KEYTURN_STORE: 'passphrase',
      KEYTURN_PASSPHRASE: 'correct-horse',
    });
    const { stderr } = await rig.run(['credentials', 'import', 'x'], secret);
    expect(stderr).not.toMatch(WARNING);
  });
});
