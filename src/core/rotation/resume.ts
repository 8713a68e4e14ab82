import { AppError, usage } from '../../domain/errors.ts';
import type { Delivery } from '../delivery.ts';
import type { Attempt } from '../mint/attempt.ts';
import { ACCEPT_DIFFERENCES, differencesOf } from '../mint/compare-given.ts';
import { createSteps } from '../mint/create-steps.ts';
import type { MintResult } from '../mint/result.ts';
import { aborted, runAttempt } from '../mint/run.ts';
import { abortSteps, isAborting } from './abort.ts';
import { endGrace, hasGrace } from './retire.ts';
import { rotateSteps } from './rotate.ts';
import type { ResumeDeps } from './take-up.ts';
import { takeUp } from './take-up.ts';

/**
 * Takes an unfinished attempt as far as it will go. May be stopped anywhere and run again; it ends in done, aborted or
 * attention, or is `pending` with a reason. `delivery` is another way out for a secret that is still undelivered.
 * Throws `conflict`, with nothing sent, when the connection is no longer the one that the attempt was started with.
 * With `now`, the old one's grace is over at once; `usage` where there is none.
 */
export async function resumeAttempt(
  deps: ResumeDeps,
  id: string,
  { delivery = null, now = false, acceptDifferences = false }: ResumeOptions = {},
): Promise<MintResult> {
  return deps.host.resume(id, async (journal) => {
    const attempt = await takeUp(deps, journal, delivery);
    if (now) requireGrace(attempt);
    if (acceptDifferences && differencesOf(attempt).length === 0)
      throw usage('this operation found no differences', 'leave "--accept-differences" out');
    return runAttempt(attempt, async () => {
      if (now) await endGrace(attempt);
      if (acceptDifferences) await journal.step(ACCEPT_DIFFERENCES, async () => ({ accepted: true }));
      return stepsOf(attempt);
    });
  });
}

export interface ResumeOptions {
  /** Takes a new token that is not all that was asked for. */
  readonly acceptDifferences?: boolean;
  readonly delivery?: Delivery | null;
  /** Ends the grace of the old one before its time. */
  readonly now?: boolean;
}

function requireGrace(attempt: Attempt): void {
  if (isAborting(attempt)) {
    throw usage('this operation is being taken back: there is no grace to end', 'leave "--now" out');
  }
  if (!hasGrace(attempt.plan)) throw usage('this operation waits for no grace', 'leave "--now" out');
}

function stepsOf(attempt: Attempt): Promise<MintResult> {
  if (isAborting(attempt)) return takenBack(attempt);
  // The mint comes after `arm`: nothing was sent, and what it was planned on is old.
  if (!attempt.journal.has('arm')) return aborted(attempt, neverBegun());
  return attempt.plan.way === 'create' ? createSteps(attempt) : rotateSteps(attempt);
}

/** Finishes what `rotations abort` began. Whoever wanted the token has none, so this is no success. */
async function takenBack(attempt: Attempt): Promise<MintResult> {
  const result = await abortSteps(attempt);
  if (result.kind !== 'aborted') return result;
  const error = new AppError({
    code: 'conflict',
    message: 'it was taken back, as `rotations abort` had asked',
    hint: 'run the command again if the token is wanted after all',
  });
  return { ...result, error, exit: error.code };
}

function neverBegun(): AppError {
  return new AppError({
    code: 'unavailable',
    message: 'keyturn was stopped before anything was sent',
    hint: 'nothing was changed; run the command again',
  });
}
