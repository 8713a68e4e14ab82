import { join } from 'node:path';
import type { Disk } from '../../ports/disk.ts';

/** A holder renews its claim so often. */
export const RENEW_MS = 5_000;
/** A claim that was not seen to change for so long is of a holder that is gone, or suspended and soon told so. */
const DEAD_MS = 30_000;

/** What one process has seen of others' claims. Times are what it waited itself: clocks of two machines may differ. */
export interface ClaimWatch {
  /** Looks at a claim of another machine. False when it did not change for too long, or is gone. */
  mayLive(name: string): Promise<boolean>;
  /** Whether it is too early to say: neither seen to change nor watched for long enough. */
  isUndecided(name: string): boolean;
  passed(ms: number): void;
}

interface Seen {
  readonly size: number;
  readonly changed: boolean;
  /** How long it has not changed. */
  stillMs: number;
}

export function createClaimWatch(disk: Disk, folder: string): ClaimWatch {
  const seen = new Map<string, Seen>();
  return {
    async mayLive(name) {
      const facts = await disk.facts(join(folder, name));
      if (!facts) return false;
      const before = seen.get(name);
      if (before?.size === facts.size) return before.stillMs < DEAD_MS;
      seen.set(name, { size: facts.size, changed: before !== undefined, stillMs: 0 });
      return true;
    },
    isUndecided(name) {
      const known = seen.get(name);
      return known !== undefined && !known.changed && known.stillMs < DEAD_MS;
    },
    passed(ms) {
      for (const claim of seen.values()) claim.stillMs += ms;
    },
  };
}
