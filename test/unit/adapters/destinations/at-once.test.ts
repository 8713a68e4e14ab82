import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import { createEnvDestination } from '../../../../src/adapters/destinations/env-destination.ts';
import { createFileDestination } from '../../../../src/adapters/destinations/file-destination.ts';
import { shortNameOf } from '../../../../src/adapters/destinations/stage.ts';
import { holdTarget } from '../../../../src/adapters/destinations/target-lock.ts';
import { createNodeDisk } from '../../../../src/adapters/disk/node-disk.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Disk } from '../../../../src/ports/disk.ts';
import { destinationRig } from './destination-rig.ts';

const ROUNDS = 30;

/** A disk that does something before one kind of call. */
function ahead(name: 'create' | 'rename' | 'read' | 'list', work: (n: number) => void | Promise<void>): Disk {
  const disk = createNodeDisk();
  let n = 0;
  const after =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      n += 1;
      await work(n);
      return call(...args);
    };
  switch (name) {
    case 'create':
      return { ...disk, create: after(disk.create) };
    case 'rename':
      return { ...disk, rename: after(disk.rename) };
    case 'read':
      return { ...disk, read: after(disk.read) };
    case 'list':
      return { ...disk, list: after(disk.list) };
  }
}

describe('D6: a lock in the way of a delivery', () => {
  it.each(['env', 'file'])('is found before the request, and named: %s', async (kind) => {
    const { deps, at } = destinationRig();
    const fast = { ...deps, clock: { sleep: async () => undefined } };
    const destination =
      kind === 'env' ? createEnvDestination(fast, at('t'), 'A') : createFileDestination(fast, at('t'));
    await holdTarget(deps, at('t'), async () => {
      const [lock = ''] = readdirSync(at('.'));
      expect(lock).toMatch(/^\.keyturn-lock-/);
      await expect(destination.prove()).rejects.toMatchObject({
        code: 'locked',
        message: `another keyturn is working on "t": its lock is "${at(lock)}"`,
      });
    });
    await destination.prove();
    expect(readdirSync(at('.'))).toEqual([]);
  });

  it.each(['env', 'file'])('a file of a repository with a name like one is none: %s', async (kind) => {
    const { deps, at } = destinationRig();
    const lock = await holdTarget(deps, at('t'), async () => readdirSync(at('.'))[0] ?? '');
    for (const name of ['!x', '!', '!1-1-zz-yy-xx-d790d558ac77aa16'])
      writeFileSync(at(lock.replace(/!.*/, name)), '');
    const destination =
      kind === 'env' ? createEnvDestination(deps, at('t'), 'A') : createFileDestination(deps, at('t'));
    await destination.prove();
    await destination.deliver(Secret.of('of-a'));
    expect(readdirSync(at('.'))).toHaveLength(4);
  });
});

test.each(['env', 'file'])(
  'E8: a folder of a repository that is named like a leftover stops no delivery: %s',
  async (kind) => {
    const { deps, at } = destinationRig();
    const planted = at(`.keyturn-${shortNameOf('t')}-${'0123456789abcdef'.repeat(2)}`);
    mkdirSync(join(planted, 'sub'), { recursive: true });
    writeFileSync(join(planted, 'sub', 'f'), '');
    const destination =
      kind === 'env' ? createEnvDestination(deps, at('t'), 'A') : createFileDestination(deps, at('t'));
    await destination.prove();
    await destination.deliver(Secret.of('of-a'));
    expect(readFileSync(at('t'), 'utf8')).toContain('of-a');
    expect(existsSync(join(planted, 'sub', 'f'))).toBe(true);
  },
);

describe('two deliveries to one dotenv file', () => {
  it.each(['create', 'rename', 'read', 'list'] as const)(
    'lose nothing when one is slow to %s',
    async (call) => {
      const { deps, at } = destinationRig();
      writeFileSync(at('.env'), 'KEEP=1\n', { mode: 0o600 });
      const slow = { ...deps, disk: ahead(call, () => wait(120)) };
      const b = createEnvDestination(slow, at('.env'), 'B').deliver(Secret.of('of-b'));
      await wait(20);
      await createEnvDestination(deps, at('.env'), 'A').deliver(Secret.of('of-a'));
      await b;
      expect(readFileSync(at('.env'), 'utf8').split('\n').sort()).toEqual(['', 'A=of-a', 'B=of-b', 'KEEP=1']);
      expect(readdirSync(at('.'))).toEqual(['.env']);
    },
  );

  it.each(['create', 'rename', 'list'] as const)(
    'are proven while the other clears away what is left, slow to %s',
    async (call) => {
      const { deps, at } = destinationRig();
      writeFileSync(at('.env'), 'KEEP=1\n', { mode: 0o600 });
      const slow = { ...deps, disk: ahead(call, () => wait(60)) };
      const proof = createEnvDestination(slow, at('.env'), 'B').prove();
      for (let n = 0; n < 8; n += 1)
        await createEnvDestination(deps, at('.env'), `A${n}`).deliver(Secret.of('of-a'));
      await proof;
      expect(readdirSync(at('.'))).toEqual(['.env']);
    },
  );

  test('lose nothing whenever they begin', async () => {
    const { deps, at } = destinationRig();
    for (let round = 0; round < ROUNDS; round += 1) {
      writeFileSync(at('.env'), 'KEEP=1\n', { mode: 0o600 });
      await Promise.all(
        ['A', 'B', 'C'].map(async (name, index) => {
          await wait(index * (round % 10));
          await createEnvDestination(deps, at('.env'), name).deliver(Secret.of(`of-${name}`));
        }),
      );
      const lines = readFileSync(at('.env'), 'utf8').split('\n').sort();
      expect(lines).toEqual(['', 'A=of-A', 'B=of-B', 'C=of-C', 'KEEP=1']);
    }
    expect(readdirSync(at('.'))).toEqual(['.env']);
  });

  test('make the file once when there is none', async () => {
    const { deps, at } = destinationRig();
    await Promise.all(
      ['A', 'B', 'C', 'D'].map((name) =>
        createEnvDestination(deps, at('.env'), name).deliver(Secret.of(`of-${name}`)),
      ),
    );
    expect(readFileSync(at('.env'), 'utf8').split('\n').sort()).toEqual([
      '',
      'A=of-A',
      'B=of-B',
      'C=of-C',
      'D=of-D',
    ]);
  });
});

describe('two deliveries to one file', () => {
  test('without --force: one is there, the other is refused', async () => {
    const { deps, at } = destinationRig();
    const ends = await Promise.allSettled(
      ['one', 'two'].map((value) => createFileDestination(deps, at('token')).deliver(Secret.of(value))),
    );
    const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(failed).toEqual([expect.objectContaining({ code: 'conflict' })]);
    const kept = ends[0]?.status === 'fulfilled' ? 'one\n' : 'two\n';
    expect(readFileSync(at('token'), 'utf8')).toBe(kept);
  });

  test('the same secret twice is no error', async () => {
    const { deps, at } = destinationRig();
    await createFileDestination(deps, at('token')).deliver(Secret.of('one'));
    await createFileDestination(deps, at('token')).deliver(Secret.of('one'));
    expect(readFileSync(at('token'), 'utf8')).toBe('one\n');
    await createEnvDestination(deps, at('.env'), 'A').deliver(Secret.of('one'));
    await createEnvDestination(deps, at('.env'), 'A').deliver(Secret.of('one'));
    expect(readFileSync(at('.env'), 'utf8')).toBe('A=one\n');
  });
});

describe('another program that writes the file', () => {
  test('between our read and our write loses nothing', async () => {
    const { deps, at } = destinationRig();
    writeFileSync(at('.env'), 'KEEP=1\n', { mode: 0o600 });
    // The second file that is made is the new content; the first one is the lock.
    const disk = ahead('create', (n) => (n === 2 ? appendFileSync(at('.env'), 'OTHER=2\n') : undefined));
    await createEnvDestination({ ...deps, disk }, at('.env'), 'A').deliver(Secret.of('of-a'));
    expect(readFileSync(at('.env'), 'utf8')).toBe('KEEP=1\nOTHER=2\nA=of-a\n');
  });

  test('makes the file meanwhile: nothing of it is lost', async () => {
    const { deps, at } = destinationRig();
    const disk = ahead('create', (n) =>
      n === 2 ? writeFileSync(at('.env'), 'OTHER=2\n', { mode: 0o600 }) : undefined,
    );
    await createEnvDestination({ ...deps, disk }, at('.env'), 'A').deliver(Secret.of('of-a'));
    expect(readFileSync(at('.env'), 'utf8')).toBe('OTHER=2\nA=of-a\n');
  });

  test('makes the file of "file:" meanwhile: it is not replaced', async () => {
    const { deps, at } = destinationRig();
    const disk = ahead('create', (n) =>
      n === 2 ? writeFileSync(at('token'), 'theirs', { mode: 0o600 }) : undefined,
    );
    const delivered = createFileDestination({ ...deps, disk }, at('token')).deliver(Secret.of('ours'));
    await expect(delivered).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(at('token'), 'utf8')).toBe('theirs');
  });

  test('without end is an error, and its content stays', async () => {
    const { deps, at } = destinationRig();
    writeFileSync(at('.env'), 'N=0\n', { mode: 0o600 });
    const disk = ahead('create', (n) => writeFileSync(at('.env'), `N=${n}\n`));
    const delivered = createEnvDestination({ ...deps, disk }, at('.env'), 'A').deliver(Secret.of('of-a'));
    await expect(delivered).rejects.toMatchObject({ code: 'locked' });
    expect(readFileSync(at('.env'), 'utf8')).toMatch(/^N=\d+\n$/);
    expect(readdirSync(at('.'))).toEqual(['.env']);
  });
});

describe('a file that cannot be replaced', () => {
  const mounted = (more: Partial<Disk> = {}): Disk => ({
    ...createNodeDisk(),
    canReplace: async () => false,
    rename: async () => Promise.reject(new Error('busy')),
    ...more,
  });

  it.each([
    ['a new variable', 'A=1\n', 'A=1\nT=secret\n'],
    ['no final newline', 'A=1', 'A=1\nT=secret\n'],
    ['a longer value before', 'A=1\nT=a-much-longer-value\nB=2\n', 'A=1\nT=secret\nB=2\n'],
    ['a shorter value before', 'T=s\nB=2\n', 'T=secret\nB=2\n'],
    ['the same already', 'T=secret\nB=2\n', 'T=secret\nB=2\n'],
    ['nothing in it', '', 'T=secret\n'],
  ])('is written in place: %s', async (_, text, after) => {
    const { deps, at } = destinationRig({ disk: mounted() });
    writeFileSync(at('.env'), text, { mode: 0o600 });
    const destination = createEnvDestination(deps, at('.env'), 'T');
    await destination.prove();
    await destination.deliver(Secret.of('secret'));
    expect(readFileSync(at('.env'), 'utf8')).toBe(after);
    expect(readdirSync(at('.'))).toEqual(['.env']);
  });

  test('and that others can read is refused before the request, with the command', async () => {
    const { deps, at } = destinationRig({ disk: mounted() });
    writeFileSync(at('.env'), 'A=1\n', { mode: 0o644 });
    const facts = expect.objectContaining({ hint: `run \`chmod 600 ${at('.env')}\` first` });
    await expect(createEnvDestination(deps, at('.env'), 'T').prove()).rejects.toMatchObject({
      code: 'usage',
      facts,
    });
  });

  test('a write that fails puts back what was there', async () => {
    const disk = createNodeDisk();
    let appends = 0;
    const failing: Partial<Disk> = {
      async append(path) {
        const file = await disk.append(path);
        appends += 1;
        if (appends > 1) return file;
        return {
          ...file,
          write: async (bytes) => {
            await file.write(bytes.subarray(0, 2));
            throw new Error('full');
          },
        };
      },
    };
    const { deps, at } = destinationRig({ disk: mounted(failing) });
    writeFileSync(at('.env'), 'A=1\nT=old-value\nB=2\n', { mode: 0o600 });
    await expect(createEnvDestination(deps, at('.env'), 'T').deliver(Secret.of('secret'))).rejects.toThrow(
      'full',
    );
    expect(readFileSync(at('.env'), 'utf8')).toBe('A=1\nT=old-value\nB=2\n');
    expect(readdirSync(at('.'))).toEqual(['.env']);
  });

  it.each([
    ['before it began', 'A=1\nT=old\n', 'A=1\nT=secret\n'],
    ['after it was whole', 'A=1\nT=secret\n', 'A=1\nT=secret\n'],
    ['in its middle', 'A=1\nT=se', null],
  ])('a write that was killed %s', async (_, now, after) => {
    const { deps, at } = destinationRig({ disk: mounted() });
    writeFileSync(at('.env'), now, { mode: 0o600 });
    const copyFolder = at(`.keyturn-before-${shortNameOf('.env')}`);
    mkdirSync(copyFolder, { mode: 0o700 });
    writeFileSync(join(copyFolder, 'before'), 'A=1\nT=old\n', { mode: 0o600 });
    const delivered = createEnvDestination(deps, at('.env'), 'T').deliver(Secret.of('secret'));
    if (after === null) {
      await expect(delivered).rejects.toMatchObject({ code: 'conflict' });
      expect(readFileSync(at('.env'), 'utf8')).toBe(now);
      expect(existsSync(join(copyFolder, 'before'))).toBe(true);
      return;
    }
    await delivered;
    expect(readFileSync(at('.env'), 'utf8')).toBe(after);
    expect(readdirSync(at('.'))).toEqual(['.env']);
  });
});
