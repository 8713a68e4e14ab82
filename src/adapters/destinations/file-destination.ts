import { AppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { Destination } from '../../ports/destination.ts';
import { sameBytes } from '../disk/commit-file.ts';
import { changeTarget } from './change-target.ts';
import { type DestinationDeps, MAX_TARGET_BYTES } from './destination-deps.ts';
import { warnOfGit } from './git-exposure.ts';
import { proveTarget } from './prove-target.ts';
import { examineTarget, utf8 } from './target-file.ts';

/** `file:PATH`: the secret and one newline, in a file of mode 0600 that is new, or replaced with `--force`. */
export function createFileDestination(deps: DestinationDeps, path: string): Destination {
  const label = `file:${path}`;
  return {
    label,
    async prove() {
      const facts = await examineTarget(deps, path);
      if (facts && !deps.force) throw taken(path);
      await proveTarget(deps, path);
      await warnOfGit(deps, path);
    },
    async deliver(secret) {
      const bytes = utf8(`${secret.reveal()}\n`);
      await changeTarget(deps, path, {
        label,
        edit(current) {
          // The beginning of the same bytes is our own write that a crash cut short: it may be finished.
          if (current && !deps.force && !isBeginning(current, bytes)) throw taken(path);
          return bytes;
        },
        mode: () => 0o600,
        exclusive: true,
        isKept: (now) => now !== null && sameBytes(now, bytes),
      });
    },
    async holds(secret) {
      return readHolds(deps, path, secret);
    },
  };
}

async function readHolds(deps: DestinationDeps, path: string, secret: Secret): Promise<boolean> {
  const now = await deps.disk.read(path, MAX_TARGET_BYTES);
  if (!now) return false;
  return sameBytes(now, utf8(`${secret.reveal()}\n`)) || sameBytes(now, utf8(secret.reveal()));
}

function isBeginning(part: Uint8Array, whole: Uint8Array): boolean {
  return part.length <= whole.length && sameBytes(part, whole.subarray(0, part.length));
}

function taken(path: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `the file "${safeText(path, 200)}" exists`,
    hint: 'replace it with `--force`, or choose another path',
  });
}
