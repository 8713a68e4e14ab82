import * as fs from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errnoOf } from './disk-error.ts';

/**
 * The path with every link on the way followed as the system follows it. What does not exist yet lies where its nearest existing
 * folder is. Null where a link leads to nothing, or in circles, or may not be followed.
 */
export async function realPath(path: string): Promise<string | null> {
  const missing: string[] = [];
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(await fs.realpath(at), ...missing);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || (await isThere(at)) || at === dirname(at)) return null;
      missing.unshift(relative(dirname(at), at));
    }
  }
}

/** A link that leads to nothing is there anyway. */
async function isThere(path: string): Promise<boolean> {
  try {
    await fs.lstat(path);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ENOENT';
  }
}
