import { dirname } from 'node:path';
import { isAppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { PathFacts } from '../../ports/disk.ts';
import { proveInPlace } from './in-place.ts';
import type { SinkDeps } from './sink-deps.ts';
import { inTrialStage } from './stage.ts';
import { examineTarget } from './target-file.ts';

/** Proves before the request that the file can be made, replaced, or written in place; null when it is not there yet. */
export async function proveTarget(deps: SinkDeps, path: string): Promise<PathFacts | null> {
  const facts = await examineTarget(deps, path);
  await existingFolder(deps, path);
  try {
    await proveFolder(deps, path);
  } catch (error) {
    if (!facts || !isAppError(error)) throw error;
    throw error.with({
      hint: `the file is changed by way of a new one in its folder, which takes none (\`ls -ld ${safeText(dirname(path), 200)}\`); choose another destination: \`--save\`, \`--print\` or \`--to exec:COMMAND\``,
    });
  }
  if (facts && !(await canReplace(deps, path))) await proveInPlace(deps, path, facts);
  return facts;
}

/** Proves that a file can be made in the target's folder, by making and removing one. */
async function proveFolder(deps: SinkDeps, path: string): Promise<void> {
  await inTrialStage(deps, path, async (trial) => {
    const file = await deps.disk.create(trial, 0o600);
    try {
      await file.write(new Uint8Array([0]));
    } finally {
      await file.close();
    }
  });
}

/** Whether another file can be renamed over the target. */
export async function canReplace(deps: SinkDeps, path: string): Promise<boolean> {
  return inTrialStage(deps, path, (trial) => deps.disk.canReplace(path, trial));
}

/** Proves that the target's folder is there, and that no other user can put a link into it; `usage` otherwise. */
export async function existingFolder(deps: SinkDeps, path: string): Promise<void> {
  const given = dirname(path);
  const missing = usage(
    `the folder "${safeText(given, 200)}" does not exist`,
    given.startsWith('~')
      ? 'write "$HOME" for your home folder: "~" is not expanded here'
      : 'make it first, or choose another path',
  );
  const folder = await resolveOrNull(deps, given);
  const facts = folder === null ? null : await deps.disk.facts(folder);
  if (folder === null || facts?.kind !== 'folder') throw missing;
  const open = await deps.disk.openToOthers(given);
  if (open !== null) throw openToOthers(open);
}

function openToOthers(folder: string): Error {
  return usage(
    `other users may write to the folder "${safeText(folder, 200)}": a link of theirs could lead the secret elsewhere`,
    'choose a folder that only you may write, or `chmod go-w` that one; `--to exec:COMMAND` and `--save` need none',
  );
}

async function resolveOrNull(deps: SinkDeps, path: string): Promise<string | null> {
  try {
    return await deps.disk.resolve(path);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
