import type { Disk, PathFacts } from '../../ports/disk.ts';
import { takenOver } from './claim-segment.ts';
import { segmentPath } from './names.ts';

interface Segments {
  readonly disk: Disk;
  readonly folder: string;
  readonly id: string;
}

interface Fence {
  /** The owner's segment. */
  readonly epoch: number;
  /** In bytes; null: not known, because a write failed. */
  readonly length: number | null;
  /** A segment that must still be there, because the owner's was copied from it. */
  readonly source: number;
  /** What a successor would make. */
  readonly next: number;
}

/**
 * Throws `locked` when another process took the operation over. Three names tell it, and the folder need not be listed:
 * whoever takes the operation over makes the next segment, which goes only after every segment before it has gone. So as long
 * as the owner's segment is there and the next one is not, nobody has.
 */
export async function checkFence(segments: Segments, fence: Fence): Promise<void> {
  const { epoch, length, source, next } = fence;
  if ((await factsOf(segments, next)) !== null) throw takenOver();
  if (source !== epoch && (await factsOf(segments, source)) === null) throw takenOver();
  // Last: a successor that began after the first look has removed this segment by the time that it has ended.
  const own = await factsOf(segments, epoch);
  if (own === null || (length !== null && own.size !== length)) throw takenOver();
}

function factsOf({ disk, folder, id }: Segments, epoch: number): Promise<PathFacts | null> {
  return disk.facts(segmentPath(folder, id, epoch));
}
