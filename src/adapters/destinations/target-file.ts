import { AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { PathFacts } from '../../ports/disk.ts';
import { refuseClosedPlace } from '../disk/closed-places.ts';
import type { DestinationDeps } from './destination-deps.ts';

/** What is at the path, refusing everything that a secret should not be written to; null for nothing. */
export async function examineTarget(deps: DestinationDeps, path: string): Promise<PathFacts | null> {
  await refuseClosedPlace(path, deps.ownFolders);
  const facts = await deps.disk.facts(path);
  if (!facts) return null;
  const shown = safeText(path, 200);
  if (facts.kind === 'link') {
    throw usage(`"${shown}" is a symbolic link`, 'name the file behind it');
  }
  if (facts.kind !== 'file') throw usage(`"${shown}" is not a regular file`, 'name a file');
  if (!facts.owned) throw usage(`"${shown}" belongs to another user`, 'choose a file of your own');
  return facts;
}

/** The error for a target that does not hold what was written to it. */
export function notKept(label: string): AppError {
  return new AppError({
    code: 'unavailable',
    message: `"${safeText(label, 200)}" does not hold what was written to it`,
    hint: 'something else writes to it at the same time; choose another target',
  });
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
