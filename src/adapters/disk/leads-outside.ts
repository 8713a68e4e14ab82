import * as fs from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { errnoOf } from './disk-error.ts';

/**
 * Whether a path, written in any way, leads out of a folder once every link on the way is followed as the system follows it. What
 * does not exist yet lies where its nearest existing folder is; what cannot be followed counts as outside.
 */
export async function leadsOutside(path: string, folder: string): Promise<boolean> {
  const [real, base] = [await realPath(resolve(path)), await realPath(resolve(folder))];
  if (real === null || base === null) return true;
  const way = relative(base, real);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** Null where a link on the way leads to nothing, or in circles, or may not be followed. */
async function realPath(path: string): Promise<string | null> {
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

/** A link that leads to nothing is there all the same. */
async function isThere(path: string): Promise<boolean> {
  try {
    await fs.lstat(path);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ENOENT';
  }
}
