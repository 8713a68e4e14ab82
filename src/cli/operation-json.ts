import { graceEnd } from '../core/operation/waiting.ts';
import type { JsonObject } from '../domain/json.ts';
import type { OperationSummary } from '../ports/journal.ts';

/** An operation as `rotations list` tells it. */
export function operationJson(operation: OperationSummary): JsonObject {
  const { header, state, lastStep, reason } = operation;
  const dueAt = graceEnd(operation);
  const { id, kind, startedAt, profile, provider, origin, subject } = header;
  return { id, kind, provider, profile, origin, subject, state, lastStep, startedAt, dueAt, reason };
}
