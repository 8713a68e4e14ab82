import { AppError, type ExitName } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { DeliveryReport } from '../delivery.ts';
import type { Item } from './item.ts';
import type { OldOutcome } from './old-outcome.ts';

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
  /** What became of the token or key that was replaced; null for a creation, and where the operation stopped before. */
  readonly old: OldOutcome | null;
  /** Where the provider gave something else than was asked for, one sentence each. */
  readonly differences: readonly string[];
  /** The provider's id of a live thing whose secret nobody has. */
  readonly orphanId: string | null;
  /** What a person must do. */
  readonly manual: string | null;
  /** Why it is not `done`; the CLI may throw it. */
  readonly error: AppError | null;
  readonly exit: ExitName;
}

const NOTHING_DELIVERED: DeliveryReport = {
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
    old: null,
    differences: [],
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

/** It came neither to its end nor to its grace. */
export function isFailure(result: MintResult<unknown>): boolean {
  return result.kind !== 'done' && (result.kind !== 'pending' || result.error !== null);
}

/** A stopped attempt as an error: the exit code says how bad it is, the hint how to go on (`goOn` where it is safe to). */
export function failureOf(result: MintResult<unknown>, goOn?: string): AppError {
  const { error, attempt, manual, orphanId } = result;
  const orphan =
    orphanId === null || result.exit !== 'orphan' ? '' : `; id ${orphanId} lives at the provider`;
  const next = error?.facts.next ?? `keyturn rotations resume ${attempt}`;
  const isPending = result.kind === 'pending';
  return new AppError({
    ...error?.facts,
    code: result.exit === 'ok' ? 'failure' : result.exit,
    message: `${error?.facts.message ?? 'it could not be finished'}${orphan}`,
    hint: manual ?? (isPending ? (goOn ?? `go on with \`${next}\``) : error?.facts.hint),
    attempt,
    ...(isPending ? { next } : {}),
    ...(orphanId === null ? {} : { id: orphanId }),
  });
}
