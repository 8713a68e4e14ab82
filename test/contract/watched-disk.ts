import { AppError } from '../../src/domain/errors.ts';
import type { Disk, OpenFile } from '../../src/ports/disk.ts';
import { type Effect, type EffectName, Killed, type Watch } from '../support/memory-disk.ts';

/** A disk, and what the system does when a process ends: its files are closed. */
export interface WatchedDisk extends Disk {
  closeAll(): Promise<void>;
}

/** Any disk with the faults of the memory disk: a real one can be killed and failed at each of its effects too. */
export function watchDisk(disk: Disk, watch: Watch): WatchedDisk {
  const open = new Set<OpenFile>();
  let count = 0;
  let killed = false;

  async function effect<T>(
    name: EffectName,
    path: string,
    run: (short: number | null) => Promise<T>,
  ): Promise<T> {
    const alive = (): void => {
      if (killed) throw new Killed();
    };
    alive();
    count += 1;
    const changes = !['facts', 'read', 'append', 'close', 'list', 'resolve'].includes(name);
    const seen: Effect = { n: count, name, path, changes };
    const fault = (await watch(seen)) ?? null;
    alive();
    const strike = (): void => {
      if (!fault) return;
      killed ||= fault.kind === 'kill';
      alive();
      throw fault.error ?? new AppError({ code: 'unavailable', message: 'the disk is full' });
    };
    const during = fault?.when === 'during' && name === 'write';
    if (fault && fault.when !== 'after' && !during) strike();
    const result = await run(during ? (fault.bytes ?? 0) : null);
    strike();
    return result;
  }

  const watchFile = (path: string, file: OpenFile): OpenFile => {
    open.add(file);
    return {
      write: (bytes) =>
        effect('write', path, (short) => file.write(bytes.subarray(0, short ?? bytes.length))),
      sync: () => effect('sync', path, () => file.sync()),
      close: () =>
        effect('close', path, () => {
          open.delete(file);
          return file.close();
        }),
    };
  };

  return {
    closeAll: async () => {
      for (const file of open) await file.close();
      open.clear();
    },
    facts: (path) => effect('facts', path, () => disk.facts(path)),
    read: (path, limit) => effect('read', path, () => disk.read(path, limit)),
    create: (path, mode) =>
      effect('create', path, async () => watchFile(path, await disk.create(path, mode))),
    append: (path) => effect('append', path, async () => watchFile(path, await disk.append(path))),
    rename: (from, to) => effect('rename', to, () => disk.rename(from, to)),
    canReplace: (path, trial) => disk.canReplace(path, trial),
    openToOthers: (folder) => disk.openToOthers(folder),
    createFolder: (path, mode) => effect('makeFolder', path, () => disk.createFolder(path, mode)),
    removeFolder: (path) => effect('remove', path, () => disk.removeFolder(path)),
    remove: (path) => effect('remove', path, () => disk.remove(path)),
    truncate: (path, size) => effect('truncate', path, () => disk.truncate(path, size)),
    list: (folder) => effect('list', folder, () => disk.list(folder)),
    makeFolder: (path, mode) => effect('makeFolder', path, () => disk.makeFolder(path, mode)),
    syncFolder: (path) => effect('syncFolder', path, () => disk.syncFolder(path)),
    resolve: (path) => effect('resolve', path, () => disk.resolve(path)),
  };
}
