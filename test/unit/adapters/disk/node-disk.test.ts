import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { proveReplaceable, replaceFile, sweepLeftovers } from '../../../../src/adapters/disk/atomic-file.ts';
import { toDiskError } from '../../../../src/adapters/disk/disk-error.ts';
import { createNodeDisk } from '../../../../src/adapters/disk/node-disk.ts';
import { ensurePrivateFolder, refuseLooseFile } from '../../../../src/adapters/disk/private.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { caught, createRig, entry, random } from '../store/store-rig.ts';

const disk = createNodeDisk();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const mode = (path: string): number => lstatSync(path).mode & 0o7777;
const isRoot = process.getuid?.() === 0;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

describe('facts', () => {
  test('tells what a path is without following it', async () => {
    writeFileSync(at('f'), 'abc', { mode: 0o640 });
    chmodSync(at('f'), 0o640);
    symlinkSync('f', at('l'));
    execFileSync('mkfifo', [at('p')]);
    expect(await disk.facts(at('f'))).toMatchObject({ kind: 'file', mode: 0o640, size: 3, owned: true });
    expect(await disk.facts(at('l'))).toMatchObject({ kind: 'link', owned: true });
    expect(await disk.facts(folder)).toMatchObject({ kind: 'folder', mode: 0o700 });
    expect(await disk.facts(at('p'))).toMatchObject({ kind: 'other' });
    expect(await disk.facts(at('none'))).toBeNull();
    expect(await createNodeDisk({ uid: 4_242 }).facts(at('f'))).toMatchObject({ owned: false });
  });
});

describe('read', () => {
  test('gives the whole file, and null for none', async () => {
    const large = new Uint8Array(300_000).map((_, index) => index % 251);
    writeFileSync(at('f'), large);
    expect(await disk.read(at('f'), 300_000)).toEqual(large);
    expect(await disk.read(at('none'), 10)).toBeNull();
    expect((await caught(disk.read(at('f'), 299_999))).code).toBe('usage');
  });

  test('reads files that do not tell their size', async () => {
    const text = new TextDecoder().decode((await disk.read('/proc/self/status', 1_000_000)) ?? undefined);
    expect(text).toContain('Pid:');
  });

  test.each(['fifo', 'device', 'folder', 'link', 'loop'])('refuses a %s without waiting', async (kind) => {
    const path = kind === 'device' ? '/dev/zero' : at('x');
    if (kind === 'fifo') execFileSync('mkfifo', [path]);
    if (kind === 'folder') mkdirSync(path);
    if (kind === 'link') {
      writeFileSync(at('y'), 'victim');
      symlinkSync('y', path);
    }
    if (kind === 'loop') symlinkSync('x', path);
    const start = performance.now();
    expect((await caught(disk.read(path, 1_000))).code).toBe('usage');
    if (kind !== 'device') expect((await caught(disk.append(path))).code).toBe('usage');
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('create', () => {
  test('has exactly the mode asked for, whatever the umask', async () => {
    for (const umask of [0, 0o077, 0o777]) {
      const before = process.umask(umask);
      try {
        const file = await disk.create(at(`f${umask}`), 0o640);
        await file.close();
        await disk.makeFolder(at(`d${umask}/e`), 0o700);
      } finally {
        process.umask(before);
      }
      expect(mode(at(`f${umask}`))).toBe(0o640);
      expect(mode(at(`d${umask}`))).toBe(0o700);
      expect(mode(at(`d${umask}/e`))).toBe(0o700);
    }
  });

  test('refuses whatever is there, and leaves it', async () => {
    writeFileSync(at('victim'), 'victim');
    symlinkSync('victim', at('link'));
    symlinkSync('nowhere', at('dangling'));
    for (const name of ['victim', 'link', 'dangling']) {
      expect((await caught(disk.create(at(name), 0o600))).code).toBe('conflict');
    }
    expect(readFileSync(at('victim'), 'utf8')).toBe('victim');
    expect(existsSync(at('nowhere'))).toBe(false);
  });

  test('appends and truncates', async () => {
    const file = await disk.create(at('f'), 0o600);
    await file.write(bytes('one '));
    await file.write(bytes('two'));
    await file.sync();
    await file.close();
    const more = await disk.append(at('f'));
    await more.write(bytes(' three'));
    await more.close();
    expect(readFileSync(at('f'), 'utf8')).toBe('one two three');
    await disk.truncate(at('f'), 3);
    expect(readFileSync(at('f'), 'utf8')).toBe('one');
    expect((await caught(disk.append(at('none')))).code).toBe('usage');
  });
});

test('lists, removes, renames, resolves', async () => {
  writeFileSync(at('b'), '');
  writeFileSync(at('a'), '');
  expect(await disk.list(folder)).toEqual(['a', 'b']);
  expect(await disk.list(at('none'))).toEqual([]);
  await disk.remove(at('a'));
  await disk.remove(at('a'));
  await disk.rename(at('b'), at('c'));
  await disk.syncFolder(folder);
  expect(readdirSync(folder)).toEqual(['c']);
  symlinkSync('c', at('l1'));
  symlinkSync(at('l1'), at('l2'));
  symlinkSync('nowhere/x', at('l3'));
  symlinkSync('loop', at('loop'));
  expect(await disk.resolve(at('l2'))).toBe(at('c'));
  expect(await disk.resolve(at('c'))).toBe(at('c'));
  expect(await disk.resolve(at('l3'))).toBe(at('nowhere/x'));
  expect((await caught(disk.resolve(at('loop')))).message).toContain('loop');
});

test.each([
  ['ENOSPC', 'unavailable', 'full', 'make room'],
  ['EDQUOT', 'unavailable', 'full', 'make room'],
  ['EIO', 'unavailable', 'fault', 'check the disk'],
  ['EMFILE', 'unavailable', 'too many files', 'ulimit -n'],
  ['EROFS', 'usage', 'read-only', 'another folder'],
  ['EACCES', 'usage', 'no permission', 'ls -ld'],
  ['ELOOP', 'usage', 'symbolic link', 'remove the link'],
  ['EEXIST', 'conflict', 'exists', 'another path'],
  ['EWHATEVER', 'unavailable', 'EWHATEVER', 'then try again'],
])('%s becomes %s', (code, exit, words, next) => {
  const error = toDiskError(Object.assign(new Error('kt_canary in a message'), { code }), '/x/y\u001b[2J');
  expect(error.code).toBe(exit);
  expect(error.message).toContain(words);
  expect(error.facts.hint).toContain(next);
  expect(JSON.stringify(error.facts)).not.toContain('kt_canary');
  expect(error.message).not.toContain('\u001b');
});

describe('replaceFile', () => {
  test('replaces content and mode, keeps a link, leaves nothing else', async () => {
    writeFileSync(at('f'), 'old', { mode: 0o644 });
    symlinkSync('f', at('l'));
    await replaceFile(disk, random, at('l'), bytes('new'), 0o600);
    expect(lstatSync(at('l')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('f'), 'utf8')).toBe('new');
    expect(mode(at('f'))).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['f', 'l']);
  });

  test('changes nothing when the look before the rename fails', async () => {
    writeFileSync(at('f'), 'old');
    const refuse = async (temporary: string): Promise<void> => {
      expect(readFileSync(temporary, 'utf8')).toBe('new');
      throw new Error('no');
    };
    await expect(replaceFile(disk, random, at('f'), bytes('new'), 0o600, refuse)).rejects.toThrow('no');
    expect(readFileSync(at('f'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['f']);
  });

  test('does not follow what is planted at its temporary name', async () => {
    const known = { bytes: (count: number) => new Uint8Array(count).fill(7) };
    writeFileSync(at('victim'), 'victim');
    symlinkSync('victim', at(`.f.${'07'.repeat(16)}.tmp`));
    expect((await caught(replaceFile(disk, known, at('f'), bytes('new'), 0o600))).code).toBe('conflict');
    expect(readFileSync(at('victim'), 'utf8')).toBe('victim');
  });

  test('sweeps its own leftovers and nothing else', async () => {
    const names = [`.f.${'ab'.repeat(16)}.tmp`, `.g.${'ab'.repeat(16)}.tmp`, '.f.mine.tmp', 'f'];
    for (const name of names) writeFileSync(at(name), '');
    await sweepLeftovers(disk, at('f'));
    expect(readdirSync(folder).sort()).toEqual(names.slice(1).sort());
  });
});

describe('private places', () => {
  test('a loose folder or file is refused with the command that fixes it', async () => {
    mkdirSync(at('it’s open'));
    chmodSync(at('it’s open'), 0o755);
    const error = await caught(ensurePrivateFolder(disk, at('it’s open')));
    expect(error.facts.hint).toBe(`chmod 700 '${at('it’s open')}'`);
    writeFileSync(at('f'), '');
    chmodSync(at('f'), 0o666);
    expect((await caught(refuseLooseFile(disk, at('f')))).facts.hint).toBe(`chmod 600 ${at('f')}`);
    expect(mode(at('f'))).toBe(0o666);
  });

  test('a link or a file in the place of the folder is refused', async () => {
    mkdirSync(at('real'), { mode: 0o700 });
    symlinkSync('real', at('link'));
    writeFileSync(at('file'), '');
    for (const name of ['link', 'file']) {
      expect((await caught(ensurePrivateFolder(disk, at(name)))).code).toBe('usage');
    }
    expect(readdirSync(at('real'))).toEqual([]);
  });

  test.runIf(isRoot)('a folder of another user is refused (needs root)', async () => {
    mkdirSync(at('theirs'), { mode: 0o700 });
    chownSync(at('theirs'), 1_234, 1_234);
    expect((await caught(ensurePrivateFolder(disk, at('theirs')))).message).toContain('another user');
  });
});

describe('the store on a real disk', () => {
  test('makes everything private with umask 0, and reads back', async () => {
    const before = process.umask(0);
    const path = at('home/.config/keyturn/credentials.yaml');
    const { store, again } = createRig(disk, 'file', { path });
    try {
      await store.save(entry('acme'), Secret.of('s3cr3t'));
      await store.save(entry('acme'), Secret.of('s3cr3t-2'), { version: '1' });
    } finally {
      process.umask(before);
    }
    expect(mode(path)).toBe(0o600);
    expect(mode(at('home/.config/keyturn'))).toBe(0o700);
    expect(readdirSync(at('home/.config/keyturn'))).toEqual(['credentials.yaml']);
    expect((await again().open('acme')).reveal()).toBe('s3cr3t-2');
  });

  const tmpfs = isRoot && mountTmpfs();
  test.runIf(tmpfs)(
    'a full disk leaves the old file whole and no leftover (needs root and tmpfs)',
    async () => {
      const small = at('small');
      mkdirSync(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', small]);
      try {
        const path = join(small, 'keyturn/credentials.yaml');
        const { store, again, keychain } = createRig(disk, 'keychain', { path });
        await store.save(entry('acme'), Secret.of('kept'));
        const before = readFileSync(path, 'utf8');
        // Leave less room than a second copy of the file takes.
        execFileSync('sh', ['-c', `cat /dev/zero > ${join(small, 'filler')} 2>/dev/null || true`]);
        for (const work of [
          () => store.save(entry('acme'), Secret.of('new'), { version: '1' }),
          () => again().prove(),
          () => again().remove('acme'),
        ]) {
          expect((await caught(work())).message).toContain('full');
        }
        expect(readFileSync(path, 'utf8')).toBe(before);
        expect(readdirSync(join(small, 'keyturn'))).toEqual(['credentials.yaml']);
        expect((await again().open('acme')).reveal()).toBe('kept');
        expect(keychain.items.size).toBe(1);
        rmSync(join(small, 'filler'));
        await proveReplaceable(disk, random, path, statSync(path).size);
        await again().save(entry('acme'), Secret.of('new'), { version: '1' });
        expect((await again().open('acme')).reveal()).toBe('new');
      } finally {
        execFileSync('umount', [small]);
      }
    },
  );
});

function mountTmpfs(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'keyturn-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', probe], { stdio: 'ignore' });
    execFileSync('umount', [probe]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}
