import { dirname } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { PathFacts } from '../../ports/disk.ts';
import { sameBytes } from '../disk/commit-file.ts';
import { type DestinationDeps, MAX_TARGET_BYTES } from './destination-deps.ts';
import { settleCopy, writeInPlace } from './in-place.ts';
import { canReplace, existingFolder } from './prove-target.ts';
import { inStage, sweepStages, writeNew } from './stage.ts';
import { examineTarget, notKept } from './target-file.ts';
import { holdTarget } from './target-lock.ts';

export interface TargetChange {
  readonly label: string;
  /** What the file is to be, from what it is; `AppError` when it must stay as it is. Called again when the file changed. */
  edit(current: Uint8Array | null): Uint8Array;
  /** The permission bits, from those that the file has. */
  mode(facts: PathFacts | null): number;
  /** Whether a new file is made under its own name, so that one that appears meanwhile is never replaced. */
  readonly exclusive: boolean;
  isKept(now: Uint8Array | null): boolean;
}

/** What is at the target, and what it is to become. */
interface Write {
  readonly facts: PathFacts | null;
  readonly current: Uint8Array | null;
  readonly next: Uint8Array;
  readonly mode: number;
}

const MOST_ATTEMPTS = 10;

/**
 * Changes a file that other programs change too, and loses nothing of theirs: alone among keyturn's processes, from the
 * newest content, compared once more right before the write. Reads back what it wrote.
 */
export async function changeTarget(deps: DestinationDeps, path: string, change: TargetChange): Promise<void> {
  // Before the lock, which is a file beside the target.
  await examineTarget(deps, path);
  await existingFolder(deps, path);
  await holdTarget(deps, path, async () => {
    // A delivery that was killed left the secret beside the file.
    await sweepStages(deps.disk, path);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      if (!(await tryChange(deps, path, change))) continue;
      if (!change.isKept(await deps.disk.read(path, MAX_TARGET_BYTES))) throw notKept(change.label);
      return;
    }
    throw busy(path);
  });
}

/** False when another program changed the file meanwhile; then nothing was written. */
async function tryChange(deps: DestinationDeps, path: string, change: TargetChange): Promise<boolean> {
  const facts = await examineTarget(deps, path);
  const current = facts ? await deps.disk.read(path, MAX_TARGET_BYTES) : null;
  const inPlace = facts !== null && !(await canReplace(deps, path));
  if (inPlace && current) await settleCopy(deps, path, { current, edit: change.edit });
  const next = change.edit(current);
  const mode = change.mode(facts);
  if (current && sameBytes(current, next) && facts?.mode === mode) return true;
  if (inPlace && current) return writeInPlace(deps, path, { facts, current, next });
  if (!facts && change.exclusive) {
    await createNew(deps, path, next);
    return true;
  }
  return replaceIfStill(deps, path, { facts, current, next, mode });
}

/** Renames over the name itself: a link that somebody put there meanwhile is replaced and never followed. */
async function replaceIfStill(
  deps: DestinationDeps,
  path: string,
  { current, next, mode }: Write,
): Promise<boolean> {
  const { disk } = deps;
  const isReplaced = await inStage(deps, path, async (temporary) => {
    await writeNew(disk, temporary, next, mode);
    if (!sameBytes(await disk.read(path, MAX_TARGET_BYTES), current)) return false;
    await disk.rename(temporary, path);
    return true;
  });
  if (isReplaced) await disk.syncFolder(dirname(path));
  return isReplaced;
}

async function createNew({ disk }: DestinationDeps, path: string, bytes: Uint8Array): Promise<void> {
  await writeNew(disk, path, bytes, 0o600);
  await disk.syncFolder(dirname(path));
}

function busy(path: string): AppError {
  return new AppError({
    code: 'locked',
    message: `"${safeText(path, 200)}" keeps being changed by another program`,
    hint: 'try again when that program is done',
  });
}
