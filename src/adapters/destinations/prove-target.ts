import { dirname } from 'node:path';
import { isAppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { OpenPlace, PathFacts } from '../../ports/disk.ts';
import type { DestinationDeps } from './destination-deps.ts';
import { proveInPlace } from './in-place.ts';
import { inTrialStage } from './stage.ts';
import { examineTarget } from './target-file.ts';
import { holdTarget } from './target-lock.ts';

/** Proves before the request that the file can be made, replaced, or written in place; null when it is not there yet. */
export async function proveTarget(deps: DestinationDeps, path: string): Promise<PathFacts | null> {
  const facts = await examineTarget(deps, path);
  const guest = await existingFolder(deps, path);
  if (guest)
    deps.note(
      `"${safeText(guest.path, 200)}" belongs to another user, who may remove or replace "${safeText(path, 200)}" at any time`,
    );
  const isReplaced = await tryFolder(deps, path, facts);
  if (facts && !isReplaced) await proveInPlace(deps, path, facts);
  return facts;
}

/**
 * Whether the target can be replaced or made. Tried under the lock: its holder clears away what lies beside the target, and a trial
 * looks like what a dead command left. And a lock that a dead process of another machine left runs out now, not while a new
 * secret waits.
 */
async function tryFolder(deps: DestinationDeps, path: string, facts: PathFacts | null): Promise<boolean> {
  try {
    return await holdTarget(deps, path, async () => {
      await proveFolder(deps, path);
      return facts === null || canReplace(deps, path);
    });
  } catch (error) {
    if (!facts || !isAppError(error) || error.code === 'locked') throw error;
    throw error.with({
      hint: `the file is changed by way of a new one in its folder, which takes none (\`ls -ld ${safeText(dirname(path), 200)}\`); choose another destination: \`--save\`, \`--print\` or \`--to exec:COMMAND\``,
    });
  }
}

/** Proves that a file can be made in the target's folder, by making and removing one. */
async function proveFolder(deps: DestinationDeps, path: string): Promise<void> {
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
export async function canReplace(deps: DestinationDeps, path: string): Promise<boolean> {
  return inTrialStage(deps, path, (trial) => deps.disk.canReplace(path, trial));
}

/**
 * Proves that the target's folder is there, and that no other user can put a link into it; `usage` otherwise. Returns the
 * folder of another user that root writes to: a container's workspace belongs to the user who mounted it (decision 0009).
 */
export async function existingFolder(deps: DestinationDeps, path: string): Promise<OpenPlace | null> {
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
  if (open !== null && open.why !== 'guest') throw openToOthers(open);
  return open;
}

function openToOthers({ path, why }: OpenPlace): Error {
  const shown = `"${safeText(path, 200)}"`;
  const danger = 'a link of theirs could lead the secret elsewhere';
  const instead = '`--to exec:COMMAND` and `--save` need no folder';
  switch (why) {
    case 'writable':
      return usage(
        `other users may write to the folder ${shown}: ${danger}`,
        `choose a folder that only you may write, or \`chmod go-w\` that one; ${instead}`,
      );
    case 'link':
      return usage(
        `${shown} is a symbolic link that another user made, or may replace`,
        `name the folder behind it, or choose one that no other user may change; ${instead}`,
      );
    default:
      return usage(
        `the folder ${shown} belongs to another user: ${danger}`,
        `choose a folder that lies in no other user's folder; ${instead}`,
      );
  }
}

async function resolveOrNull(deps: DestinationDeps, path: string): Promise<string | null> {
  try {
    return await deps.disk.resolve(path);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
