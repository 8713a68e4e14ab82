import { basename, join } from 'node:path';
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import type { JournalHost } from '../../ports/journal.ts';
import type { Locks } from '../../ports/lock.ts';
import { checkPrivateFolder } from '../disk/private.ts';
import { holdOperation } from './hold-operation.ts';
import { findFiles, peekHeader } from './look-up.ts';
import { isOperationId, segmentPath, setAsidePath } from './names.ts';

interface Deps {
  readonly disk: Disk;
  readonly locks: Locks;
  readonly folder: string;
  /** Reads an operation and verifies all of it under its key. */
  verify(id: string): Promise<unknown>;
}

/** What a person can do with an operation that nobody can read. */
export function createSettingAside(deps: Deps): Pick<JournalHost, 'whyUnreadable' | 'setAside'> {
  const { disk, locks, folder } = deps;
  return {
    async whyUnreadable(id) {
      const reason = isOperationId(id) ? await whyBroken(deps, id) : null;
      return reason === null ? null : { reason, header: await peekHeader(disk, folder, id) };
    },
    setAside: (id) =>
      holdOperation(locks, id, async () => {
        await checkPrivateFolder(disk, folder);
        if ((await whyBroken(deps, id)) === null) throw readable(id);
        return renameAll(disk, folder, id);
      }),
  };
}

/** A store that is locked, a disk that fails and a record of a newer keyturn break nothing: they are thrown. */
async function whyBroken({ verify }: Deps, id: string): Promise<string | null> {
  try {
    await verify(id);
    return null;
  } catch (error) {
    if (isAppError(error, 'not-found')) return null;
    if (isAppError(error, 'failure')) return error.message;
    throw error;
  }
}

/**
 * Renames every file of an operation that cannot be read, the newest segment last: until then it is what cannot be read, and the
 * operation counts as unfinished, however many of the older ones are renamed.
 */
async function renameAll(disk: Disk, folder: string, id: string): Promise<readonly string[]> {
  const files = await findFiles(disk, folder, id);
  if (!files) return [];
  const segments = files.epochs.map((epoch) => basename(segmentPath(folder, id, epoch)));
  const paths: string[] = [];
  for (const name of [...files.ended, ...segments]) {
    const path = setAsidePath(folder, name);
    // A rename would replace what was set aside before under this name.
    if (await disk.facts(path)) throw taken(path);
    await disk.rename(join(folder, name), path);
    paths.push(path);
    await disk.syncFolder(folder);
  }
  return paths;
}

function taken(path: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `"${path}" exists already`,
    hint: 'move it out of the folder first',
  });
}

function readable(id: string): AppError {
  return new AppError({ code: 'conflict', message: `the record of the operation ${id} can be read` });
}
