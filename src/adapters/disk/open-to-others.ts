import type { Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join, parse, resolve, sep } from 'node:path';

const MOST_LINKS = 40;
const ROOT = 0;
const STICKY = 0o1000;
const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;

/**
 * The folder itself, or one on the way to it, in which another user may make, remove or rename what lies there; null when
 * there is none. In a sticky folder such as `/tmp` others cannot rename what is ours, so one on the way may be sticky; the
 * last one may not, for a file that does not exist yet belongs to nobody. A link is followed as the system follows it, each
 * folder that it leads through being looked at too.
 */
export async function findOpenToOthers(folder: string, uid: number | null): Promise<string | null> {
  if (uid === null) return null;
  let at = parse(folder).root;
  let rest = partsOf(folder);
  for (let links = 0; links < MOST_LINKS; ) {
    const facts = await fs.lstat(at);
    const open = canOthersWrite(facts, uid);
    const next = rest.shift();
    if (next === undefined) return open ? at : null;
    const path = join(at, next);
    const inner = await fs.lstat(path);
    if (open && !((facts.mode & STICKY) !== 0 && isTrusted(inner, uid))) return at;
    at = path;
    if (!inner.isSymbolicLink()) continue;
    const target = resolve(dirname(path), await fs.readlink(path));
    rest = [...partsOf(target), ...rest];
    at = parse(target).root;
    links += 1;
  }
  return folder;
}

function partsOf(path: string): string[] {
  return path.slice(parse(path).root.length).split(sep).filter(Boolean);
}

function isTrusted({ uid }: Stats, own: number): boolean {
  return uid === own || uid === ROOT;
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
