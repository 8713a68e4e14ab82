import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BUILT, runProgram } from '../support/cli-process.ts';
import { createTestHome } from '../support/temp.ts';
import { createRig, type Rig } from './rig.ts';

const WRITERS = 6;
const CREATE = [
  'tokens',
  'create',
  '--user',
  'ci@example.com',
  '--audience',
  'apiv2',
  '--scope',
  'table://my.app',
];

/** Everything from the environment, so that each process may have a home of its own. */
const devo = (rig: Rig) => ({
  KEYTURN_PROVIDER: 'devo',
  KEYTURN_URL: rig.sandbox.origin,
  KEYTURN_REGION: 'us',
  KEYTURN_DOMAIN: 'acme',
  KEYTURN_TOKEN: rig.sandbox.login('devo'),
});

describe('many commands that deliver to one dotenv file at once', () => {
  test.each([false, true])(
    'lose nothing; each with a home of its own: %s',
    async (ownHome) => {
      const rig = await createRig({ KEYTURN_STORE: 'file' });
      const path = join(rig.home.path, 'shared.env');
      const before = `BASE=1\n${'# filler, as a large file has it\n'.repeat(25_000)}`;
      writeFileSync(path, before, { mode: 0o600 });
      const known = rig.sandbox.secrets.length;
      await Promise.all(
        Array.from({ length: WRITERS }, (_, n) => {
          const home = createTestHome();
          onTestFinished(() => home.remove());
          const env = { ...devo(rig), ...(ownHome ? { HOME: home.path } : {}) };
          return rig.must([...CREATE, '--name', `t${n}`, '--to', `env:${path}#V${n}`], undefined, env);
        }),
      );
      const after = readFileSync(path, 'utf8');
      expect(after.startsWith(before)).toBe(true);
      const values = after
        .slice(before.length)
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^V\d=/, ''));
      expect(values.sort()).toEqual(rig.sandbox.secrets.slice(known).sort());
      expect(values).toHaveLength(WRITERS);
      expect(readdirSync(rig.home.path).filter((name) => name.includes('env'))).toEqual(['shared.env']);
    },
    120_000,
  );
});

/** Whether this process may mount: root, in a mount name space of its own. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const mounts = canMount() ? describe : describe.skip;

mounts(
  `a dotenv file that is mounted by itself${canMount() ? '' : ' (skipped: needs root and unshare -m)'}`,
  () => {
    const inMount = async (mode: number, prepare = 'true') => {
      const rig = await createRig({ KEYTURN_STORE: 'file' });
      const at = (name: string) => join(rig.home.path, name);
      writeFileSync(
        at('outside.env'),
        'KEEP=1\nTOK=old-value-that-is-longer-than-the-new-one-by-far\n# end\n',
        { mode },
      );
      mkdirSync(at('in'));
      writeFileSync(at('in/side.env'), '', { mode });
      const script = `${prepare} && mount --bind outside.env in/side.env && exec "$@"`;
      const args = [...CREATE, '--name', 'ci', '--to', `env:${at('in/side.env')}#TOK`, '--force'];
      const result = await runProgram(
        'unshare',
        ['-m', 'sh', '-c', script, 'sh', process.execPath, BUILT, ...args],
        { cwd: rig.home.path, env: { ...rig.env, ...devo(rig) } },
      );
      return { rig, result, outside: () => readFileSync(at('outside.env'), 'utf8'), at };
    };

    test('is written in place', async () => {
      const { rig, result, outside, at } = await inMount(0o600);
      expect(result.stderr).toContain('written in place');
      expect(result.code).toBe(0);
      expect(outside()).toBe(`KEEP=1\nTOK=${rig.sandbox.secrets.at(-1)}\n# end\n`);
      expect(statSync(at('outside.env')).mode & 0o777).toBe(0o600);
      expect(readdirSync(at('in'))).toEqual(['side.env']);
    });

    test('in a folder that is read-only is refused before the request', async () => {
      const readOnly = 'mount --bind in in && mount -o remount,bind,ro in';
      const { rig, result, outside } = await inMount(0o600, readOnly);
      expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('another destination') });
      expect(outside()).toContain('TOK=old-value');
      expect(rig.sandbox.requests.filter(({ method }) => method === 'POST')).toEqual([]);
    });

    test('and that others can read is refused before the request', async () => {
      const { rig, result, outside } = await inMount(0o644);
      expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('chmod 600') });
      expect(outside()).toContain('TOK=old-value');
      expect(rig.sandbox.requests.filter(({ method }) => method === 'POST')).toEqual([]);
    });
  },
);
