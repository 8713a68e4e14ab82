import { isAppError } from '../../domain/errors.ts';
import { toInstant } from '../../domain/time.ts';
import type { Attempt } from '../mint/attempt.ts';
import { oldOutcome } from '../mint/old-outcome.ts';
import { markSaved } from '../saved-credentials.ts';

const ENDED: ReadonlySet<string> = new Set(['replaced', 'revoked', 'disabled']);

/**
 * The token that a rotation ended may be saved under another name as well: that secret is marked, as it opens nothing now.
 * Right after the ending and before what may still fail, so that a stopped rotation has it recorded; may run again.
 */
export async function markOld(attempt: Attempt): Promise<void> {
  const { deps, plan } = attempt;
  const outcome = oldOutcome(attempt)?.outcome;
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
