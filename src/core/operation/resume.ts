import { AppError, usage } from '../../domain/errors.ts';
import type { Delivery } from '../delivery.ts';
import { abortSteps, isAborting } from './abort.ts';
import type { Operation } from './operation.ts';
import { withUsedUpName } from './recovery/lost-answer.ts';
import type { OperationResult } from './result.ts';
import { aborted, runOperation } from './run.ts';
import { differencesOf } from './steps/compare.ts';
import { endGrace, hasGrace } from './steps/grace.ts';
import { runSteps } from './steps.ts';
import type { ResumeDeps } from './take-up.ts';
import { takeUp } from './take-up.ts';

/**
 * Takes an unfinished operation as far as it will go. May be stopped anywhere and run again; it ends in done, aborted or
 * attention, or is `pending` with a reason. `delivery` is another way out for a secret that is still undelivered.
 * Throws `conflict`, with nothing sent, when the connection is no longer the one that the operation was started with.
 * With `now`, the old one's grace is over at once; `usage` where there is none.
 */
export async function resumeOperation(
  deps: ResumeDeps,
  id: string,
  { now = false, acceptDifferences = false, ...more }: ResumeOptions = {},
): Promise<OperationResult> {
  return deps.host.resume(id, async (journal) => {
    const operation = await takeUp(deps, journal, more);
    if (now) requireGrace(operation);
    if (acceptDifferences && differencesOf(operation).length === 0)
      throw usage('this operation found no differences', 'leave "--accept-differences" out');
    return runOperation(operation, async () => {
      if (now) await endGrace(operation);
      if (acceptDifferences) await journal.step('accept differences', async () => ({ accepted: true }));
      return stepsOf(operation);
    });
  });
}

export interface ResumeOptions {
  /** Takes a new token that is not all that was asked for. */
  readonly acceptDifferences?: boolean;
  readonly delivery?: Delivery | null;
  /** Ends the grace period of the old token before its time. */
  readonly now?: boolean;
  /** See {@link Operation.ownsName}. */
  readonly ownsName?: boolean;
}

function requireGrace(operation: Operation): void {
  if (isAborting(operation)) {
    throw usage('this operation is being taken back: there is no grace to end', 'leave "--now" out');
  }
  if (!hasGrace(operation.plan)) throw usage('this operation waits for no grace', 'leave "--now" out');
}

function stepsOf(operation: Operation): Promise<OperationResult> {
  if (isAborting(operation)) return takenBack(operation);
  // The request comes after the preflight: nothing was sent, and what it was planned on is old.
  if (!operation.journal.has('preflight')) return aborted(operation, neverBegun());
  return runSteps(operation);
}

/** Finishes what `rotations abort` began. Whoever wanted the token has none, so this is no success. */
async function takenBack(operation: Operation): Promise<OperationResult> {
  const result = await abortSteps(operation);
  if (result.kind !== 'aborted') return result;
  const error = new AppError({
    code: 'conflict',
    message: 'it was taken back, as `rotations abort` had asked',
    hint: 'run the command again if the token is wanted after all',
  });
  const told = await withUsedUpName(operation, error);
  return { ...result, error: told, exit: told.code };
}

function neverBegun(): AppError {
  return new AppError({
    code: 'unavailable',
    message: 'keyturn was stopped before anything was sent',
    hint: 'nothing was changed; run the command again',
  });
}
