import { dirname } from 'node:path';
import { AppError, isAppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import { replaceFile, sweepLeftovers } from './atomic-file.ts';
import type { LastRead } from './last-read.ts';
import { checkPrivateFolder, ensureDurableFolder, refuseForeignLink, refuseLooseFile } from './private.ts';

/** A private file (0600 in 0700) that several processes change. */
export interface SharedFile {
  readonly disk: Disk;
  readonly random: Random;
  readonly locks: Locks;
  readonly path: string;
  readonly lockName: string;
  readonly waitMs: number;
  /** The most bytes that it may have. */
  readonly limit: number;
  /** Absent: the file is read each time. */
  readonly lastRead?: LastRead;
}

export interface Change<T> {
  /** The whole new content; null when nothing is to be written. */
  readonly bytes: Uint8Array | null;
  readonly result: T;
  /** Throws unless what was written, read back before it becomes the file, says what was meant. */
  readonly check?: (written: Uint8Array) => Promise<void>;
  /** Whether another's newer content stands for this change too. */
  readonly includedIn?: (other: Uint8Array) => Promise<boolean>;
}

const MOST_ATTEMPTS = 10;

/**
 * The file's bytes; null when there is none. Refuses what others can read or change, and links of others. `anyway`: the file
 * is opened though its stamp says that it is as it was.
 */
export async function readShared(
  file: Pick<SharedFile, 'disk' | 'path' | 'limit' | 'lastRead'>,
  anyway?: 'anyway',
): Promise<Uint8Array | null> {
  const { disk, path, limit, lastRead } = file;
  await checkPrivateFolder(disk, dirname(path));
  await refuseForeignLink(disk, path);
  const target = await disk.resolve(path);
  const facts = await refuseLooseFile(disk, target);
  const known = anyway ? null : (lastRead?.find(target, facts) ?? null);
  if (known) return known;
  const bytes = await disk.read(target, limit);
  lastRead?.remember(target, facts, bytes);
  return bytes;
}

/**
 * Changes the file: alone, from its newest content, all or nothing. The lock is for politeness; what keeps an update from being lost is
 * that the content is compared once more right before the rename and the change made again from the newer one.
 */
export async function commitShared<T>(
  file: SharedFile,
  change: (current: Uint8Array | null) => Promise<Change<T>>,
): Promise<T> {
  await ensureDurableFolder(file.disk, dirname(file.path));
  return file.locks.hold(file.lockName, file.waitMs, async () => {
    await sweepLeftovers(file.disk, file.path);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const current = await readShared(file);
      const next = await change(current);
      if (next.bytes === null) {
        // A process that died right after its rename leaves what this change finds done; it counts once it is durable.
        if (current) await file.disk.syncFolder(dirname(await file.disk.resolve(file.path)));
        return next.result;
      }
      if (await writeIfStill(file, current, next.bytes, next)) return next.result;
    }
    throw busy(file.path);
  });
}

/** The error for a change that would make the file larger than the `limit` up to which it is read. */
export function tooLarge({ path, limit }: Pick<SharedFile, 'path' | 'limit'>): AppError {
  return new AppError({
    code: 'conflict',
    message: `"${safeText(path, 300)}" would become larger than ${limit} bytes`,
    hint: 'remove entries that are no longer needed',
  });
}

/** False when another process changed the file meanwhile; then nothing was written. */
async function writeIfStill(
  file: SharedFile,
  current: Uint8Array | null,
  bytes: Uint8Array,
  change: Pick<Change<unknown>, 'check' | 'includedIn'>,
): Promise<boolean> {
  if (bytes.length > file.limit) throw tooLarge(file);
  let inode: string | undefined;
  const moved = new AppError({ code: 'locked', message: 'the file changed meanwhile', hint: 'run it again' });
  try {
    await replaceFile(file.disk, file.random, file.path, bytes, 0o600, async (temporary) => {
      const written = await file.disk.read(temporary, file.limit);
      if (!written || !sameBytes(written, bytes)) throw notKept(file.path);
      await change.check?.(written);
      inode = (await file.disk.facts(temporary))?.inode;
      if (!sameBytes(await readShared(file, 'anyway'), current)) throw moved;
    });
  } catch (error) {
    if (error === moved && isAppError(error)) return false;
    throw error;
  }
  if (await isInPlace(file, bytes, inode)) return true;
  const kept = await readShared(file, 'anyway');
  if (sameBytes(kept, bytes)) return true;
  if (kept && (await change.includedIn?.(kept))) return true;
  throw notKept(file.path);
}

/** Whether the file is the one that was written and read back: then its content need not be read once more. */
async function isInPlace(file: SharedFile, bytes: Uint8Array, inode: string | undefined): Promise<boolean> {
  if (!file.lastRead || inode === undefined) return false;
  const target = await file.disk.resolve(file.path);
  const facts = await file.disk.facts(target);
  if (facts?.inode !== inode || facts.size !== bytes.length) return false;
  file.lastRead.remember(target, facts, bytes);
  return true;
}

export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(a, b) === 0;
}

function notKept(path: string): AppError {
  return new AppError({
    code: 'unavailable',
    message: `"${safeText(path, 300)}" does not read back as it was written`,
    hint: 'check the disk, and that no other program writes this file',
  });
}

function busy(path: string): AppError {
  return new AppError({
    code: 'locked',
    message: `"${safeText(path, 300)}" keeps being changed by other processes`,
    hint: 'try again when they are done',
  });
}
