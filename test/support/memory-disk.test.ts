import { describe, expect, test } from 'vitest';
import { createMemoryDisk, Killed } from './memory-disk.ts';

const text = (bytes: Uint8Array | undefined | null): string | null =>
  bytes ? Buffer.from(bytes).toString() : null;

/** A folder with a synced file `old`. */
async function prepare() {
  const disk = createMemoryDisk();
  disk.put('/a/old', Buffer.from('old'));
  return { disk, view: disk.connect() };
}

describe('the memory disk', () => {
  test('loses unsynced bytes and names in a power cut, and keeps synced ones', async () => {
    const { disk, view } = await prepare();
    const old = await view.append('/a/old');
    await old.write(Buffer.from(' synced'));
    await old.sync();
    await old.write(Buffer.from(' lost'));
    const named = await view.create('/a/named', 0o600);
    await view.syncFolder('/a');
    await (await view.create('/a/unnamed', 0o600)).sync();
    await named.write(Buffer.from('lost'));
    await view.remove('/a/old');
    await view.makeFolder('/b/c', 0o700);
    expect(text(disk.files().get('/a/named'))).toBe('lost');
    disk.crash('power');
    expect([...disk.files()].map(([path, bytes]) => [path, text(bytes)])).toEqual([
      ['/a/old', 'old synced'],
      ['/a/named', ''],
    ]);
    expect(await disk.connect().facts('/b')).toBeNull();
    await expect(view.facts('/a')).rejects.toBeInstanceOf(Killed);
  });

  test('keeps a prefix of bytes and of changes when torn, and a rename whole', async () => {
    for (let kept = 0; kept <= 3; kept += 1) {
      const { disk, view } = await prepare();
      const file = await view.create('/a/new', 0o600);
      await file.write(Buffer.from('abc'));
      await view.rename('/a/new', '/a/old');
      disk.crash('torn', (count) => Math.min(kept, count - 1));
      const names = [['/a/old'], ['/a/old', '/a/new'], ['/a/old'], ['/a/old']][kept];
      expect([...disk.files().keys()]).toEqual(names);
      expect(text(disk.files().get('/a/old'))).toBe(kept < 2 ? 'old' : 'abc'.slice(0, kept));
    }
  });

  test('kills one process and no other, for ever, and keeps what it wrote', async () => {
    const { disk, view } = await prepare();
    const dying = disk.connect(({ name }) =>
      name === 'write' ? { kind: 'kill', when: 'during', bytes: 2 } : null,
    );
    const file = await dying.append('/a/old');
    await expect(file.write(Buffer.from('1234'))).rejects.toBeInstanceOf(Killed);
    await expect(file.close()).rejects.toBeInstanceOf(Killed);
    await expect(dying.list('/a')).rejects.toBeInstanceOf(Killed);
    expect(text(await view.read('/a/old', 10))).toBe('old12');
  });

  test('makes nothing durable any more after a failed sync', async () => {
    const { disk } = await prepare();
    let syncs = 0;
    const view = disk.connect(({ name }) => {
      syncs += name === 'sync' ? 1 : 0;
      return name === 'sync' && syncs === 1 ? { kind: 'fail', when: 'before' } : null;
    });
    const file = await view.append('/a/old');
    await file.write(Buffer.from('er'));
    await expect(file.sync()).rejects.toMatchObject({ code: 'unavailable' });
    await file.sync();
    disk.crash('power');
    expect(text(disk.files().get('/a/old'))).toBe('old');
  });

  test('holds no more than its capacity', async () => {
    const disk = createMemoryDisk({ capacity: 5 });
    disk.plant('/a', { folder: 0o700 });
    const view = disk.connect();
    const file = await view.create('/a/f', 0o600);
    await expect(file.write(Buffer.from('1234567'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(text(disk.files().get('/a/f'))).toBe('12345');
  });
});
