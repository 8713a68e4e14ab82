import type { OldOutcome } from '../../core/operation/old-outcome.ts';
import type { AppError, ErrorCode } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import { safeText } from '../../domain/text.ts';
import { type Named, named } from '../../output/question.ts';
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

/** How a command over several things ends: the one error when all failed alike, `partial` when some did. */
export function exitOfMany(count: number, errors: readonly AppError[]): ErrorCode | undefined {
  const [first, ...others] = errors;
  if (!first) return undefined;
  const isAlike = others.every(({ code }) => code === first.code);
  // `locked` means that another process works on the thing, so it wins over `partial`.
  return isAlike && (errors.length === count || first.code === 'locked') ? first.code : 'partial';
}

/** What became of one of several things, in a document and in words. */
export interface BulkResult {
  readonly fate: Fate;
  /** `"ci" (id mt_1)` */
  readonly label: string;
  /** `Errova, profile errova` */
  readonly where: string | null;
  readonly facts: ResultFacts;
}

/** `"ci" (id mt_1)`; a thing without a name is its id. */
export function labelOf({ id, name }: Named): string {
  return name === null ? `id ${safeText(id)}` : named({ id, name });
}

/**
 * One line for a person: `revoked "ci" (id mt_1) at Errova, profile errova`. A failure names the thing, what happened, the
 * code, and what to do.
 */
export function bulkLine({
  fate,
  label,
  where,
  facts,
}: Pick<BulkResult, 'fate' | 'label' | 'where'> & {
  readonly facts: Pick<ResultFacts, 'result' | 'message' | 'hint'>;
}): string {
  const { result, message, hint } = facts;
  const place = where === null ? '' : ` at ${where}`;
  if (fate === 'unknown') return `unknown: ${text(message)}`;
  if (fate === 'pending' || fate === 'failed' || fate === 'skipped') {
    const code = fate === 'pending' ? '' : ` (${text(result)})`;
    return `${fate}: ${label}${place}: ${text(message)}${code}${hint === null ? '' : `; ${text(hint)}`}`;
  }
  const word = fate === 'waiting' ? 'waiting:' : (WORDS[text(result)] ?? text(result));
  return `${word} ${label}${place}${message === null ? '' : `; ${text(message)}`}`;
}

/** An operation that stopped at a safe place counts as `pending`, not as `failed`. */
export function fateOfError({ code }: AppError): Fate {
  return code === 'pending' ? 'pending' : 'failed';
}

/** A line for a reference that was not found or not changed, where no result is printed. */
export function failedLine(label: string, { code, facts }: AppError): string {
  const failure = { result: code, message: facts.message, hint: facts.hint ?? null };
  return bulkLine({ fate: 'failed', label, where: null, facts: failure });
}

/** `2 done, 1 failed ("ci" (id mt_1)), 0 unknown, 0 skipped at Errova, profile errova`: a person who reads only this line knows which failed. */
export function bulkSummary(results: readonly BulkResult[], where: string | null): string {
  const counts = COUNTED.flatMap((fate) => {
    const those = results.filter((each) => each.fate === fate);
    if ((fate === 'waiting' || fate === 'pending') && those.length === 0) return [];
    return [`${those.length} ${fate}${fate === 'done' ? '' : labels(those)}`];
  });
  return `${counts.join(', ')}${where === null ? '' : ` at ${where}`}`;
}

/** The parts of a report on several things that show each in a line. */
export function bulkParts(results: readonly BulkResult[]): {
  readonly items: readonly JsonObject[];
  readonly lines: (item: JsonObject) => string;
} {
  const lines = new Map(results.map((each) => [resultJson(each.fate, each.facts), bulkLine(each)]));
  return { items: [...lines.keys()], lines: (item) => lines.get(item) ?? '' };
}

/** Results that cannot begin a sentence as they are. */
const WORDS: Readonly<Record<string, string>> = { done: 'done:', nothing: 'up to date:' };

const COUNTED: readonly Fate[] = ['done', 'waiting', 'pending', 'failed', 'unknown', 'skipped'];
const MOST_NAMES = 10;

function labels(results: readonly BulkResult[]): string {
  if (results.length === 0) return '';
  const shown = results.slice(0, MOST_NAMES).map(({ label }) => label);
  const more = results.length > MOST_NAMES ? `, and ${results.length - MOST_NAMES} more` : '';
  return ` (${shown.join(', ')}${more})`;
}

function text(value: JsonObject[string] | undefined): string {
  return safeText(String(value ?? ''));
}
