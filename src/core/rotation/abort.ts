import { AppError, isAppError } from '../../domain/errors.ts';
import { arm } from '../mint/arm.ts';
import type { Attempt } from '../mint/attempt.ts';
import { NeedsAttention } from '../mint/attention.ts';
import { isComplete, suspectsOf } from '../mint/complete.ts';
import { reportDelivery } from '../mint/deliver.ts';
import type { Made } from '../mint/identify.ts';
import { dropOwn } from '../mint/keep.ts';
import { endedByReconcile } from '../mint/reconcile.ts';
import type { MintResult } from '../mint/result.ts';
import { endedWithout } from '../mint/result.ts';
import { runAttempt } from '../mint/run.ts';
import { findMade } from './find-made.ts';
import { goBack } from './go-back.ts';
import type { ResumeDeps } from './take-up.ts';
import { takeUp } from './take-up.ts';

export interface AbortResult extends MintResult {
  /** What was taken back, one sentence each. */
  readonly undone: readonly string[];
  /** What could not be, and what a person may do about it. */
  readonly left: readonly string[];
}

/**
 * Takes back what can be taken back: the old one works and is current again, the new one is ended. Throws `conflict`
 * when there is no way back (a secret that was replaced in place, an old one that is revoked): then `resume` goes on.
 * An attempt that needs a person is closed: aborting it says that the person has done what was asked. One that is
 * complete but for suspects is closed as `done`, and nothing of it is taken back.
 */
export async function abortAttempt(deps: ResumeDeps, id: string): Promise<AbortResult> {
  const { attempts } = await deps.host.list({ only: 'unfinished' });
  const isTold = attempts.some(({ header, state }) => header.id === id && state === 'attention');
  return deps.host.resume(id, async (journal) => {
    const attempt = await takeUp(deps, journal, null);
    const lines: Lines = { undone: [], left: [] };
    const result = await runAttempt(attempt, () => abortSteps(attempt, { isTold, lines }));
    // There is no way back, or it is blocked for now: the person asked for it and is told why.
    if (result.kind === 'pending' && result.error) throw result.error;
    return { ...result, ...lines };
  });
}

interface Lines {
  readonly undone: string[];
  readonly left: string[];
}

interface AbortOptions {
  /** The person knows already what this attempt may have left behind. */
  readonly isTold: boolean;
  readonly lines: Lines;
}

const SILENT: AbortOptions = { isTold: false, lines: { undone: [], left: [] } };

/** A way back that was begun is the only way on. */
export function isAborting({ journal }: Attempt): boolean {
  return journal.has('aborting');
}

export async function abortSteps(attempt: Attempt, options: AbortOptions = SILENT): Promise<MintResult> {
  const { journal } = attempt;
  if (isComplete(attempt)) return closeComplete(attempt, options);
  if (!journal.has('arm')) return close(attempt, 'nothing had been sent', options);
  const made = await lookForMade(attempt, options);
  if (made === 'unknown') return close(attempt, 'closed by hand', options);
  if (!made) {
    await dropOwn(attempt);
    options.lines.undone.push(...endedByReconcile(attempt).map((name) => `"${name}" is ended`));
    return close(attempt, 'no new one was found at the provider', options);
  }
  const done = await goBack(attempt, made, options.isTold);
  options.lines.undone.push(...done.undone);
  options.lines.left.push(...done.left);
  return close(attempt, 'taken back', options);
}

async function lookForMade(
  attempt: Attempt,
  { isTold, lines }: AbortOptions,
): Promise<Made | null | 'unknown'> {
  try {
    return await findMade(attempt, await arm(attempt));
  } catch (error) {
    if (!isAppError(error)) throw error;
    // A secret that nobody has is no reason to keep the operation open: closing it makes way for the next rotation.
    const isLost = error instanceof NeedsAttention && error.code === 'lost';
    if (!isTold && !isLost) throw error;
    // What cannot be found out, or taken back, is what the person was told of; a provider that is down is another matter.
    if (!(error instanceof NeedsAttention) && error.code !== 'conflict') throw error;
    lines.left.push(error instanceof NeedsAttention ? `${error.message}: ${error.manual}` : error.message);
    return 'unknown';
  }
}

/** It achieved its aim, and a person has looked at what came beside it: nothing is ended, the new one stays. */
async function closeComplete(attempt: Attempt, { lines }: AbortOptions): Promise<MintResult> {
  const { journal } = attempt;
  const delivery = await reportDelivery(attempt);
  lines.left.push(
    'the new one, which is in use',
    ...suspectsOf(attempt).map((id) => `"${id}": end it by hand if nobody else made it`),
  );
  await journal.end('done', null);
  const result = { ...endedWithout('aborted', journal.header.id, closed('closed')), delivery };
  return { ...result, kind: 'done', error: null, manual: lines.left.join('; '), exit: 'ok' };
}

async function close(attempt: Attempt, reason: string, { lines }: AbortOptions): Promise<MintResult> {
  await attempt.journal.end('aborted', reason);
  const manual = lines.left.length > 0 ? lines.left.join('; ') : null;
  return {
    ...endedWithout('aborted', attempt.journal.header.id, closed(reason)),
    error: null,
    manual,
    exit: 'ok',
  };
}

function closed(reason: string): AppError {
  return new AppError({ code: 'failure', message: reason });
}
