import { isAppError } from '../../domain/errors.ts';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';

/** Room for any vendor's answer to an issuing request, sealed and in base64. In bytes. */
export const SPARE_BYTES = 64 * 1024;

/**
 * Takes room on the disk before an issuing request is sent, so that its answer can be written on a disk that fills up meanwhile:
 * the file is given back just then. It is not flushed: a file system takes the room when it is written to, or over a network
 * when the file is closed. `size` in bytes. Random bytes, because some file systems store zeros as nothing.
 */
export async function takeSpare(disk: Disk, random: Random, path: string, size = SPARE_BYTES): Promise<void> {
  const facts = await disk.facts(path);
  if (facts?.kind === 'file' && facts.size >= size) return;
  if (facts) await disk.remove(path);
  const file = await disk.create(path, 0o600);
  try {
    await file.write(random.bytes(size));
    await file.close();
  } catch (error) {
    if (isAppError(error)) {
      await closeQuietly(file);
      await releaseSpare(disk, path);
    }
    throw error;
  }
}

/** Never fails: there is nothing better to do, and the next write says what is wrong. */
export async function releaseSpare(disk: Disk, path: string): Promise<void> {
  await quietly(disk.remove(path));
}

export async function closeQuietly(file: { close(): Promise<void> }): Promise<void> {
  await quietly(file.close());
}

/** For tidying only. An error that is not the disk's goes on. */
export async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}
