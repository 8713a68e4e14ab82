import { graceEnd } from '../core/mint/grace.ts';
import type { JsonObject } from '../domain/json.ts';
import type { AttemptSummary } from '../ports/journal.ts';

/** An attempt as `rotations list` tells it. */
export function attemptJson(attempt: AttemptSummary): JsonObject {
  const { header, state, lastStep, reason } = attempt;
  const dueAt = graceEnd(attempt);
  const { id, kind, startedAt, profile, provider, origin, subject } = header;
  return { id, kind, provider, profile, origin, subject, state, lastStep, startedAt, dueAt, reason };
}
