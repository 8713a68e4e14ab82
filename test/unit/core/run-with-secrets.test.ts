import { describe, expect, it } from 'vitest';
import { parseSecretVariable, type RunRequest, runWithSecrets } from '../../../src/core/run-with-secrets.ts';
import { AppError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { AttachRequest, ChildEnd, Children } from '../../../src/ports/child.ts';

function rig(end: ChildEnd = { kind: 'exit', code: 0 }) {
  const kept = new Map([
    ['ci', 'tok_0123456789'],
    ['short', 'abc'],
    ['nul', 'abcdefgh\0i'],
  ]);
  const opened: string[] = [];
  const attached: AttachRequest[] = [];
  const notes: string[] = [];
  const children: Children = {
    locate: async (command) =>
      command === 'absent' ? { kind: 'not-found' } : { kind: 'found', path: `/bin/${command}` },
    capture: async () => ({ end, stdout: new Uint8Array(), stderr: new Uint8Array() }),
    attach: async (request) => {
      attached.push(request);
      return end;
    },
  };
  const store = {
    open: async (name: string) => {
      opened.push(name);
      const value = kept.get(name);
      if (value === undefined) throw new AppError({ code: 'not-found', message: `no credential "${name}"` });
      return Secret.of(value);
    },
  };
  const run = (more: Partial<RunRequest> = {}) =>
    runWithSecrets(
      { store, children, note: (line) => notes.push(line) },
      {
        command: 'tool',
        args: ['--flag'],
        variables: [{ variable: 'TOKEN', credential: 'ci' }],
        env: {
          PATH: '/bin',
          A: '1',
          KEYTURN_TOKEN: 'x',
          KEYTURN_PASSPHRASE: 'y',
          keyturn_org: 'z',
          GONE: undefined,
        },
        mask: { stdout: true, stderr: false },
        ...more,
      },
    );
  return { run, opened, attached, notes };
}

describe('runWithSecrets', () => {
  it('hands on the secrets, the environment without keyturn’s own, and the exit code', async () => {
    const { run, attached, notes } = rig({ kind: 'exit', code: 42 });
    expect(await run()).toEqual({ code: 42, signal: null });
    expect(attached).toHaveLength(1);
    expect(attached[0]).toMatchObject({
      command: 'tool',
      args: ['--flag'],
      mask: { stdout: true, stderr: false },
    });
    expect(attached[0]?.env).toEqual({ PATH: '/bin', A: '1' });
    expect(attached[0]?.secrets['TOKEN']?.reveal()).toBe('tok_0123456789');
    expect(notes).toEqual([]);
  });

  it('ends as a shell would: 128 and the signal, 127, 126', async () => {
    expect(await rig({ kind: 'signal', name: 'SIGTERM', number: 15 }).run()).toEqual({
      code: 143,
      signal: 'SIGTERM',
    });
    expect((await rig({ kind: 'not-executable' }).run()).code).toBe(126);
    expect((await rig({ kind: 'batch-file' }).run()).code).toBe(126);
    expect((await rig({ kind: 'not-found' }).run()).code).toBe(127);
  });

  it('opens no secret for a command that is not there', async () => {
    const { run, opened, notes } = rig();
    expect((await run({ command: 'absent' })).code).toBe(127);
    expect(opened).toEqual([]);
    expect(notes).toEqual(['there is no command "absent"']);
  });

  it('runs nothing when a credential is missing, cannot be a variable, or is given twice', async () => {
    const { run, attached } = rig();
    const variable = (credential: string) => ({ variable: 'TOKEN', credential });
    await expect(run({ variables: [variable('absent')] })).rejects.toMatchObject({ code: 'not-found' });
    await expect(run({ variables: [variable('nul')] })).rejects.toMatchObject({ code: 'conflict' });
    await expect(run({ variables: [variable('ci'), variable('ci')] })).rejects.toMatchObject({
      code: 'usage',
    });
    expect(attached).toEqual([]);
  });

  it('masks nothing where no secret is known', async () => {
    const { run, attached } = rig();
    const bare = { variables: [], env: { PATH: '/bin' }, mask: { stdout: true, stderr: true } };
    await run(bare);
    await run({ ...bare, env: { PATH: '/bin', KEYTURN_TOKEN: 'tok_0123456789' } });
    expect(attached.map(({ mask }) => mask)).toEqual([
      { stdout: false, stderr: false },
      { stdout: true, stderr: true },
    ]);
  });

  it('says which secret is too short to be masked, where output is masked', async () => {
    const { run, notes } = rig();
    const variables = [{ variable: 'PIN', credential: 'short' }];
    await run({ variables, mask: { stdout: false, stderr: false } });
    expect(notes).toEqual([]);
    await run({ variables });
    expect(notes).toEqual(['"PIN" is shorter than 8 characters and is not masked in the output']);
  });
});

describe('parseSecretVariable', () => {
  it('reads a variable and a credential, and refuses variables that change how programs run', () => {
    expect(parseSecretVariable('TOKEN=ci@acme')).toEqual({ variable: 'TOKEN', credential: 'ci@acme' });
    const names = [
      'NODE_OPTIONS',
      'LD_PRELOAD',
      'DYLD_INSERT_LIBRARIES',
      'PATH',
      'BASH_ENV',
      'PYTHONSTARTUP',
      'GIT_SSH_COMMAND',
      'HTTPS_PROXY',
      'no_proxy',
      'KEYTURN_TOKEN',
      '__proto__',
    ];
    for (const text of [
      ...names.map((name) => `${name}=ci`),
      'TOKEN',
      '=ci',
      'TOKEN=',
      'A-B=ci',
      '1A=ci',
      '',
    ]) {
      expect(() => parseSecretVariable(text), text).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });
});
