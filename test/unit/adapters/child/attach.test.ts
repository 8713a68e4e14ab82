import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNodeChildren } from '../../../../src/adapters/child/node-children.ts';
import { Secret } from '../../../../src/domain/secret.ts';

const both = { stdout: true, stderr: true };

function rig(terminal = false) {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-child-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const listeners = new Map<string, () => void>();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const seen = { stdout: '', stderr: '' };
  stdout.on('data', (part: Buffer) => (seen.stdout += part.toString('utf8')));
  stderr.on('data', (part: Buffer) => (seen.stderr += part.toString('utf8')));
  const children = createNodeChildren(
    {
      stdout,
      stderr,
      oneOutput: false,
      terminal,
      relay: null,
      onSignal(name, listener) {
        listeners.set(name, listener);
        return () => listeners.delete(name);
      },
    },
    process.platform,
  );
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
  const shell = (script: string, secrets: Record<string, Secret> = {}) =>
    children.attach({ command: 'sh', args: ['-c', script], env, secrets, alsoMasked: [], mask: both });
  const untilSeen = async (text: string) => {
    for (let i = 0; i < 200 && !seen.stdout.includes(text); i += 1) await pause(10);
  };
  return { folder, listeners, seen, stdout, children, env, shell, untilSeen };
}

describe('attach', () => {
  it('gives the child its secrets and the given environment, and masks what it writes', async () => {
    const { shell, seen, folder } = rig();
    const end = await shell(`env > ${folder}/env; echo "out $TOKEN"; echo "err $TOKEN" >&2; exit 7`, {
      TOKEN: Secret.of('tok_0123456789'),
    });
    expect(end).toEqual({ kind: 'exit', code: 7 });
    expect(seen).toEqual({ stdout: 'out [secret]\n', stderr: 'err [secret]\n' });
    const env = readFileSync(join(folder, 'env'), 'utf8');
    expect(env).toContain('TOKEN=tok_0123456789\n');
    expect(env.split('\n').filter((line) => !/^(TOKEN|PATH|PWD|OLDPWD|SHLVL|_)=|^$/.test(line))).toEqual([]);
  });

  it.each([
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
    'SIGQUIT',
    'SIGUSR1',
    'SIGUSR2',
    'SIGWINCH',
    'SIGTSTP',
    'SIGURG',
  ] as const)('hands on %s', async (name) => {
    const { shell, listeners, seen, untilSeen } = rig();
    const short = name.slice(3);
    const end = shell(`trap 'echo got ${short}; exit 5' ${short}; echo ready; while :; do sleep 0.02; done`);
    await untilSeen('ready');
    listeners.get(name)?.();
    expect(await end).toEqual({ kind: 'exit', code: 5 });
    expect(seen.stdout).toBe(`ready\ngot ${short}\n`);
    expect(listeners.size).toBe(0);
  });

  it.each(['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const)(
    'hands on a %s that the terminal did not send',
    async (name) => {
      const { shell, listeners, seen, untilSeen } = rig(true);
      const short = name.slice(3);
      const end = shell(
        `trap 'echo got ${short}; exit 5' ${short}; echo ready; while :; do sleep 0.02; done`,
      );
      await untilSeen('ready');
      listeners.get(name)?.();
      expect(await end).toEqual({ kind: 'exit', code: 5 });
      expect(seen.stdout).toBe(`ready\ngot ${short}\n`);
    },
  );

  it('tells a death by signal', async () => {
    expect(await rig().shell('kill -KILL $$')).toEqual({ kind: 'signal', name: 'SIGKILL', number: 9 });
  });

  it('loses nothing of long output to a slow reader', async () => {
    const { env } = rig();
    const stdout = new PassThrough({ highWaterMark: 16 });
    const slow = createNodeChildren(
      {
        stdout,
        stderr: new PassThrough(),
        oneOutput: false,
        terminal: false,
        relay: null,
        onSignal: () => () => {},
      },
      process.platform,
    );
    const end = slow.attach({
      command: 'sh',
      args: ['-c', 'head -c 100000 /dev/zero | tr "\\0" x'],
      env,
      secrets: {},
      alsoMasked: [],
      mask: both,
    });
    await pause(1_500);
    let size = 0;
    stdout.on('data', (part: Buffer) => {
      size += part.length;
    });
    expect(await end).toEqual({ kind: 'exit', code: 0 });
    await pause(20);
    expect(size).toBe(100_000);
  });

  it('without a program to leave them to, waits for the processes that the child left behind', async () => {
    const { shell, seen } = rig();
    expect(await shell('(sleep 1.5; echo later) & echo done')).toEqual({ kind: 'exit', code: 0 });
    expect(seen.stdout).toBe('done\nlater\n');
  });

  it('a signal ends that wait', async () => {
    const { shell, listeners } = rig();
    const started = performance.now();
    const end = shell('sleep 20 & exit 3');
    await pause(300);
    listeners.get('SIGTERM')?.();
    expect(await end).toEqual({ kind: 'exit', code: 3 });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('tells what is not there from what cannot be executed', async () => {
    const { children, env, folder } = rig();
    const run = (command: string) =>
      children.attach({ command, args: [], env, secrets: {}, alsoMasked: [], mask: both });
    writeFileSync(join(folder, 'plain'), 'x', { mode: 0o644 });
    writeFileSync(join(folder, 'broken'), '#!/nonexistent/interpreter\n', { mode: 0o755 });
    expect(await run('no-such-command-here')).toEqual({ kind: 'not-found' });
    expect(await run(join(folder, 'absent'))).toEqual({ kind: 'not-found' });
    expect(await run(join(folder, 'plain'))).toEqual({ kind: 'not-executable' });
    expect(await run(folder)).toEqual({ kind: 'not-executable' });
    expect(await run(join(folder, 'broken'))).toEqual({ kind: 'not-found' });
    expect(await run('')).toEqual({ kind: 'not-found' });
  });

  it('does not take a program from the current folder', async () => {
    const { children, folder } = rig();
    writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await children.locate('tool', { PATH: folder })).toEqual({
      kind: 'found',
      path: join(folder, 'tool'),
    });
    expect(await children.locate('package.json', { PATH: ':.:./bin' })).toEqual({ kind: 'not-found' });
  });
});
