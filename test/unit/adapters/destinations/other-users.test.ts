import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDestination } from '../../../../src/adapters/destinations/parse-destination.ts';
import { createNodeDisk } from '../../../../src/adapters/disk/node-disk.ts';
import { isAppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import { destinationRig } from './destination-rig.ts';

const secret = Secret.of('tok_0123456789abcdefghij');
const OTHER = 12_345;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? describe : describe.skip;
const because = isRoot ? '' : ' (skipped: needs root)';

type Rig = ReturnType<typeof destinationRig>;

function makeFolder(path: string, mode: number): string {
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

describe('A12: a folder that other users may write is refused', () => {
  const REFUSED: readonly (readonly [string, (rig: Rig) => string])[] = [
    ['0777', ({ at }) => makeFolder(at('open'), 0o777)],
    ['1777', ({ at }) => makeFolder(at('open'), 0o1777)],
    ['0702', ({ at }) => makeFolder(at('open'), 0o702)],
    ['one below 0777', ({ at }) => makeFolder(join(makeFolder(at('open'), 0o777), 'mine'), 0o700)],
    [
      'a link to such a folder',
      ({ at }) => {
        makeFolder(at('open'), 0o1777);
        symlinkSync('open', at('link'));
        return at('link');
      },
    ],
    [
      'a link that lies in such a folder',
      ({ at }) => {
        makeFolder(at('mine'), 0o700);
        symlinkSync('../mine', join(makeFolder(at('open'), 0o777), 'link'));
        return at('open/link');
      },
    ],
  ];

  it.each(REFUSED)('%s', async (_, prepare) => {
    const rig = destinationRig();
    const folder = prepare(rig);
    for (const kind of ['env:PATH#TOK', 'file:PATH']) {
      const destination = parseDestination(kind.replace('PATH', join(folder, 'target')), rig.deps);
      const refused = { code: 'usage', message: expect.stringContaining('other users may write') };
      await expect(destination.prove()).rejects.toMatchObject(refused);
      await expect(destination.deliver(secret)).rejects.toMatchObject(refused);
      expect(() => lstatSync(join(folder, 'target'))).toThrow('ENOENT');
    }
  });

  it.each([0o700, 0o755, 0o1755, 0o500 | 0o200])('and %o is not', async (mode) => {
    const rig = destinationRig();
    const folder = makeFolder(rig.at('mine'), mode);
    const destination = parseDestination(`env:${join(folder, 'target')}#TOK`, rig.deps);
    await destination.prove();
    await destination.deliver(secret);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe(`TOK=${secret.reveal()}\n`);
  });
});

asRoot(`A12: groups and owners${because}`, () => {
  const deliver = async (rig: Rig, path: string) => {
    const destination = parseDestination(`env:${path}#TOK`, rig.deps);
    await destination.prove();
    await destination.deliver(secret);
  };

  it('a folder that a group of several may write is refused, one of the own group is not', async () => {
    const rig = destinationRig();
    const folder = makeFolder(rig.at('team'), 0o2775);
    await deliver(rig, join(folder, 'a'));
    chownSync(folder, 0, OTHER);
    chmodSync(folder, 0o2775);
    await expect(deliver(rig, join(folder, 'b'))).rejects.toMatchObject({ code: 'usage' });
  });

  it('a folder of another user in a sticky one is refused, an own one is not', async () => {
    const rig = destinationRig();
    makeFolder(rig.at('tmp'), 0o1777);
    const theirs = makeFolder(rig.at('tmp/theirs'), 0o755);
    const mine = makeFolder(rig.at('tmp/mine'), 0o700);
    chownSync(theirs, OTHER, OTHER);
    await deliver(rig, join(mine, 'a'));
    await expect(deliver(rig, join(theirs, 'a'))).rejects.toMatchObject({ code: 'usage' });
  });
});

asRoot(`D2: a folder of another user${because}`, () => {
  const KINDS = ['env:PATH#TOK', 'file:PATH'];
  const rigAs = (uid: number) => {
    const rig = destinationRig();
    chmodSync(rig.folder, 0o755);
    const notes: string[] = [];
    const note = (line: string) => void notes.push(line);
    return { rig, notes, deps: { ...rig.deps, note, disk: createNodeDisk({ uid }) } };
  };

  it.each(KINDS)('is refused to all but root, wherever it is on the way: %s', async (kind) => {
    const { rig, deps } = rigAs(OTHER + 1);
    const theirs = makeFolder(rig.at('theirs'), 0o755);
    const mine = makeFolder(join(theirs, 'mine'), 0o700);
    chownSync(mine, OTHER + 1, OTHER + 1);
    chownSync(theirs, OTHER, OTHER);
    const refused = { code: 'usage', message: expect.stringContaining('belongs to another user') };
    for (const folder of [theirs, mine]) {
      const destination = parseDestination(kind.replace('PATH', join(folder, 'target')), deps);
      await expect(destination.prove()).rejects.toMatchObject(refused);
      await expect(destination.deliver(secret)).rejects.toMatchObject(refused);
      expect(() => lstatSync(join(folder, 'target'))).toThrow('ENOENT');
    }
  });

  it.each(KINDS)('takes a file of root, with a note, where it is named without links: %s', async (kind) => {
    const { rig, deps, notes } = rigAs(0);
    const theirs = makeFolder(rig.at('workspace'), 0o755);
    chownSync(theirs, OTHER, OTHER);
    const destination = parseDestination(kind.replace('PATH', join(theirs, 'target')), deps);
    await destination.prove();
    await destination.deliver(secret);
    expect(readFileSync(join(theirs, 'target'), 'utf8')).toContain(secret.reveal());
    expect(lstatSync(join(theirs, 'target'))).toMatchObject({ uid: 0, mode: 0o100600 });
    expect(notes.filter((line) => line.includes('belongs to another user'))).toHaveLength(1);
  });

  it.each(KINDS)('leads root nowhere else by a link in it: %s', async (kind) => {
    const { rig, deps } = rigAs(0);
    const private_ = makeFolder(rig.at('private'), 0o700);
    writeFileSync(join(private_, 'target'), 'mine\n', { mode: 0o600 });
    const theirs = makeFolder(rig.at('workspace'), 0o755);
    symlinkSync(private_, join(theirs, 'sub'));
    lchownSync(join(theirs, 'sub'), OTHER, OTHER);
    chownSync(theirs, OTHER, OTHER);
    const destination = parseDestination(kind.replace('PATH', join(theirs, 'sub/target')), {
      ...deps,
      force: true,
    });
    const refused = {
      code: 'usage',
      message: expect.stringContaining('is a symbolic link that another user'),
    };
    await expect(destination.prove()).rejects.toMatchObject(refused);
    await expect(destination.deliver(secret)).rejects.toMatchObject(refused);
    expect(readFileSync(join(private_, 'target'), 'utf8')).toBe('mine\n');
  });
});

/** Makes and removes a link at the first argument to the second, until it is ended. */
const PLANTER = `
const fs = require('node:fs');
const [link, victim] = process.argv.slice(1);
process.stdout.write('ready');
const end = Date.now() + 20_000;
while (Date.now() < end) {
  try { fs.symlinkSync(victim, link); } catch {}
  try { fs.unlinkSync(link); } catch {}
}`;

asRoot(`A12: another user plants a link while a delivery runs${because}`, () => {
  it.each(['env:PATH#TOK', 'file:PATH'])('the file behind it stays as it is: %s', async (kind) => {
    const rig = destinationRig();
    chmodSync(rig.folder, 0o711);
    const shared = makeFolder(rig.at('shared'), 0o1777);
    const victim = rig.at('victim');
    writeFileSync(victim, 'mine\n', { mode: 0o600 });
    const target = join(shared, 'target');
    const planter = spawn(process.execPath, ['-e', PLANTER, target, victim], {
      uid: OTHER,
      gid: OTHER,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await new Promise((resolve) => planter.stdout.once('data', resolve));
      // As if the folder had been looked at before it was opened to others.
      const disk = { ...createNodeDisk(), openToOthers: async () => null };
      const destination = parseDestination(kind.replace('PATH', target), { ...rig.deps, disk, force: true });
      let tries = 0;
      for (const end = Date.now() + 1_500; Date.now() < end; tries += 1) {
        try {
          await destination.deliver(secret);
        } catch (error) {
          if (!isAppError(error)) throw error;
        }
        expect(readFileSync(victim, 'utf8')).toBe('mine\n');
      }
      expect(tries).toBeGreaterThan(0);
      expect(lstatSync(victim).isFile()).toBe(true);
    } finally {
      planter.kill('SIGKILL');
    }
  });
});
