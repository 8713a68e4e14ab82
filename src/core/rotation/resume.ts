import { AppError } from '../../domain/errors.ts';
import type { AttemptHeader, Journal, JournalHost } from '../../ports/journal.ts';
import type { Delivery } from '../delivery.ts';
import type { Attempt } from '../mint/attempt.ts';
import { subjectOf } from '../mint/attempt.ts';
import { readPlan } from '../mint/attempt-plan.ts';
import { createSteps } from '../mint/create-steps.ts';
import type { MintDeps } from '../mint/deps.ts';
import type { MintResult } from '../mint/result.ts';
import { runAttempt } from '../mint/run.ts';
import { abortSteps, isAborting } from './abort.ts';
import { rotateSteps } from './rotate.ts';

/** How the CLI finds its way back into an attempt: the header says which profile, provider and origin. */
export interface ResumeDeps {
  readonly host: JournalHost;
  makeDeps(header: AttemptHeader): Promise<MintDeps>;
}

/**
 * Takes an unfinished attempt as far as it will go. May be stopped anywhere and run again; it ends in done, aborted or
 * attention, or is `pending` with a reason. `delivery` is another way out for a secret that is still undelivered.
 * Throws `conflict`, with nothing sent, when the connection is no longer the one that the attempt was started with.
 */
export async function resumeAttempt(deps: ResumeDeps, id: string, delivery?: Delivery): Promise<MintResult> {
  return deps.host.resume(id, async (journal) => {
    const attempt = await takeUp(deps, journal, delivery ?? null);
    return runAttempt(attempt, () => stepsOf(attempt));
  });
}

/** The attempt as it stands, with a connection to the very place that it was started with. */
export async function takeUp(
  deps: ResumeDeps,
  journal: Journal,
  delivery: Delivery | null,
): Promise<Attempt> {
  const { header } = journal;
  const plan = readPlan(header.plan);
  const made = await deps.makeDeps(header);
  const { connection } = made.client;
  const isSamePlace =
    header.origin === connection.origin &&
    header.provider === connection.provider.id &&
    header.subject.endsWith(subjectOf(connection, ''));
  if (!isSamePlace) {
    throw new AppError({
      code: 'conflict',
      message: `the attempt was started at ${header.origin}, and the profile now leads to another place`,
      hint: 'nothing was sent; set the profile back to where it was, then resume',
    });
  }
  return { deps: made, journal, plan, delivery, resumed: true, memory: { sends: 0, answer: null } };
}

function stepsOf(attempt: Attempt): Promise<MintResult> {
  if (isAborting(attempt)) return abortSteps(attempt);
  return attempt.plan.way === 'create' ? createSteps(attempt) : rotateSteps(attempt);
}
