import { isAppError } from '../../../domain/errors.ts';
import { matchAccount } from '../../../domain/saved-token.ts';
import { toInstant } from '../../../domain/time.ts';
import { markSaved } from '../../saved-credentials.ts';
import { NeedsAttention } from '../attention.ts';
import type { Made } from '../facts.ts';
import { oldOutcome } from '../old-outcome.ts';
import { asManager, markerOf, type Operation, successor } from '../operation.ts';
import type { PlannedTarget } from '../plan.ts';
import { endReplaced, endsForGood, pauseReplaced } from '../recovery/end.ts';
import { requireLive } from '../recovery/ownership.ts';
import { stillWorks } from './verify.ts';

/**
 * Ends the old one, the reversible half first: it is paused, the new one proves that it still works, and only then is
 * the old one gone for good. Only the id of the plan is ever touched.
 */
export async function retire(operation: Operation, made: Made): Promise<void> {
  const { target } = operation.plan;
  if (operation.plan.way !== 'overlap' || operation.plan.retainOld || !target) return;
  if (!operation.journal.has('retire')) {
    await requireKept(operation);
    await requireLive(operation, made);
  }
  await pause(operation);
  await confirm(operation, made, target);
  await end(operation);
}

/** Whoever replaced the store's entry meanwhile took the new secret away: then the old one is all there is. */
async function requireKept({ deps, journal, plan }: Operation): Promise<void> {
  if (!plan.entry) return;
  const entry = await deps.store.find(plan.entry.name);
  const isOurs =
    entry !== null && matchAccount(entry, deps.client.connection) !== 'other' && entry.kind !== 'imported';
  if (isOurs && entry.current.version === markerOf(journal.header)) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the credential "${plan.entry.name}" no longer holds the new secret`,
    manual: `nothing was ended; \`keyturn rotations resume ${journal.header.id} --print\` gives the new secret once more, \`keyturn rotations abort ${journal.header.id}\` goes back`,
  });
}

async function pause(operation: Operation): Promise<void> {
  await operation.journal.step('disable', async () => {
    const outcome = await pauseReplaced(operation, await successor(operation));
    return { outcome, at: toInstant(operation.deps.clock.now()) };
  });
}

/** Some vendors end a whole family with one of its members; better noticed while the old one can come back. */
async function confirm(operation: Operation, made: Made, target: PlannedTarget): Promise<void> {
  const verdict = await operation.journal.step('confirm', async () => {
    if (await stillWorks(operation, made)) return 'works';
    await enableAgain(operation, target);
    return 'broken';
  });
  if (verdict === 'works') return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the new token "${made.item.id}" stopped working when the old token was disabled`,
    manual: `the old token was enabled again where possible; \`keyturn rotations abort ${operation.journal.header.id}\` goes back to it`,
  });
}

/**
 * If the old token is the managing credential, no accepted credential may be left to enable it: that failure is a note, not
 * an error.
 */
async function enableAgain(operation: Operation, target: PlannedTarget): Promise<void> {
  const { enable } = operation.deps.client.connection.provider.tokens;
  if (!enable) return;
  try {
    await asManager(operation, (client) => client.call(enable, target));
  } catch (error) {
    if (!operation.plan.self || !isAppError(error, 'auth')) throw error;
    operation.deps.note(`"${target.name ?? target.id}" could not be enabled again: ${error.message}`);
  }
}

async function end(operation: Operation): Promise<void> {
  if (!endsForGood(operation.deps.client)) return;
  await operation.journal.step('retire', async () => {
    const outcome = await endReplaced(operation, await successor(operation));
    return { outcome, at: toInstant(operation.deps.clock.now()) };
  });
}

const ENDED: ReadonlySet<string> = new Set(['replaced', 'revoked', 'disabled']);

/**
 * The token that a rotation ended may be saved under another name as well: that secret is marked, as it opens nothing now.
 * Right after the ending and before what may still fail, so that a stopped rotation has it recorded; may run again.
 */
export async function markOld(operation: Operation): Promise<void> {
  const { deps, plan } = operation;
  const outcome = oldOutcome(operation)?.outcome;
  if (plan.thing !== 'token' || !plan.target || outcome === undefined || !ENDED.has(outcome)) return;
  const { id, createdAt = null } = plan.target;
  const state = outcome === 'disabled' ? 'disabled' : 'ended';
  const inactive = { state, at: toInstant(deps.clock.now()) } as const;
  try {
    const marked = await markSaved(deps.store, deps.client.connection, [
      { id, createdAt, inactive, except: plan.entry?.name ?? null },
    ]);
    for (const name of marked)
      deps.note(`the saved credential "${name}" holds the old secret; it is marked as ${state}`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.note(`other saved credentials of the old secret could not be marked: ${error.facts.message}`);
  }
}
