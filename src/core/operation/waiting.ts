import type { Instant } from '../../domain/time.ts';
import type { OperationSummary } from '../../ports/journal.ts';
import { RETIRING } from './step-names.ts';

type Waiting = Pick<OperationSummary, 'state' | 'dueAt' | 'lastStep'>;

/** When the grace of an open operation ends or ended; null when it has none, or no longer. */
export function graceEnd({ state, dueAt, lastStep }: Waiting): Instant | null {
  return state !== 'open' || RETIRING.some((step) => step === lastStep) ? null : dueAt;
}

/** Until when an operation waits on purpose, the replaced one working beside the new one; null when it does not. */
export function waitsUntil(operation: Waiting, now: number): Instant | null {
  const end = graceEnd(operation);
  return end !== null && Date.parse(end) > now ? end : null;
}
