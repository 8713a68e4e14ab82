import { dirname, join } from 'node:path';
import type { Disk } from '../../ports/disk.ts';
import { CONTROL_FOLDERS } from '../disk/closed-places.ts';

/**
 * Whether somebody else may have written a vendor CLI's file: it lies in a version-controlled folder, as written or behind its
 * links, or in the folder where the command runs (an unpacked archive has no `.git`).
 */
export async function isInSharedPlace(disk: Disk, path: string, cwd: string): Promise<boolean> {
  if (dirname(path) === cwd) return true;
  for (const at of new Set([path, await disk.resolve(path)]))
    for (let folder = dirname(at); ; folder = dirname(folder)) {
      for (const name of CONTROL_FOLDERS) if (await disk.facts(join(folder, name))) return true;
      if (dirname(folder) === folder) break;
    }
  return false;
}
