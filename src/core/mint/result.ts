import type { AppError, ExitName } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { DeliveryReport } from '../delivery.ts';
import type { Item } from './item.ts';

/** How a run of an attempt ended. */
export interface MintResult<T = Item> {
  /**
   * `done`: everything is where it belongs. `pending`: stopped at a safe place, `rotations resume` goes on.
   * `aborted`: nothing is left of it, the old one is as it was. `attention`: a person must decide.
   */
  readonly kind: 'done' | 'pending' | 'aborted' | 'attention';
  /** The attempt's id, to resume or abort it by. */
  readonly attempt: string;
  /** What was minted, where it is known. */
  readonly item: T | null;
  readonly delivery: DeliveryReport;
  /** When the old one's grace ends; then `resume` retires it. */
  readonly dueAt: Instant | null;
  /** The provider's id of a live thing whose secret nobody has. */
  readonly orphanId: string | null;
  /** What a person must do. */
  readonly manual: string | null;
  /** Why it is not `done`; the CLI may throw it. */
  readonly error: AppError | null;
  readonly exit: ExitName;
}

export const NOTHING_DELIVERED: DeliveryReport = {
  saved: null,
  sinks: [],
  printed: false,
  fingerprint: null,
};

export function endedWithout(
  kind: 'pending' | 'aborted' | 'attention',
  attempt: string,
  error: AppError,
): MintResult {
  return {
    kind,
    attempt,
    item: null,
    delivery: NOTHING_DELIVERED,
    dueAt: null,
    orphanId: null,
    manual: null,
    error,
    exit: kind === 'pending' ? 'pending' : error.code,
  };
}

/** The same result with the item in the form that the caller asked for. */
export function narrowItem<T extends Item>(result: MintResult, is: (item: Item) => item is T): MintResult<T> {
  return { ...result, item: result.item && is(result.item) ? result.item : null };
}
