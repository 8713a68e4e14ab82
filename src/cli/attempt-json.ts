import { waitsUntil } from '../core/mint/grace.ts';
import type { JsonObject } from '../domain/json.ts';
import type { AttemptSummary } from '../ports/journal.ts';

/** An attempt as `rotations list` tells it. */
export function attemptJson(attempt: AttemptSummary): JsonObject {
  const { header, state, lastStep, reason } = attempt;
  // A due date that has passed still says when; one that was given up says nothing.
  const dueAt = waitsUntil(attempt, 0);
  const { id, kind, startedAt, profile, provider, origin, subject } = header;
  return { id, kind, provider, profile, origin, subject, state, lastStep, startedAt, dueAt, reason };
}
