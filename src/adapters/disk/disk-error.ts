import { AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';

/** Another program has the file open just now, or so it seems: the same call may succeed in a moment. */
export class InUse extends AppError {}

/** As {@link toDiskError}, for a file that is replaced or removed: Windows says EPERM while a virus scanner reads it. */
export function toReplaceError(error: unknown, path: string, isWindows: boolean): AppError {
  const code = errnoOf(error);
  if (code !== 'EBUSY' && code !== 'EPERM' && !(isWindows && code === 'EACCES'))
    return toDiskError(error, path);
  return new InUse({
    code: 'unavailable',
    message: `"${safeText(path, 300)}" cannot be replaced: another program uses it, or it is protected`,
    hint: 'close what has it open (an editor, a backup, a virus scanner), then try again',
  });
}

/** The system's error as a person can act on it. Node's own message is left out: it may repeat what was written. */
export function toDiskError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const code = errnoOf(error);
  const shown = safeText(path, 300);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return unavailable(`the disk is full: cannot write "${shown}"`, 'make room and try again');
    case 'EIO':
      return unavailable(`the disk reports a fault at "${shown}"`, 'check the disk, then try again');
    case 'EMFILE':
    case 'ENFILE':
      return unavailable(`too many files are open to use "${shown}"`, 'raise the limit with `ulimit -n`');
    case 'EBUSY':
    case 'ETXTBSY':
    case 'EAGAIN':
      return unavailable(`"${shown}" is in use by another program`, 'close that program and try again');
    case 'EROFS':
      return usage(`"${shown}" is on a read-only file system`, 'choose another folder');
    case 'EACCES':
    case 'EPERM':
      return usage(`no permission to use "${shown}"`, 'check who owns it and its mode with `ls -ld`');
    case 'ELOOP':
    case 'EMLINK':
      return usage(`"${shown}" is a symbolic link`, 'name the file behind the link, or remove the link');
    case 'EEXIST':
      return new AppError({
        code: 'conflict',
        message: `"${shown}" exists already`,
        hint: 'remove it or choose another path',
      });
    case 'ENOENT':
      return usage(`"${shown}" or its folder does not exist`, 'make the folder first');
    case 'ENOTDIR':
      return usage(`a part of "${shown}" is not a folder`, 'check the path');
    case 'EISDIR':
      return usage(`"${shown}" is a folder`, 'name a file');
    case 'ENXIO':
      return usage(`"${shown}" is not a regular file`, 'name a regular file');
    case 'ENAMETOOLONG':
      return usage('the path is too long', 'choose a shorter one');
    case 'ERR_INVALID_ARG_VALUE':
      return usage(`"${shown}" is not a path`, 'check the path');
    default:
      return unavailable(`cannot use "${shown}" (${code})`, 'check the disk and the path, then try again');
  }
}

/** `ENOENT` and its kind; `unknown` for what is no system error. */
export function errnoOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return 'unknown';
  return typeof error.code === 'string' ? error.code : 'unknown';
}

/** What the work gives; null where the path is not there. */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function unavailable(message: string, hint: string): AppError {
  return new AppError({ code: 'unavailable', message, hint });
}
