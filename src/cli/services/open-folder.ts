import { isAppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Disk, OpenPlace } from '../../ports/disk.ts';
import type { Services } from './services.ts';

/** Warns once for each of keyturn's folders: they are private, but whoever may rename a folder above may put others in their place. */
export function warnerOfOpenFolders(app: Pick<Services, 'note' | 'paths'>): (disk: Disk) => Promise<void> {
  const lookedAt = new Set<string>();
  return async (disk) => {
    const { configDir, state } = await app.paths();
    for (const folder of [configDir, state]) {
      if (lookedAt.has(folder) || (await disk.facts(folder)) === null) continue;
      lookedAt.add(folder);
      const open = await describeOpenFolder(disk, folder);
      if (open !== null) app.note(`${open.message}; ${open.fix}`);
    }
  };
}

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
