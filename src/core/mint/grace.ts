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

type Waiting = Pick<AttemptSummary, 'state' | 'dueAt' | 'lastStep'>;

/** When the grace of an open attempt ends or ended; null when it has none, or no longer. */
export function graceEnd({ state, dueAt, lastStep }: Waiting): Instant | null {
  return state !== 'open' || AFTER_GRACE.includes(lastStep ?? '') ? null : dueAt;
}

/** Until when an attempt waits on purpose, the replaced one working beside the new one; null when it does not. */
export function waitsUntil(attempt: Waiting, now: number): Instant | null {
  const end = graceEnd(attempt);
  return end !== null && Date.parse(end) > now ? end : null;
}
