import { AppError, isAppError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import { NeedsAttention } from './attention.ts';
import type { Made } from './facts.ts';
import { oldOutcome } from './old-outcome.ts';
import type { Operation } from './operation.ts';
import { readObjectOrNull, readTexts } from './records.ts';
import { endedWithout, type OperationResult } from './result.ts';
import { commandsWanted, resumeCommand } from './resume-command.ts';
import { issueStep } from './step-names.ts';
import { differencesOf } from './steps/compare.ts';
import { reportDelivery } from './steps/deliver.ts';
import { isSealed, rescue } from './steps/rescue.ts';
import { dropOwn } from './steps/store.ts';

/** Turns every way in which the steps can stop into a result. What is not an `AppError` is a bug, and passes through. */
export async function runOperation(
  operation: Operation,
  steps: () => Promise<OperationResult>,
): Promise<OperationResult> {
  const { journal, memory } = operation;
  try {
    return await steps();
  } catch (error) {
    if (error instanceof NeedsAttention) return attention(operation, error);
    if (!(error instanceof AppError)) throw error;
    const wasSent = memory.sends > 0 || operation.resumed || journal.has(issueStep(1));
    // Another process took over before anything was sent: whatever is to be said of this operation, that one says it.
    if (!wasSent && error.code === 'locked') throw error;
    if (!wasSent) return abandon(operation, error);
    if (error.code !== 'locked') await rescue(operation);
    const id = error.facts.id ?? memory.madeId ?? undefined;
    const next = resumeOf(journal);
    const pending = endedWithout('pending', journal.header.id, error.with({ id, next }));
    return { ...pending, manual: await warnInPlace(operation) };
  }
}

function resumeOf(journal: Operation['journal']): string {
  return resumeCommand(journal.header.id, commandsWanted(journal));
}

/** In place, the old secret is gone or may be: whoever reads this must not wait. */
async function warnInPlace({ journal, memory, plan }: Operation): Promise<string | null> {
  if (plan.way !== 'in-place' || (memory.sends === 0 && !journal.has(issueStep(1)))) return null;
  const name = plan.target?.name ?? plan.target?.id ?? '';
  const state = (await isSealed(journal)) ? 'is replaced' : 'may have stopped working';
  return `the old secret of "${name}" ${state}: run \`${resumeOf(journal)}\` now`;
}

/** Nothing is left of the operation: its end is recorded, and its error goes to the person. */
export async function aborted(operation: Operation, error: AppError): Promise<OperationResult> {
  // Only a request that was sent can have been rescued into the store.
  if (operation.journal.has(issueStep(1))) await dropOwn(operation);
  await operation.journal.end('aborted', error.message);
  return endedWithout('aborted', operation.journal.header.id, error);
}

/** Nothing was sent: the operation ends, whether or not its journal can still be written. */
async function abandon(operation: Operation, error: AppError): Promise<OperationResult> {
  try {
    return await aborted(operation, error);
  } catch (second) {
    if (!isAppError(second)) throw second;
    return endedWithout('aborted', operation.journal.header.id, error);
  }
}

async function attention(operation: Operation, error: NeedsAttention): Promise<OperationResult> {
  await operation.journal.end('attention', error.message);
  const { orphanId, manual } = error;
  const told = error.with({ next: error.facts.next ?? resumeOf(operation.journal) });
  return { ...endedWithout('attention', operation.journal.header.id, told), orphanId, manual };
}

/** Delivers, and ends the operation: nothing of the secret stays in the journal. */
export async function finish(operation: Operation, made: Made): Promise<OperationResult> {
  const { journal } = operation;
  const delivery = await reportDelivery(operation);
  const [candidate] = made.candidates;
  if (candidate !== undefined) {
    await journal.step('complete', async () => ({ candidates: made.candidates }));
    const error = new NeedsAttention({
      code: 'orphan',
      message: `"${candidate}" appeared at the same time and may have been made by the same request`,
      manual: `revoke "${candidate}" if nobody else made it, then \`keyturn rotations abort ${journal.header.id}\` closes this; the new token stays`,
      orphanId: candidate,
    });
    return { ...(await attention(operation, error)), item: made.item, delivery };
  }
  await journal.end('done', null);
  const told = { old: oldOutcome(operation), differences: differencesOf(operation) };
  return {
    ...OPEN_ENDED,
    ...told,
    kind: 'done',
    operation: journal.header.id,
    item: made.item,
    delivery,
    exit: 'ok',
  };
}

/** Stopped on purpose, until `dueAt`. */
export async function waiting(
  operation: Operation,
  made: Made,
  { dueAt, old }: { readonly dueAt: Instant; readonly old: 'works' | 'disabled' | 'unknown' },
): Promise<OperationResult> {
  const { target } = operation.plan;
  const outcome = old === 'works' ? ('valid-until' as const) : old;
  return {
    ...OPEN_ENDED,
    old: target && {
      id: target.id,
      name: target.name,
      outcome,
      at: outcome === 'valid-until' ? dueAt : null,
    },
    differences: differencesOf(operation),
    kind: 'pending',
    operation: operation.journal.header.id,
    item: made.item,
    delivery: await reportDelivery(operation),
    dueAt,
    exit: 'pending',
  };
}

const OPEN_ENDED = { dueAt: null, orphanId: null, manual: null, error: null } as const;

/** Whether an operation has achieved its aim. A way back that was begun before goes on. */
export function isComplete({ journal }: Operation): boolean {
  return journal.has('complete') && !journal.has('aborting');
}

/** Ids of what may be a second effect of the request; see `Made.candidates`. */
export function candidatesOf({ journal }: Operation): readonly string[] {
  const recorded = readObjectOrNull(journal.result('complete'));
  return recorded ? readTexts(recorded['candidates']) : [];
}
