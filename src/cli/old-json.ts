import type { OldOutcome } from '../core/operation/old-outcome.ts';
import type { JsonObject } from '../domain/json.ts';

/** What became of the token or key that a rotation replaced, as every document of a rotation tells it. */
export function oldJson(old: OldOutcome | null): JsonObject | null {
  return old && { id: old.id, name: old.name, outcome: old.outcome, at: old.at };
}
