import { AppError, type ExitName } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { DeliveryReport } from '../delivery.ts';
import type { OldOutcome } from './old-outcome.ts';
import type { Item } from './records.ts';

/** How a run of an operation ended. */
export interface OperationResult<T = Item> {
  /**
   * `done`: everything is where it belongs. `pending`: stopped at a safe place, `rotations resume` goes on.
   * `aborted`: nothing is left of it, the old one is as it was. `attention`: a person must decide.
   */
  readonly kind: 'done' | 'pending' | 'aborted' | 'attention';
  /** The operation's id, to resume or abort it by. */
  readonly operation: string;
  /** What was issued, where it is known. */
  readonly item: T | null;
  readonly delivery: DeliveryReport;
  /** When the old one's grace ends; then `resume` retires it. */
  readonly dueAt: Instant | null;
  /** What became of the token or key that was replaced; null for a creation, and where the operation stopped before. */
  readonly old: OldOutcome | null;
  /** Where the provider gave something else than was asked for, one sentence each. */
  readonly differences: readonly string[];
  /** The provider's id of a live thing whose secret keyturn does not have. */
  readonly orphanId: string | null;
  /** What a person must do. */
  readonly manual: string | null;
  /** Why it is not `done`; the CLI may throw it. */
  readonly error: AppError | null;
  readonly exit: ExitName;
}

const NOTHING_DELIVERED: DeliveryReport = {
  saved: null,
  destinations: [],
  printed: false,
  fingerprint: null,
};

export function endedWithout(
  kind: 'pending' | 'aborted' | 'attention',
  operation: string,
  error: AppError,
): OperationResult {
  return {
    kind,
    operation,
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
export function narrowItem<T extends Item>(
  result: OperationResult,
  is: (item: Item) => item is T,
): OperationResult<T> {
  return { ...result, item: result.item && is(result.item) ? result.item : null };
}

/** It came neither to its end nor to its grace. */
export function isFailure(result: OperationResult<unknown>): boolean {
  return result.kind !== 'done' && (result.kind !== 'pending' || result.error !== null);
}

/** A stopped operation as an error: the exit code says how bad it is, the hint how to go on (`goOn` where it is safe to). */
export function failureOf(result: OperationResult<unknown>, goOn?: string): AppError {
  const { error, operation, manual, orphanId } = result;
  const isNamed = [`(id ${orphanId})`, `id:${orphanId}`].some((id) => error?.facts.message.includes(id));
  const orphan =
    orphanId === null || isNamed || result.exit !== 'orphan' ? '' : `; id ${orphanId} lives at the provider`;
  const next = error?.facts.next ?? `keyturn rotations resume ${operation}`;
  const isPending = result.kind === 'pending';
  return new AppError({
    ...error?.facts,
    code: result.exit === 'ok' ? 'failure' : result.exit,
    message: `${error?.facts.message ?? 'it could not be finished'}${orphan}`,
    hint: manual ?? (isPending ? (goOn ?? `go on with \`${next}\``) : error?.facts.hint),
    operation,
    ...(isPending ? { next } : {}),
    ...(orphanId === null ? {} : { id: orphanId }),
  });
}
