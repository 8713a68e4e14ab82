import type { Clock } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import { InUse } from './disk-error.ts';

/** Waits before each further try; 8 s in all, which outlasts a virus scanner and a backup of one small file. */
const PATIENCE_MS = [10, 20, 50, 100, 200, 400, 800, 1_500, 2_000, 3_000];

/**
 * A disk on which a file that another program has open for a while can be replaced anyway: on Windows a rename or
 * a removal fails meanwhile. Ends with the disk's own error after 8 s, and at once with `AppError` (interrupted,
 * terminated) when the process is asked to stop. Waits are added up, not read off the clock, which may be set meanwhile.
 */
export function createRetryingDisk(disk: Disk, clock: Pick<Clock, 'sleep'>): Disk {
  const withRetries = async (work: () => Promise<void>): Promise<void> => {
    for (const wait of PATIENCE_MS) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof InUse)) throw error;
      }
      await clock.sleep(wait);
    }
    return work();
  };
  return {
    ...disk,
    rename: (from, to) => withRetries(() => disk.rename(from, to)),
    remove: (path) => withRetries(() => disk.remove(path)),
  };
}
