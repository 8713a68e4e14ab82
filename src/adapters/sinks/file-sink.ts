import { dirname } from 'node:path';
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { Sink } from '../../ports/sink.ts';
import { replaceFile, sweepLeftovers } from '../disk/atomic-file.ts';
import { warnOfGit } from './git-exposure.ts';
import { MAX_TARGET_BYTES, type SinkDeps } from './sink-deps.ts';
import { examineTarget, notKept, proveFolder, sameBytes, utf8 } from './target-file.ts';

/** `file:PATH`: the secret and one newline, in a file of mode 0600 that is new, or replaced with `--force`. */
export function createFileSink(deps: SinkDeps, path: string): Sink {
  const label = `file:${path}`;
  return {
    label,
    async prove() {
      const facts = await examineTarget(deps, path);
      if (facts && !deps.force) throw taken(path);
      await proveFolder(deps, path);
      await warnOfGit(deps, path);
    },
    async deliver(secret) {
      const bytes = utf8(`${secret.reveal()}\n`);
      const facts = await examineTarget(deps, path);
      const now = facts ? await deps.disk.read(path, MAX_TARGET_BYTES) : null;
      // The beginning of the same bytes is our own write that a crash cut short: it may be finished.
      if (now && !deps.force && !isBeginning(now, bytes)) throw taken(path);
      // A delivery that was killed left the secret beside the file.
      await sweepLeftovers(deps.disk, path);
      const done = now !== null && sameBytes(now, bytes) && facts?.mode === 0o600;
      if (!done)
        await (facts ? replaceFile(deps.disk, deps.random, path, bytes, 0o600) : create(deps, path, bytes));
      const kept = await deps.disk.read(path, MAX_TARGET_BYTES);
      if (!kept || !sameBytes(kept, bytes)) throw notKept(label);
    },
    async holds(secret) {
      return readHolds(deps, path, secret);
    },
  };
}

async function create(deps: SinkDeps, path: string, bytes: Uint8Array): Promise<void> {
  const file = await deps.disk.create(path, 0o600);
  try {
    await file.write(bytes);
    await file.sync();
  } catch (error) {
    await deps.disk.remove(path);
    throw error;
  } finally {
    await file.close();
  }
  await deps.disk.syncFolder(await deps.disk.resolve(dirname(path)));
}

async function readHolds(deps: SinkDeps, path: string, secret: Secret): Promise<boolean | null> {
  try {
    const now = await deps.disk.read(path, MAX_TARGET_BYTES);
    if (!now) return false;
    return sameBytes(now, utf8(`${secret.reveal()}\n`)) || sameBytes(now, utf8(secret.reveal()));
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
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
