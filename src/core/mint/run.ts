import { AppError, isAppError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { Attempt } from './attempt.ts';
import { NeedsAttention } from './attention.ts';
import { differencesOf } from './compare-given.ts';
import { COMPLETE } from './complete.ts';
import { reportDelivery } from './deliver.ts';
import type { Made } from './identify.ts';
import { dropOwn } from './keep.ts';
import { oldOutcome } from './old-outcome.ts';
import { isSealed, rescue } from './rescue.ts';
import type { MintResult } from './result.ts';
import { endedWithout } from './result.ts';
import { commandsWanted, resumeCommand } from './resume-command.ts';
import { mintName } from './send.ts';

/** Turns every way in which the steps can stop into a result. What is not an `AppError` is a bug, and passes through. */
export async function runAttempt(attempt: Attempt, steps: () => Promise<MintResult>): Promise<MintResult> {
  const { journal, memory } = attempt;
  try {
    return await steps();
  } catch (error) {
    if (error instanceof NeedsAttention) return attention(attempt, error);
    if (!(error instanceof AppError)) throw error;
    const wasSent = memory.sends > 0 || attempt.resumed || journal.has(mintName(1));
    // Another process took over before anything was sent: whatever is to be said of this attempt, that one says it.
    if (!wasSent && error.code === 'locked') throw error;
    if (!wasSent) return abandon(attempt, error);
    if (error.code !== 'locked') await rescue(attempt);
    const id = error.facts.id ?? memory.madeId ?? undefined;
    const next = resumeOf(journal);
    const pending = endedWithout('pending', journal.header.id, error.with({ id, next }));
    return { ...pending, manual: await warnInPlace(attempt) };
  }
}

function resumeOf(journal: Attempt['journal']): string {
  return resumeCommand(journal.header.id, commandsWanted(journal));
}

/** In place, the old secret is gone or may be: whoever reads this must not wait. */
async function warnInPlace({ journal, memory, plan }: Attempt): Promise<string | null> {
  if (plan.way !== 'in-place' || (memory.sends === 0 && !journal.has(mintName(1)))) return null;
  const name = plan.target?.name ?? plan.target?.id ?? '';
  const state = (await isSealed(journal)) ? 'is replaced' : 'may have stopped working';
  return `the old secret of "${name}" ${state}: run \`${resumeOf(journal)}\` now`;
}

/** Nothing is left of the attempt: its end is recorded, and its error goes to the person. */
export async function aborted(attempt: Attempt, error: AppError): Promise<MintResult> {
  // Only a mint that was sent can have been rescued into the store.
  if (attempt.journal.has(mintName(1))) await dropOwn(attempt);
  await attempt.journal.end('aborted', error.message);
  return endedWithout('aborted', attempt.journal.header.id, error);
}

/** Nothing was sent: the attempt ends, whether or not its journal can still be written. */
async function abandon(attempt: Attempt, error: AppError): Promise<MintResult> {
  try {
    return await aborted(attempt, error);
  } catch (second) {
    if (!isAppError(second)) throw second;
    return endedWithout('aborted', attempt.journal.header.id, error);
  }
}

async function attention(attempt: Attempt, error: NeedsAttention): Promise<MintResult> {
  await attempt.journal.end('attention', error.message);
  const { orphanId, manual } = error;
  const told = error.with({ next: resumeOf(attempt.journal) });
  return { ...endedWithout('attention', attempt.journal.header.id, told), orphanId, manual };
}

/** Delivers, and ends the attempt: nothing of the secret stays in the journal. */
export async function finish(attempt: Attempt, made: Made): Promise<MintResult> {
  const { journal } = attempt;
  const delivery = await reportDelivery(attempt);
  const [suspect] = made.suspects;
  if (suspect !== undefined) {
    await journal.step(COMPLETE, async () => ({ suspects: made.suspects }));
    const error = new NeedsAttention({
      code: 'orphan',
      message: `"${suspect}" appeared at the same time and may have been made by the same request`,
      manual: `revoke "${suspect}" if nobody else made it, then \`keyturn rotations abort ${journal.header.id}\` closes this; the new one stays`,
      orphanId: suspect,
    });
    return { ...(await attention(attempt, error)), item: made.item, delivery };
  }
  await journal.end('done', null);
  const told = { old: oldOutcome(attempt), differences: differencesOf(attempt) };
  return {
    ...OPEN_ENDED,
    ...told,
    kind: 'done',
    attempt: journal.header.id,
    item: made.item,
    delivery,
    exit: 'ok',
  };
}

/** Stopped on purpose, until `dueAt`. */
export async function waiting(
  attempt: Attempt,
  made: Made,
  { dueAt, old }: { readonly dueAt: Instant; readonly old: 'works' | 'disabled' | 'unknown' },
): Promise<MintResult> {
  const { target } = attempt.plan;
  const outcome = old === 'works' ? ('valid-until' as const) : old;
  return {
    ...OPEN_ENDED,
    old: target && {
      id: target.id,
      name: target.name,
      outcome,
      at: outcome === 'valid-until' ? dueAt : null,
    },
    differences: differencesOf(attempt),
    kind: 'pending',
    attempt: attempt.journal.header.id,
    item: made.item,
    delivery: await reportDelivery(attempt),
    dueAt,
    exit: 'pending',
  };
}

const OPEN_ENDED = { dueAt: null, orphanId: null, manual: null, error: null } as const;
