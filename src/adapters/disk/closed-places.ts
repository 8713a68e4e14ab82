import type { BigIntStats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import { usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { errnoOf } from './disk-error.ts';
import { realPath } from './real-path.ts';

/** Where version control keeps its settings and its hooks, which are programs. */
export const CONTROL_FOLDERS: readonly string[] = ['.git', '.hg', '.svn', '.jj', '.bzr', '_darcs'];
const MOST_LINKS = 40;

/**
 * Refuses to write a file that a person, a policy or an unfinished operation named, where it lies in one of keyturn's `own` folders or
 * in a version-control folder. A secret there would replace a credentials file or become a hook. Links and `..` are followed first,
 * upper and lower case are the same, and a second name of one of keyturn's files counts as that file.
 */
export async function refuseClosedPlace(path: string, own: readonly string[]): Promise<void> {
  const shown = safeText(path, 200);
  const places = await waysTo(path);
  for (const place of places) {
    const control = await findControlFolder(place);
    if (control !== null)
      throw usage(
        `"${shown}" lies in the version-control folder "${safeText(control, 200)}"`,
        'choose a file outside of it',
      );
  }
  for (const folder of own) {
    if (await isOwn(path, places, folder))
      throw usage(
        `"${shown}" lies in keyturn's own folder "${safeText(folder, 200)}", or is one of its files`,
        "choose a file outside of keyturn's folders; `--save` keeps the secret in the store",
      );
  }
}

/** The path as it is written, where its folder really lies, and every place that a last link leads to, also one that does not exist yet. */
async function waysTo(path: string): Promise<readonly string[]> {
  const ways = new Set<string>();
  let next: string | null = resolve(path);
  for (let links = 0; next !== null && links < MOST_LINKS; links += 1) {
    const at: string = next;
    ways.add(at);
    const folder = await realPath(dirname(at));
    if (folder !== null) ways.add(join(folder, basename(at)));
    const target = await orNull(() => fs.readlink(at));
    next = target === null ? null : resolve(folder ?? dirname(at), target);
  }
  return [...ways];
}

/** From the inside outwards: a worktree that lies in a bare repository is no part of that repository. */
async function findControlFolder(path: string): Promise<string | null> {
  const named = foldersTo(path).find((at) => CONTROL_FOLDERS.includes(fold(basename(at))));
  if (named !== undefined) return named;
  for (const at of foldersTo(dirname(path))) {
    if (await isGitFolder(at)) return at;
    if (await statsOf(join(at, '.git'))) return null;
  }
  return null;
}

/** As git itself recognises a repository, whatever its name: a bare one, or one that a `.git` file points to. */
async function isGitFolder(folder: string): Promise<boolean> {
  if ((await linkStatsOf(join(folder, 'HEAD'))) === null) return false;
  // The folder of one worktree has neither and names the repository that has.
  if (await statsOf(join(folder, 'commondir'))) return true;
  const [objects, refs] = [await statsOf(join(folder, 'objects')), await statsOf(join(folder, 'refs'))];
  return objects !== null && refs !== null && objects.isDirectory() && refs.isDirectory();
}

async function isOwn(path: string, places: readonly string[], folder: string): Promise<boolean> {
  const roots = new Set([resolve(folder), (await realPath(resolve(folder))) ?? resolve(folder)].map(fold));
  const folderStats = await statsOf(folder);
  for (const place of places) {
    for (const at of foldersTo(place)) {
      if (roots.has(fold(at))) return true;
      if (folderStats && isSame(await statsOf(at), folderStats)) return true;
    }
  }
  const target = await statsOf(path);
  return target !== null && (await holdsFile(folder, target));
}

/** Whether one of the folder's files, or what a link in it leads to, is this very file: a hard link, or a file mounted by itself. */
async function holdsFile(folder: string, target: BigIntStats): Promise<boolean> {
  for (const path of await filesBelow(folder)) {
    if (isSame(await statsOf(path), target)) return true;
  }
  return false;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (errnoOf(error) === 'unknown') throw error;
    return [];
  }
}

/** The path itself, and every folder above it, the innermost first. */
function foldersTo(path: string): readonly string[] {
  const { root } = parse(path);
  const parts = path.slice(root.length).split(sep).filter(Boolean);
  return parts.map((_, index) => join(root, ...parts.slice(0, parts.length - index)));
}

/**
 * What some file system takes for the same name: upper and lower case, letters that are not shown, and dots and blanks at the end
 * mean nothing on macOS, on Windows and on volumes of theirs.
 */
function fold(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[. ]+$/, '');
}

function isSame(a: BigIntStats | null, b: BigIntStats): boolean {
  return a !== null && a.ino === b.ino && a.dev === b.dev;
}

async function statsOf(path: string): Promise<BigIntStats | null> {
  return orNull(() => fs.stat(path, { bigint: true }));
}

async function linkStatsOf(path: string): Promise<BigIntStats | null> {
  return orNull(() => fs.lstat(path, { bigint: true }));
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    // What cannot be looked at is not ours, and cannot be written either.
    if (errnoOf(error) === 'unknown') throw error;
    return null;
  }
}
