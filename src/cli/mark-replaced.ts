import type { MintDeps } from '../core/mint/deps.ts';
import type { MintResult } from '../core/mint/result.ts';
import { markSaved } from '../core/saved-credentials.ts';
import { isAppError } from '../domain/errors.ts';
import { toInstant } from '../domain/time.ts';
import type { Token } from '../domain/token.ts';

const ENDED: ReadonlySet<string> = new Set(['replaced', 'revoked', 'disabled']);

/** A token that a rotation ended may be saved under another name as well: that secret is marked, as it opens nothing now. */
export async function markReplaced(
  deps: MintDeps,
  { token, result }: { readonly token: Token; readonly result: MintResult<unknown> },
): Promise<void> {
  const now = deps.clock.now();
  const outcome = result.old?.outcome;
  if (outcome === undefined || !ENDED.has(outcome)) return;
  const state = outcome === 'disabled' ? 'disabled' : 'ended';
  const old = { id: token.id, createdAt: token.createdAt, except: result.delivery.saved?.name ?? null };
  try {
    const marked = await markSaved(deps.store, deps.client.connection, [
      { ...old, inactive: { state, at: toInstant(now) } },
    ]);
    for (const name of marked)
      deps.note(`the saved credential "${name}" holds the old secret; it is marked as ${state}`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.note(`other saved credentials of the old secret could not be marked: ${error.facts.message}`);
  }
}
