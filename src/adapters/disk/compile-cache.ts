import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unlessMissing } from './disk-error.ts';
import { findOpenToOthers } from './open-to-others.ts';
import { findOwnUid } from './own-uid.ts';

/**
 * Makes `folder` where there is none, and says whether Node may keep compiled code in it. V8 runs what lies there in place of the source,
 * so the folder must be ours, closed to others, and no link; nobody else may be able to put another in its place. Never throws.
 */
export async function isSafeForCode(folder: string): Promise<boolean> {
  const uid = await findOwnUid();
  // Windows has no user ids to compare.
  if (uid === null) return false;
  try {
    if ((await unlessMissing(() => lstat(folder))) === null) {
      // A root shell with another user's HOME leaves nothing of root's there.
      if ((await ownerAbove(folder)) !== uid) return false;
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    const facts = await lstat(folder);
    if (!facts.isDirectory() || facts.uid !== uid || (facts.mode & 0o077) !== 0) return false;
    // Where a user namespace shows several owners as one, nobody can be told apart: then none of them is trusted.
    return (await findOpenToOthers(folder, uid, async () => null)) === null;
  } catch {
    return false;
  }
}

/** The owner of the nearest folder above that exists. */
async function ownerAbove(path: string): Promise<number> {
  const parent = dirname(path);
  const facts = await unlessMissing(() => lstat(parent));
  return facts === null && parent !== path ? ownerAbove(parent) : (facts?.uid ?? -1);
}
