import { dirname } from 'node:path';
import { usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk, PathFacts } from '../../ports/disk.ts';

const OTHERS = 0o077;

/** Makes the folder (0700) when there is none; refuses one that others own or can look into. */
export async function ensurePrivateFolder(disk: Disk, path: string): Promise<void> {
  let facts = await disk.facts(path);
  if (!facts) {
    const parents = await missingParents(disk, path);
    await disk.makeFolder(path, 0o700);
    // A file is only as durable as every folder above it.
    for (const parent of parents) await disk.syncFolder(parent);
    facts = await disk.facts(path);
  }
  refuseLooseFolder(facts, path);
}

/**
 * As {@link ensurePrivateFolder}, for what must outlive a power cut. A folder that is empty may have been made by a run that
 * was killed before it, and every folder above it, was on the device; whoever puts something there knows that it is.
 */
export async function ensureDurableFolder(disk: Disk, path: string): Promise<void> {
  const isEmpty = (await disk.list(path)).length === 0;
  await ensurePrivateFolder(disk, path);
  for (let at = dirname(path); isEmpty; at = dirname(at)) {
    if (!(await disk.facts(at))?.owned) return;
    await disk.syncFolder(at);
    if (dirname(at) === at) return;
  }
}

/** As {@link ensurePrivateFolder}, for reading: a folder that does not exist is no problem. */
export async function checkPrivateFolder(disk: Disk, path: string): Promise<void> {
  refuseLooseFolder(await disk.facts(path), path);
}

/** Refuses a file that others own, can read or can write. One that does not exist is no problem: null. */
export async function refuseLooseFile(disk: Disk, path: string): Promise<PathFacts | null> {
  const facts = await disk.facts(path);
  if (!facts) return null;
  const shown = safeText(path, 300);
  if (facts.kind !== 'file') throw usage(`"${shown}" is not a regular file`, 'move it away');
  refuseForeign(facts, shown);
  if ((facts.mode & OTHERS) !== 0) {
    throw usage(
      `"${shown}" can be read or changed by others (mode ${octal(facts)})`,
      `chmod 600 ${quote(path)}`,
    );
  }
  return facts;
}

/** Refuses a link that somebody else made; an own one may lead elsewhere. */
export async function refuseForeignLink(disk: Disk, path: string): Promise<void> {
  const facts = await disk.facts(path);
  if (facts?.kind === 'link') refuseForeign(facts, safeText(path, 300));
}

/** The folders that get a new entry when `path` is made. */
async function missingParents(disk: Disk, path: string): Promise<readonly string[]> {
  const parent = dirname(path);
  if (parent === path || (await disk.facts(parent))) return [parent];
  return [...(await missingParents(disk, parent)), parent];
}

function refuseLooseFolder(facts: PathFacts | null, path: string): void {
  if (!facts) return;
  const shown = safeText(path, 300);
  if (facts.kind === 'link') {
    throw usage(`"${shown}" is a symbolic link`, 'name the real folder, for instance in KEYTURN_CONFIG_DIR');
  }
  if (facts.kind !== 'folder') throw usage(`"${shown}" is not a folder`, 'move it away');
  refuseForeign(facts, shown);
  if ((facts.mode & OTHERS) !== 0) {
    throw usage(`the folder "${shown}" is open to others (mode ${octal(facts)})`, `chmod 700 ${quote(path)}`);
  }
}

function refuseForeign(facts: PathFacts, shown: string): void {
  if (!facts.owned) throw usage(`"${shown}" belongs to another user`, 'use a folder of your own');
}

function octal(facts: PathFacts): string {
  return (facts.mode & 0o7777).toString(8).padStart(4, '0');
}

/** For a shell, so that the command can be pasted. */
function quote(path: string): string {
  const shown = safeText(path, 300);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
