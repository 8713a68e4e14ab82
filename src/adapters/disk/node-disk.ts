import { type BigIntStats, constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { platform } from 'node:os';
import { dirname, resolve } from 'node:path';
import { usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk, OpenFile, PathFacts } from '../../ports/disk.ts';
import { errnoOf, toDiskError, toReplaceError, unlessMissing } from './disk-error.ts';
import { makeFolders } from './make-folders.ts';
import { findOpenToOthers } from './open-to-others.ts';
import { findOutsideUid, findOwnUid } from './own-uid.ts';

// Windows has neither flag; there links need a privilege to be planted.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
// Opening a FIFO or a device waits for its other end unless told not to.
const NO_WAIT = constants.O_NONBLOCK ?? 0;
const MOST_LINKS = 40;
const SECOND_NS = 1_000_000_000n;

/** The real file system. `uid` is who counts as the owner; found out where it is not given. */
export function createNodeDisk(options: { readonly uid?: number | undefined } = {}): Disk {
  // Windows tells no modes that mean anything: others' bits are left out there.
  const modeMask = platform() === 'win32' ? 0o700 : 0o7777;
  let uid: Promise<number | null> | undefined;

  const ownUid = () => {
    uid ??= options.uid === undefined ? findOwnUid() : Promise.resolve(options.uid);
    return uid;
  };
  let outside: Promise<number | null> | undefined;
  const outsideUid = () => {
    outside ??= findOutsideUid();
    return outside;
  };
  const factsOf = async (path: string): Promise<PathFacts | null> => {
    const stats = await unlessMissing(() => fs.lstat(path, { bigint: true }));
    if (!stats) return null;
    const own = await ownUid();
    return {
      kind: kindOf(stats),
      mode: Number(stats.mode) & modeMask,
      size: Number(stats.size),
      owned: own === null || Number(stats.uid) === own,
      ...identityOf(stats),
    };
  };

  return {
    facts: (path) => guard(path, () => factsOf(path)),
    read: (path, limit) => guard(path, () => readCapped(path, limit)),
    create: (path, mode) => guard(path, () => createExactly(path, mode)),
    append: (path) =>
      guard(path, async () => {
        const file = await openRegular(path, constants.O_WRONLY | constants.O_APPEND);
        return toOpenFile(file, path);
      }),
    rename: (from, to) => guard(to, () => fs.rename(from, to), toReplaced),
    canReplace: (path, trial) => guard(path, () => canReplace(path, trial)),
    remove: (path) =>
      guard(
        path,
        async () => {
          await unlessMissing(() => fs.unlink(path));
        },
        toReplaced,
      ),
    truncate: (path, size) =>
      guard(path, async () => {
        const file = await openRegular(path, constants.O_WRONLY);
        try {
          await file.truncate(size);
        } finally {
          await file.close();
        }
      }),
    list: (folder) =>
      guard(folder, async () => {
        const names = await unlessMissing(() => fs.readdir(folder));
        return (names ?? []).sort();
      }),
    createFolder: (path, mode) =>
      guard(path, async () => {
        await fs.mkdir(path, { mode });
        await fs.chmod(path, mode);
      }),
    removeFolder: (path) =>
      guard(path, async () => {
        await unlessMissing(() => fs.rmdir(path));
      }),
    openToOthers: (folder) => guard(folder, async () => findOpenToOthers(folder, await ownUid(), outsideUid)),
    makeFolder: (path, mode) => guard(path, () => makeFolders(resolve(path), mode, ownUid)),
    syncFolder: (path) => guard(path, () => syncFolder(path)),
    resolve: (path) => guard(path, () => followLinks(path)),
  };
}

async function readCapped(path: string, limit: number): Promise<Uint8Array | null> {
  const file = await unlessMissing(() => openRegular(path, constants.O_RDONLY));
  if (!file) return null;
  try {
    // One byte more than allowed, so that a file that grows meanwhile is noticed.
    const { size } = await file.stat();
    if (size > limit) throw tooLarge(path, limit);
    let bytes = new Uint8Array(Math.min(limit, size) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
      if (bytesRead === 0) return bytes.slice(0, length);
      length += bytesRead;
      if (length > limit) throw tooLarge(path, limit);
      if (length === bytes.length) {
        const larger = new Uint8Array(Math.min(limit + 1, length * 2));
        larger.set(bytes);
        bytes = larger;
      }
    }
  } finally {
    await file.close();
  }
}

/**
 * A second name for the file, made and removed: the kernel refuses it (EXDEV) exactly where a bind mount begins, also one within
 * the same file system, whose device numbers tell nothing.
 */
async function canReplace(path: string, trial: string): Promise<boolean> {
  try {
    await fs.link(path, trial);
  } catch (error) {
    // File systems without hard links say EPERM or the like; they can still rename.
    return errnoOf(error) !== 'EXDEV';
  }
  await unlessMissing(() => fs.unlink(trial));
  return true;
}

async function createExactly(path: string, mode: number): Promise<OpenFile> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
  const file = await fs.open(path, flags, mode);
  try {
    // The umask may have taken bits away; it never adds any, so the file was never looser than asked for.
    await file.chmod(mode);
  } catch (error) {
    await file.close();
    await fs.unlink(path);
    throw error;
  }
  return toOpenFile(file, path);
}

async function openRegular(path: string, flags: number): Promise<fs.FileHandle> {
  const file = await fs.open(path, flags | NO_FOLLOW | NO_WAIT);
  const stats = await file.stat();
  if (stats.isFile()) return file;
  await file.close();
  throw usage(`"${safeText(path, 300)}" is not a regular file`, 'name a regular file');
}

function toOpenFile(file: fs.FileHandle, path: string): OpenFile {
  return {
    write: (bytes) =>
      guard(path, async () => {
        let done = 0;
        while (done < bytes.length) {
          const { bytesWritten } = await file.write(bytes, done, bytes.length - done, null);
          done += bytesWritten;
        }
      }),
    sync: () => guard(path, () => file.sync()),
    close: () => guard(path, () => file.close()),
  };
}

async function syncFolder(path: string): Promise<void> {
  let folder: fs.FileHandle;
  try {
    folder = await fs.open(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  } catch (error) {
    // Windows cannot open a folder.
    if (platform() === 'win32') return;
    throw error;
  }
  try {
    await folder.sync();
  } catch (error) {
    // Some file systems (network, FUSE) cannot sync a folder; nothing better exists there.
    if (!['EINVAL', 'ENOTSUP', 'EISDIR'].includes(errnoOf(error))) throw error;
  } finally {
    await folder.close();
  }
}

/** Follows the last part only: where a link leads, whether or not something is there. */
async function followLinks(path: string): Promise<string> {
  let at = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const stats = await unlessMissing(() => fs.lstat(at));
    if (!stats?.isSymbolicLink()) return at;
    at = resolve(dirname(at), await fs.readlink(at));
  }
  throw usage(`"${safeText(path, 300)}" is a loop of symbolic links`, 'remove the links');
}

/** A time without a part of a second is one that the file system tells by the second at best. */
function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): Pick<PathFacts, 'inode' | 'stamp'> {
  const inode = `${dev}-${ino}`;
  const isCoarse = mtimeNs % SECOND_NS === 0n || ctimeNs % SECOND_NS === 0n;
  return isCoarse ? { inode } : { inode, stamp: `${inode}-${size}-${mtimeNs}-${ctimeNs}` };
}

function kindOf(stats: BigIntStats): PathFacts['kind'] {
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}

function tooLarge(path: string, limit: number): Error {
  return usage(`"${safeText(path, 300)}" is larger than ${limit} bytes`, 'it cannot be the right file');
}

type ToError = (error: unknown, path: string) => Error;

async function guard<T>(path: string, work: () => Promise<T>, toError: ToError = toDiskError): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toError(error, path);
  }
}

function toReplaced(error: unknown, path: string): Error {
  return toReplaceError(error, path, platform() === 'win32');
}
