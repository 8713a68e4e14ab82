import { AppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import type { OperationHeader, OperationState } from '../../ports/journal.ts';
import { lookUp, peekHeader } from './look-up.ts';
import type { OperationFiles } from './names.ts';
import { isSameSubject, isUnfinished } from './state.ts';

export interface SubjectCheck {
  readonly disk: Disk;
  readonly folder: string;
  readonly header: OperationHeader;
  readonly to: 'begin' | 'resume';
}

/**
 * At most one unfinished operation for a subject: its orphan must be dealt with before another issuing request. A broken journal counts
 * as unfinished; one that does not even tell its subject stops every new operation, but not the resuming of another one.
 */
export async function refuseOthers(check: SubjectCheck, groups: readonly OperationFiles[]): Promise<void> {
  const { disk, folder, header, to } = check;
  for (const { id, epochs, ended } of groups) {
    if (id === header.id || epochs.length === 0 || ended.length > 0) continue;
    const found = await lookUp(disk, folder, id);
    if (
      found?.kind === 'operation' &&
      isUnfinished(found.state) &&
      isSameSubject(found.state.header, header)
    ) {
      throw to === 'begin' ? stillOpen(id, found.state.state) : twoOpen(id, folder);
    }
    if (found?.kind !== 'broken') continue;
    if (found.error.code === 'unavailable') throw found.error;
    const known = await peekHeader(disk, folder, id);
    if (known ? isSameSubject(known, header) : to === 'begin') throw cannotTell(id);
  }
}

function stillOpen(id: string, state: OperationState): AppError {
  const next = `keyturn rotations ${state === 'attention' ? 'show' : 'resume'} ${id}`;
  return new AppError({
    code: 'locked',
    message: `the operation "${id}" for the same credential is not finished`,
    hint: `if another keyturn is running, wait for it; else \`${next}\``,
    operation: id,
    next,
  });
}

function twoOpen(id: string, folder: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `the operation "${id}" is for the same credential and not finished either`,
    hint: `find out which one is right and move the other one's files out of "${folder}"`,
  });
}

function cannotTell(id: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `the record of the operation ${id} cannot be read; it may be for the same credential`,
    hint: `look at the tokens at the provider, then \`keyturn rotations abort ${id}\` sets the record aside`,
    operation: id,
  });
}
