import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import type { DestinationDeps } from './destination-deps.ts';
import { utf8 } from './target-file.ts';

const IGNORE_FILE = '.gitignore';

/**
 * Runs `work` with the path of a file that is not yet in its place. It lies beside the target, so that it can be renamed over it, in
 * a folder (0700) of its own whose `.gitignore` names everything: what a killed run leaves there, `git add -A` does not take, whatever
 * the repository's own list of ignored files says. Nothing stays there.
 */
export async function inStage<T>(
  { disk, random }: Pick<DestinationDeps, 'disk' | 'random'>,
  path: string,
  work: (temporary: string) => Promise<T>,
): Promise<T> {
  const stage = join(dirname(path), `${prefixOf(path)}${Buffer.from(random.bytes(16)).toString('hex')}`);
  await makeIgnoredFolder(disk, stage);
  try {
    return await work(join(stage, 'new'));
  } finally {
    await quietly(clearFolder(disk, stage));
  }
}

/** As {@link inStage}, for a file without a secret, of which nothing need outlive a power cut. */
export async function inTrialStage<T>(
  { disk, random }: Pick<DestinationDeps, 'disk' | 'random'>,
  path: string,
  work: (temporary: string) => Promise<T>,
): Promise<T> {
  const flushless: Disk = { ...disk, create: async (at, mode) => withoutFlush(await disk.create(at, mode)) };
  return inStage({ disk: flushless, random }, path, work);
}

function withoutFlush(file: OpenFile): OpenFile {
  return { ...file, sync: async () => undefined };
}

/** Removes what killed runs left beside the target. Only for the holder of its lock: another's file may be in use. */
export async function sweepStages(disk: Disk, path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = prefixOf(path);
  for (const name of await disk.list(folder)) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{32}$/.test(name.slice(prefix.length))) continue;
    const facts = await disk.facts(join(folder, name));
    if (facts?.kind === 'folder' && facts.owned && (await isStage(disk, join(folder, name))))
      await clearFolder(disk, join(folder, name));
  }
}

/** A folder of that name that holds another folder is none that keyturn made: a repository can hold one. */
async function isStage(disk: Disk, path: string): Promise<boolean> {
  for (const name of await disk.list(path)) {
    if ((await disk.facts(join(path, name)))?.kind === 'folder') return false;
  }
  return true;
}

/** Makes the folder, in which git sees nothing; conflict when there is something of that name. */
export async function makeIgnoredFolder(disk: Disk, folder: string): Promise<void> {
  await disk.createFolder(folder, 0o700);
  try {
    await writeNew(disk, join(folder, IGNORE_FILE), utf8('*\n'), 0o600);
  } catch (error) {
    await quietly(clearFolder(disk, folder));
    throw error;
  }
}

/** Removes the folder and the files in it, last the one that hides the others. */
export async function clearFolder(disk: Disk, folder: string): Promise<void> {
  const names = (await disk.list(folder)).filter((name) => name !== IGNORE_FILE);
  for (const name of [...names, IGNORE_FILE]) await disk.remove(join(folder, name));
  await disk.removeFolder(folder);
}

/** A new file, whole and on the device, or none. */
export async function writeNew(disk: Disk, path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await disk.create(path, mode);
  try {
    await file.write(bytes);
    await file.sync();
  } catch (error) {
    await quietly(disk.remove(path));
    throw error;
  } finally {
    await file.close();
  }
}

/** Short and of plain letters, however long the target's name is. */
export function shortNameOf(path: string): string {
  return createHash('sha256').update(basename(path)).digest('hex').slice(0, 16);
}

function prefixOf(path: string): string {
  return `.keyturn-${shortNameOf(path)}-`;
}

/** The first error says what is wrong; a leftover is swept by the next delivery. */
async function quietly(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
}
