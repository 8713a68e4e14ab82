import { AppError, isAppError } from '../../domain/errors.ts';
import type { Disk, OpenFile } from '../../ports/disk.ts';
import { segmentPath } from './names.ts';

/** Makes a segment. Nobody else can make it too: the one that fails is refused. */
export async function claimSegment(disk: Disk, folder: string, id: string, epoch: number): Promise<OpenFile> {
  try {
    return await disk.create(segmentPath(folder, id, epoch), 0o600);
  } catch (error) {
    throw isAppError(error, 'conflict') ? takenOver() : error;
  }
}

export function takenOver(): AppError {
  return new AppError({
    code: 'locked',
    message: 'another keyturn took this operation over',
    hint: 'see `keyturn rotations list`',
  });
}
