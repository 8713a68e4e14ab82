import { type AppError, isAppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import { groupNames, type OperationFiles, segmentPath } from './names.ts';
import { type OperationLog, readFirstLine, readOperation } from './read-operation.ts';
import { firstLink, nextLink } from './records.ts';
import { replay, type State } from './state.ts';

/** An operation as anybody may see it: its codes are not verified, for that needs the key. */
export type Found =
  | {
      readonly kind: 'operation';
      readonly files: OperationFiles;
      readonly log: OperationLog;
      readonly state: State;
    }
  | { readonly kind: 'broken'; readonly error: AppError };

const MOST_TRIES = 5;

export async function findFiles(disk: Disk, folder: string, id: string): Promise<OperationFiles | null> {
  const names = await disk.list(folder);
  // Most are the tombstones of others.
  const [found] = groupNames(names.filter((name) => name.startsWith(id)));
  return found && found.epochs.length + found.ended.length > 0 ? found : null;
}

/** Reads an operation beside its owner, which may add, rename and remove files meanwhile. Null when it is gone. */
export async function lookUp(disk: Disk, folder: string, id: string): Promise<Found | null> {
  return lookAt(disk, folder, await findFiles(disk, folder, id));
}

/** As {@link lookUp}, with the names of the files known already. */
export async function lookAt(
  disk: Disk,
  folder: string,
  known: OperationFiles | null,
): Promise<Found | null> {
  let files = known;
  for (let tries = 1; files; tries += 1) {
    try {
      const log = await readOperation(disk, folder, files);
      return { kind: 'operation', files, log, state: replay(log) };
    } catch (error) {
      if (!isAppError(error)) throw error;
      const now = await findFiles(disk, folder, files.id);
      if (tries === MOST_TRIES || (now && isSame(now, files)))
        return { kind: 'broken', error: named(error, files.id) };
      files = now;
    }
  }
  return null;
}

function named(error: AppError, id: string): AppError {
  if (error.code !== 'failure') return error;
  return error.with({
    hint: `nothing was sent; look at the tokens at the provider, then \`keyturn rotations abort ${id}\` sets the record aside`,
    operation: id,
    next: `keyturn rotations abort ${id}`,
  });
}

/** The header of an operation that is broken further on; null when it cannot be read either. */
export async function peekHeader(disk: Disk, folder: string, id: string): Promise<OperationHeader | null> {
  const files = await findFiles(disk, folder, id);
  for (const epoch of files?.epochs ?? []) {
    const header = await peekSegment(disk, segmentPath(folder, id, epoch), id);
    if (header) return header;
  }
  return null;
}

async function peekSegment(disk: Disk, path: string, id: string): Promise<OperationHeader | null> {
  try {
    const line = await readFirstLine(disk, path);
    const entry = line?.entry;
    if (!line || (entry?.type !== 'header' && entry?.type !== 'ended') || entry.header.id !== id) return null;
    return nextLink(firstLink(id), line.raw).sum === line.link.sum ? entry.header : null;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

function isSame(a: OperationFiles, b: OperationFiles): boolean {
  return a.epochs.join() === b.epochs.join() && a.ended.join() === b.ended.join();
}
