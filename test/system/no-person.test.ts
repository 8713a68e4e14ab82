import { expect, test } from 'vitest';
import { describeWithTerminal } from '../support/pty.ts';
import { createRig, type Rig } from './rig.ts';

const SECRET = 'tok_Zm9yLW5vLXBlcnNvbg-0123456789';

/** What says that nobody is there, and what does not. */
const NOBODY: readonly (readonly [env: Readonly<Record<string, string>>, options: readonly string[]])[] = [
  [{ CI: 'true' }, []],
  [{ CI: '1' }, []],
  [{ CI: 'woodpecker' }, []],
  [{ CI: 'true' }, ['--no-input']],
  [{ CI: 'false' }, ['--no-input']],
  [{}, ['--no-input']],
  [{ TF_BUILD: 'True' }, []],
];
const SOMEBODY: readonly Readonly<Record<string, string>>[] = [{}, { CI: 'false' }, { CI: '0' }, { CI: '' }];

async function createPersonRig(): Promise<Rig> {
  const rig = await createRig({ KEYTURN_STORE: 'file' });
  await rig.must(['credentials', 'import', 'svc'], SECRET);
  await rig.must(
    ['login', 'prefactor', '--url', rig.sandbox.origin, '--with-token'],
    rig.sandbox.login('prefactor'),
  );
  return rig;
}

/** Both as a terminal and as a pipe: neither may differ from the other where nobody is there. */
async function onBoth(rig: Rig, args: readonly string[], env: Readonly<Record<string, string>>) {
  const terminal = rig.terminal(args, env);
  const code = await terminal.end;
  const piped = await rig.keyturn(args, '', env);
  return [
    { code, text: terminal.seen() },
    { code: piped.code, text: piped.stdout + piped.stderr },
  ];
}

const issued = (rig: Rig) => rig.sandbox.requests.filter(({ method }) => method !== 'GET').length;

describeWithTerminal('A4: without a person a terminal counts as a pipe', () => {
  test.each(NOBODY)(
    '%j %j: nothing is shown, nothing is asked',
    async (env, options) => {
      const rig = await createPersonRig();
      await rig.must(['tokens', 'create', '--name', 'old', '--to', 'file:old']);
      const before = issued(rig);
      const secrets = [SECRET, ...rig.sandbox.secrets];
      for (const args of [
        ['tokens', 'create', '--name', 'new'],
        ['tokens', 'rotate', 'old', '--yes'],
      ]) {
        for (const { code, text } of await onBoth(rig, [...args, ...options], env)) {
          expect({ args, code }).toEqual({ args, code: 2 });
          expect(text).toContain('--print');
        }
      }
      for (const { code, text } of await onBoth(rig, ['tokens', 'revoke', 'old', ...options], env)) {
        expect(code).toBe(2);
        expect(text).toContain('--yes');
      }
      expect(issued(rig)).toBe(before);
      for (const args of [
        ['credentials', 'get', 'svc'],
        ['tokens', 'get', 'old'],
        ['tokens', 'list'],
      ]) {
        for (const { code, text } of await onBoth(rig, [...args, ...options], env)) {
          expect({ args, code }).toEqual({ args, code: 0 });
          expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
          expect(text).not.toContain('\u001b');
        }
      }
      const say = ['--', 'sh', '-c', 'echo "out $T"; echo "err $T" >&2'];
      for (const { code, text } of await onBoth(rig, ['run', ...options, '--env', 'T=svc', ...say], env)) {
        expect(code).toBe(0);
        expect(text).toMatch(/out \[secret\]/);
        expect(text).toMatch(/err \[secret\]/);
      }
      const open = rig.terminal(['run', ...options, '--no-mask', '--env', 'T=svc', ...say], env);
      expect(await open.end).toBe(0);
      expect(open.seen()).toContain(`out ${SECRET}`);
    },
    120_000,
  );

  test.each(NOBODY)(
    '%j %j: an unfinished operation is not resumed onto the screen',
    async (env, options) => {
      const rig = await createPersonRig();
      const first = rig.shell(
        '$KEYTURN tokens create --name lost >/dev/full 2>&1; $KEYTURN tokens create --name lost --print >/dev/full; echo "code=$?"',
      );
      await first.until('code=');
      await first.end;
      const secrets = rig.sandbox.secrets;
      for (const { code, text } of await onBoth(rig, ['rotations', 'resume', ...options], env)) {
        expect(code).not.toBe(0);
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      }
    },
    60_000,
  );

  test.each(SOMEBODY)(
    '%j: a person sees what was asked for',
    async (env) => {
      const rig = await createPersonRig();
      const created = rig.terminal(['tokens', 'create', '--name', 'new'], env);
      expect(await created.end).toBe(0);
      expect(rig.sandbox.secrets.filter((secret) => created.seen().includes(secret))).toHaveLength(1);
      const run = rig.terminal(['run', '--env', 'T=svc', '--', 'sh', '-c', 'echo "out $T"'], env);
      expect(await run.end).toBe(0);
      expect(run.seen()).toContain(`out ${SECRET}`);
      const asked = rig.terminal(['tokens', 'revoke', 'new'], env);
      await asked.until('[y/N]');
      asked.type('n\r');
      expect(await asked.end).toBe(3);
    },
    60_000,
  );
});
