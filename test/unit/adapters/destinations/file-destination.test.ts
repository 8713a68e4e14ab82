import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { destinationRig } from './destination-rig.ts';

const secret = Secret.of('tok_0123456789abcdef');

describe('file destination', () => {
  it('writes the secret and a newline into a new file of mode 0600, whatever the umask', async () => {
    const rig = destinationRig();
    const destination = parseDestination(`file:${rig.at('token')}`, rig.deps);
    await destination.prove();
    expect(readdirSync(rig.folder)).toEqual([]);
    expect(await destination.holds(secret)).toBe(false);
    await destination.deliver(secret);
    expect(readFileSync(rig.at('token'), 'utf8')).toBe('tok_0123456789abcdef\n');
    expect(statSync(rig.at('token')).mode & 0o777).toBe(0o600);
    expect(await destination.holds(secret)).toBe(true);
    expect(await destination.holds(Secret.of('another_secret_value'))).toBe(false);
  });

  it('refuses a file that exists, and replaces it by force with a tighter mode', async () => {
    const rig = destinationRig();
    writeFileSync(rig.at('token'), 'precious', { mode: 0o644 });
    const destination = parseDestination(`file:${rig.at('token')}`, rig.deps);
    await expect(destination.prove()).rejects.toMatchObject({ code: 'conflict' });
    await expect(destination.deliver(secret)).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(rig.at('token'), 'utf8')).toBe('precious');
    const forced = parseDestination(`file:${rig.at('token')}`, { ...rig.deps, force: true });
    await forced.prove();
    await forced.deliver(secret);
    expect(readFileSync(rig.at('token'), 'utf8')).toBe('tok_0123456789abcdef\n');
    expect(statSync(rig.at('token')).mode & 0o777).toBe(0o600);
    expect(readdirSync(rig.folder)).toEqual(['token']);
  });

  it('delivers twice without a conflict, and finishes its own write that was cut short', async () => {
    const rig = destinationRig();
    const destination = parseDestination(`file:${rig.at('token')}`, rig.deps);
    await destination.deliver(secret);
    await destination.deliver(secret);
    writeFileSync(rig.at('token'), 'tok_0123');
    await destination.deliver(secret);
    expect(readFileSync(rig.at('token'), 'utf8')).toBe('tok_0123456789abcdef\n');
  });

  it('refuses links, folders, and a folder that is not there, and writes nothing', async () => {
    const rig = destinationRig({ force: true });
    writeFileSync(rig.at('real'), 'real');
    symlinkSync(rig.at('real'), rig.at('link'));
    symlinkSync(rig.at('nowhere'), rig.at('dangling'));
    mkdirSync(rig.at('folder'));
    for (const name of ['link', 'dangling', 'folder', 'absent/token', 'real/token']) {
      const destination = parseDestination(`file:${rig.at(name)}`, rig.deps);
      await expect(destination.prove(), name).rejects.toMatchObject({ code: 'usage' });
      await expect(destination.deliver(secret), name).rejects.toMatchObject({ name: 'AppError' });
    }
    expect(readFileSync(rig.at('real'), 'utf8')).toBe('real');
    expect(readdirSync(rig.folder).sort()).toEqual(['dangling', 'folder', 'link', 'real']);
  });

  it('says when git would publish the file, and not when it is ignored', async () => {
    const rig = destinationRig();
    const git = (...args: string[]) => execFileSync('git', ['-C', rig.folder, ...args], { stdio: 'pipe' });
    git('init', '-q');
    await parseDestination(`file:${rig.at('token')}`, rig.deps).prove();
    expect(rig.notes).toEqual([`"${rig.at('token')}" is not ignored by git: add it to .gitignore`]);
    writeFileSync(rig.at('.gitignore'), 'token\n');
    await parseDestination(`file:${rig.at('token')}`, rig.deps).prove();
    expect(rig.notes).toHaveLength(1);
    writeFileSync(rig.at('tracked'), '');
    git('add', '-f', 'tracked');
    await parseDestination(`file:${rig.at('tracked')}`, { ...rig.deps, force: true }).prove();
    expect(rig.notes.at(-1)).toContain('is tracked by git');
  });

  it('does not run a program that the repository names', async () => {
    const rig = destinationRig();
    const git = (...args: string[]) => execFileSync('git', ['-C', rig.folder, ...args], { stdio: 'pipe' });
    git('init', '-q');
    writeFileSync(rig.at('hook'), `#!/bin/sh\ntouch ${rig.at('pwned')}\n`, { mode: 0o755 });
    git('config', 'core.fsmonitor', rig.at('hook'));
    await parseDestination(`file:${rig.at('token')}`, rig.deps).prove();
    expect(readdirSync(rig.folder)).not.toContain('pwned');
  });
});

describe('parseDestination', () => {
  it('refuses what is not a destination, without repeating it', () => {
    const { deps } = destinationRig();
    for (const text of [
      '',
      'tok_secret',
      'file:',
      'file:folder/',
      'env:.env',
      'env:#X',
      'exec:',
      'exec: ',
      'S3:x',
      'file:a\0b',
    ]) {
      expect(() => parseDestination(text, deps), text).toThrow(expect.objectContaining({ code: 'usage' }));
    }
    expect(() => parseDestination('tok_secret', deps)).not.toThrow(/tok_secret/);
  });
});
