import type { Instant } from '../../domain/time.ts';
import type { AttemptSummary } from '../../ports/journal.ts';

/** Steps after which an attempt waits for nothing: its grace was ended, is over, or is being taken back. */
const AFTER_GRACE: ReadonlySet<string> = new Set([
  ...['end grace', 'disable', 'confirm', 'retire', 'sweep', 'forget', 'aborting'],
]);

/** Until when an attempt waits on purpose, the replaced one working beside the new one; null when it does not, or no longer. */
export function waitsUntil(
  { state, dueAt, lastStep }: Pick<AttemptSummary, 'state' | 'dueAt' | 'lastStep'>,
  now: number,
): Instant | null {
  if (state !== 'open' || dueAt === null || Date.parse(dueAt) <= now) return null;
  return AFTER_GRACE.has(lastStep ?? '') ? null : dueAt;
}
