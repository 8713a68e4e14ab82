import type { Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';
import type { OpenPlace } from '../../ports/disk.ts';
import { findOutsideUid } from './own-uid.ts';

/** Who asks, as the owners of files show it. */
interface User {
  readonly uid: number;
  /** The number that stands for every owner outside of this user namespace; null where each owner has a number of its own. */
  readonly outside: number | null;
}

const MOST_LINKS = 40;
const ROOT = 0;
const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;

/**
 * The first place on the way to `folder`, itself included, where another user may make, remove or rename what lies there, or
 * has made a link; null when there is none. The mode of a folder counts, and so does its owner. In a sticky folder such as
 * `/tmp` others cannot rename what is ours, so one on the way may be sticky; the last one may not, for a file that does not
 * exist yet belongs to nobody. A link is followed as the system follows it, and each folder that it leads through is looked at.
 *
 * Root that works in another user's folder, as a container does in a mounted workspace, gets a `guest` place, and only where
 * no link lies in a folder of that user: that user may put one there at any time.
 */
export async function findOpenToOthers(
  folder: string,
  uid: number | null,
  findOutside = findOutsideUid,
): Promise<OpenPlace | null> {
  if (uid === null) return null;
  const user: User = { uid, outside: await findOutside() };
  let at = parse(folder).root;
  let rest = partsOf(resolve(folder));
  let guest: OpenPlace | null = null;
  for (let links = 0; links < MOST_LINKS; ) {
    const facts = await fs.lstat(at);
    const isForeign = !isTrusted(facts, user);
    if (isForeign && uid !== ROOT) return { path: at, why: 'owner' };
    if (isForeign) guest ??= { path: at, why: 'guest' };
    const next = rest.shift();
    const isOpen = canOthersWrite(facts, uid);
    if (next === undefined) return isOpen ? { path: at, why: 'writable' } : guest;
    // The target of a link may hold `..`, which the system takes after every link before it.
    if (next === '..') at = dirname(at);
    if (next === '..' || next === '.') continue;
    const path = join(at, next);
    const inner = await fs.lstat(path);
    if (isOpen && !((facts.mode & STICKY) !== 0 && isTrusted(inner, user)))
      return { path: at, why: 'writable' };
    if (!inner.isSymbolicLink()) {
      at = path;
      continue;
    }
    if (isForeign || !isTrusted(inner, user)) return { path, why: 'link' };
    const target = await fs.readlink(path);
    const { root } = parse(target);
    rest = [...partsOf(target), ...rest];
    if (root !== '') at = root;
    links += 1;
  }
  return { path: folder, why: 'link' };
}

function partsOf(path: string): string[] {
  return path.slice(parse(path).root.length).split(sep).filter(Boolean);
}

/** The caller, root, and whoever set up the user namespace. */
function isTrusted({ uid }: Stats, { uid: own, outside }: User): boolean {
  return uid === own || uid === ROOT || uid === outside;
}

function canOthersWrite({ mode, gid }: Stats, uid: number): boolean {
  if ((mode & ALL_WRITE) !== 0) return true;
  return (mode & GROUP_WRITES) !== 0 && !isPrivateGroup(gid, uid);
}

/**
 * Many systems give each user a group of the same number and a umask of 002: nobody else is in it. Nor in root's, which
 * containers that run as any number have.
 */
function isPrivateGroup(gid: number, uid: number): boolean {
  return gid === uid || gid === ROOT;
}
