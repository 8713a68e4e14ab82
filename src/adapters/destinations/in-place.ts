import { dirname, join } from 'node:path';
import { AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { PathFacts } from '../../ports/disk.ts';
import { sameBytes } from '../disk/commit-file.ts';
import { type DestinationDeps, MAX_TARGET_BYTES } from './destination-deps.ts';
import { clearFolder, makeIgnoredFolder, shortNameOf, writeNew } from './stage.ts';
import { notKept } from './target-file.ts';

/**
 * A file that is mounted by itself, as containers do it (`docker run -v "$PWD/.env:/app/.env"`): no other file can be renamed
 * over it, so it is written where it is. What it held lies beside it meanwhile, for a write that is cut short.
 */
export async function writeInPlace(
  deps: DestinationDeps,
  path: string,
  { facts, current, next }: { facts: PathFacts; current: Uint8Array; next: Uint8Array },
): Promise<boolean> {
  refuseReadable(path, facts);
  const { disk } = deps;
  const copyFolder = copyFolderOf(path);
  await makeIgnoredFolder(disk, copyFolder);
  await writeNew(disk, copyOf(path), current, 0o600);
  await disk.syncFolder(copyFolder);
  await disk.syncFolder(dirname(copyFolder));
  if (!sameBytes(await disk.read(path, MAX_TARGET_BYTES), current)) {
    await clearFolder(disk, copyFolder);
    return false;
  }
  try {
    await overwrite(deps, path, current, next);
  } catch (error) {
    await overwrite(deps, path, await disk.read(path, MAX_TARGET_BYTES), current);
    await clearFolder(disk, copyFolder);
    throw error;
  }
  await clearFolder(disk, copyFolder);
  await disk.syncFolder(dirname(path));
  return true;
}

/** Refuses before the request what `writeInPlace` would refuse. */
export async function proveInPlace(deps: DestinationDeps, path: string, facts: PathFacts): Promise<void> {
  refuseReadable(path, facts);
  if (await deps.disk.facts(copyOf(path))) await refuseCopy(deps, path);
  deps.note(`"${safeText(path, 200)}" is mounted by itself: it will be written in place`);
}

/** Decides about the copy that a killed write left: it goes when the file is whole, before the change or after it. */
export async function settleCopy(
  deps: DestinationDeps,
  path: string,
  { current, edit }: { current: Uint8Array; edit: (before: Uint8Array) => Uint8Array },
): Promise<void> {
  const { disk } = deps;
  if ((await disk.facts(copyFolderOf(path)))?.kind !== 'folder') return;
  const before = await disk.read(copyOf(path), MAX_TARGET_BYTES);
  if (before && !sameBytes(before, current) && !sameBytes(edit(before), current)) throw cutShort(path);
  await clearFolder(disk, copyFolderOf(path));
}

async function refuseCopy(deps: DestinationDeps, path: string): Promise<void> {
  const [before, now] = await Promise.all([
    deps.disk.read(copyOf(path), MAX_TARGET_BYTES),
    deps.disk.read(path, MAX_TARGET_BYTES),
  ]);
  if (!sameBytes(before, now)) throw cutShort(path);
}

/** Bytes that stay are not touched: a line that is added at the end leaves every other line readable all the time. */
async function overwrite(
  { disk }: DestinationDeps,
  path: string,
  now: Uint8Array | null,
  next: Uint8Array,
): Promise<void> {
  const same = commonStart(now ?? new Uint8Array(), next);
  if (now && now.length > same) await disk.truncate(path, same);
  const file = await disk.append(path);
  try {
    await file.write(next.subarray(same));
    await file.sync();
  } finally {
    await file.close();
  }
  if (!sameBytes(await disk.read(path, MAX_TARGET_BYTES), next)) throw notKept(path);
}

/** Hidden from git, as every file that a delivery makes beside its target: the copy holds the secrets from before. */
function copyFolderOf(path: string): string {
  return join(dirname(path), `.keyturn-before-${shortNameOf(path)}`);
}

function copyOf(path: string): string {
  return join(copyFolderOf(path), 'before');
}

function commonStart(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same < most && a[same] === b[same]) same += 1;
  return same;
}

function refuseReadable(path: string, { mode }: PathFacts): void {
  if ((mode & 0o177) === 0) return;
  const shown = safeText(path, 200);
  throw usage(
    `"${shown}" is mounted by itself and can be read by others`,
    `run \`chmod 600 ${/^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`}\` first`,
  );
}

function cutShort(path: string): AppError {
  const shown = safeText(path, 200);
  const copy = safeText(copyOf(path), 200);
  const folder = safeText(copyFolderOf(path), 200);
  return new AppError({
    code: 'conflict',
    message: `a write of "${shown}" was cut short; what it held before is in "${copy}"`,
    hint: `compare the two, put right "${shown}", and remove "${folder}"; then run it again`,
  });
}
