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

describe('D7: a store in clear in the place of a sealed one', () => {
  const PASSPHRASE = { KEYTURN_PASSPHRASE: 'correct-horse' };
  const CLEAR = /are in clear, though a passphrase is set/g;
  const READS = [
    ['credentials', 'list'],
    ['credentials', 'get', 'x', '--print'],
    ['run', '--env', 'A=x', '--', 'true'],
  ];
  const startClear = async () => {
    const rig = await createInProcessRig({});
    await rig.must(['credentials', 'import', 'x', '--store', 'file'], secret);
    return rig;
  };

  test.each(['passphrase', 'keychain'])(
    'KEYTURN_STORE=%s: reads are refused as writes are',
    async (wanted) => {
      const rig = await startClear();
      const env = { ...PASSPHRASE, KEYTURN_STORE: wanted };
      for (const args of [...READS, ['credentials', 'import', 'y']]) {
        const { code, stdout, stderr } = await rig.run(args, { env, ...secret });
        expect([code, stdout]).toEqual([2, '']);
        expect(stderr).toContain('somebody replaced');
        expect(stderr).toContain(`keyturn credentials migrate --from file --to ${wanted}`);
      }
      const doctor = await rig.run(['doctor', '--offline'], { env });
      expect([doctor.code, doctor.stdout.includes('somebody replaced')]).toEqual([1, true]);
    },
  );

  test('the migration that the refusal names works', async () => {
    const rig = await startClear();
    const env = { ...PASSPHRASE, KEYTURN_NEW_PASSPHRASE: 'correct-horse', KEYTURN_STORE: 'passphrase' };
    const migrate = ['credentials', 'migrate', '--from', 'file', '--to', 'passphrase', '--yes'];
    expect(await rig.run(migrate, { env })).toMatchObject({ code: 0 });
    expect((await rig.run(['credentials', 'get', 'x', '--print'], { env })).stdout.trim()).toBe(secret.stdin);
  });

  test('a passphrase alone: said each time, also with -q; not where KEYTURN_STORE is "file"', async () => {
    const rig = await startClear();
    for (const args of READS)
      for (const quiet of [[], ['-q']]) {
        const [first = '', ...rest] = args;
        const said = async (env: Readonly<Record<string, string>>) =>
          (await rig.run([first, ...quiet, ...rest], { env })).stderr.match(CLEAR)?.length ?? 0;
        expect([args, await said(PASSPHRASE)]).toEqual([args, 1]);
        expect([args, await said({ ...PASSPHRASE, KEYTURN_STORE: 'file' })]).toEqual([args, 0]);
        expect([args, await said({})]).toEqual([args, 0]);
      }
  });
});
