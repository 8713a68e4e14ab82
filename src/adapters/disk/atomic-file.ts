import { basename, dirname, join } from 'node:path';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';

const NONCE_BYTES = 16;

/**
 * Puts `bytes` in the place of a file, whole and durable or not at all: an exclusive temporary file with an
 * unpredictable name in the same folder, written, synced, closed, renamed, folder synced. A symbolic link stays and the file
 * behind it is replaced. `beforeRename` may look at the temporary file; when it throws, nothing has changed.
 */
export async function replaceFile(
  disk: Disk,
  random: Random,
  path: string,
  bytes: Uint8Array,
  mode: number,
  beforeRename?: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = await disk.resolve(path);
  const temporary = temporaryPath(random, target);
  const file = await disk.create(temporary, mode);
  try {
    try {
      await file.write(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await beforeRename?.(temporary);
    await disk.rename(temporary, target);
  } catch (error) {
    await removeQuietly(disk, temporary);
    throw error;
  }
  await disk.syncFolder(dirname(target));
}

/**
 * Removes the temporary files that killed runs left beside `path`. Only for a holder of the lock of `path`:
 * another's temporary file may be in use.
 */
export async function sweepLeftovers(disk: Disk, path: string): Promise<void> {
  const target = await disk.resolve(path);
  const folder = dirname(target);
  for (const name of await disk.list(folder)) {
    if (isTemporaryOf(name, basename(target))) await disk.remove(join(folder, name));
  }
}

/** Proves that a file of `size` bytes could replace `path` now. Nothing is flushed: nothing stays. */
export async function proveReplaceable(
  disk: Disk,
  random: Random,
  path: string,
  size: number,
): Promise<void> {
  const temporary = temporaryPath(random, await disk.resolve(path));
  const file = await disk.create(temporary, 0o600);
  try {
    try {
      await file.write(new Uint8Array(size));
    } finally {
      await file.close();
    }
  } finally {
    await removeQuietly(disk, temporary);
  }
}

function temporaryPath(random: Random, target: string): string {
  const nonce = Buffer.from(random.bytes(NONCE_BYTES)).toString('hex');
  return join(dirname(target), `.${basename(target)}.${nonce}.tmp`);
}

function isTemporaryOf(name: string, base: string): boolean {
  const start = `.${base}.`;
  return name.startsWith(start) && /^[0-9a-f]{32}\.tmp$/.test(name.slice(start.length));
}

async function removeQuietly(disk: Disk, path: string): Promise<void> {
  try {
    await disk.remove(path);
  } catch {
    // The first error says what is wrong; a leftover is swept by the next write.
  }
}
