import type { OldOutcome } from '../../core/operation/old-outcome.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Column, ListReport } from '../../output/report.ts';
import { RESULT_COLUMNS } from './columns.ts';
import { many, NOWHERE, type Place } from './document.ts';
import { oldJson } from './issued.ts';

/**
 * What became of one of several things. `waiting`: done, and the replaced token works until the end of its grace period.
 * `pending`: stopped at a safe place, `rotations resume` goes on. `skipped`: not tried, or left to a person.
 */
export type Fate = 'done' | 'waiting' | 'pending' | 'failed' | 'unknown' | 'skipped';

export interface ResultFacts {
  /** The thing as it was named. */
  readonly reference: string;
  readonly id: string | null;
  readonly name: string | null;
  readonly place?: Place;
  /** What was done, or the code of the error. */
  readonly result: string;
  readonly status?: string | null;
  readonly message: string | null;
  readonly hint: string | null;
  readonly operation?: string | null;
  readonly dueAt?: string | null;
  readonly old?: OldOutcome | null;
}

export function resultJson(fate: Fate, facts: ResultFacts): JsonObject {
  const { reference, id, name, place = NOWHERE, result, status = null, message, hint } = facts;
  const { operation = null, dueAt = null, old = null } = facts;
  return {
    reference,
    id,
    name,
    ...place,
    result,
    outcome: fate,
    status,
    message,
    hint,
    attempt: operation,
    dueAt,
    old: oldJson(old),
  };
}

/** `keyturn.results/1`: a result for each of several things. `place` is that of all; each may have its own. */
export function resultsDocument(records: {
  readonly verb: string;
  readonly place?: Place;
  readonly items: readonly JsonObject[];
  readonly lines: (item: JsonObject) => string;
  readonly columns?: readonly Column[];
  readonly empty: string;
}): ListReport {
  const { verb, place = NOWHERE, columns = RESULT_COLUMNS, ...rest } = records;
  return many({ schema: 'keyturn.results/1', head: { ...place, verb }, key: 'results', columns, ...rest });
}
