import { isAppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk, OpenPlace } from '../../ports/disk.ts';

/** Which other user may replace one of keyturn's folders, and what helps; null where nobody may, or nobody can tell. */
export async function describeOpenFolder(
  disk: Pick<Disk, 'openToOthers'>,
  folder: string,
): Promise<{ readonly message: string; readonly fix: string } | null> {
  const open = await orNull(() => disk.openToOthers(folder));
  if (open === null) return null;
  return {
    message: `other users may replace keyturn's folder "${safeText(folder, 200)}": ${reasonOf(open)}`,
    fix: 'set HOME, or KEYTURN_CONFIG_DIR and KEYTURN_STATE_DIR, to folders that no other user can rename',
  };
}

function reasonOf({ path, why }: OpenPlace): string {
  const shown = `"${safeText(path, 200)}"`;
  if (why === 'writable') return `all or some of them may write to ${shown}`;
  return why === 'link' ? `the link ${shown} is or may become theirs` : `${shown} belongs to one of them`;
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
