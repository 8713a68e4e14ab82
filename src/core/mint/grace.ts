import type { Instant } from '../../domain/time.ts';
import type { AttemptSummary, Journal } from '../../ports/journal.ts';

/** The step that ends a grace before its time. */
export const END_GRACE = 'end grace';

/** Steps after which an attempt waits for nothing: its grace was ended, is over, or is being taken back. */
const AFTER_GRACE: readonly string[] = [
  END_GRACE,
  'disable',
  'confirm',
  'retire',
  'sweep',
  'forget',
  'aborting',
];

/** Whether the old one is on its way out, whatever the clock says now. */
export function isPastGrace(journal: Pick<Journal, 'has'>): boolean {
  return AFTER_GRACE.some((step) => journal.has(step));
}

/** Until when an attempt waits on purpose, the replaced one working beside the new one; null when it does not, or no longer. */
export function waitsUntil(
  { state, dueAt, lastStep }: Pick<AttemptSummary, 'state' | 'dueAt' | 'lastStep'>,
  now: number,
): Instant | null {
  if (state !== 'open' || dueAt === null || Date.parse(dueAt) <= now) return null;
  return AFTER_GRACE.includes(lastStep ?? '') ? null : dueAt;
}
