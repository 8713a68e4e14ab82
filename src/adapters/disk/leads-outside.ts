import { isAbsolute, relative, resolve, sep } from 'node:path';
import { realPath } from './real-path.ts';

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
