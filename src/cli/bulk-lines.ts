import type { AppError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import { safeText } from '../domain/text.ts';
import { type Named, named } from '../output/question.ts';

/** `waiting`: done but for a grace that runs. `pending`: stopped at a safe place, `rotations resume` goes on. `skipped`: not tried, or left to a person. */
export type Fate = 'done' | 'waiting' | 'pending' | 'failed' | 'unknown' | 'skipped';

/** What became of one of several things, in a document and in words. */
export interface BulkResult {
  readonly fate: Fate;
  /** `"ci" (id mt_1)` */
  readonly label: string;
  /** `Errova, profile errova` */
  readonly where: string | null;
  /** The record of the document: `result`, `message` and `hint` are in it. */
  readonly item: JsonObject;
}

/** `"ci" (id mt_1)`; a thing without a name is its id. */
export function labelOf({ id, name }: Named): string {
  return name === null ? `id ${safeText(id)}` : named({ id, name });
}

/** The record, with what became of the thing in one of six words. */
export function bulkItem({ fate, item }: BulkResult): JsonObject {
  return { ...item, outcome: fate };
}

/**
 * One line for a person: `revoked "ci" (id mt_1) at Errova, profile errova`. A failure names the thing, what happened, the
 * code, and what to do.
 */
export function bulkLine({ fate, label, where, item }: BulkResult): string {
  const { result, message, hint } = item;
  const place = where === null ? '' : ` at ${where}`;
  if (fate === 'unknown') return `unknown: ${text(message)}`;
  if (fate === 'pending' || fate === 'failed' || fate === 'skipped') {
    const code = fate === 'pending' ? '' : ` (${text(result)})`;
    return `${fate}: ${label}${place}: ${text(message)}${code}${hint === null ? '' : `; ${text(hint)}`}`;
  }
  const word = fate === 'waiting' ? 'waiting:' : (WORDS[text(result)] ?? text(result));
  return `${word} ${label}${place}${message === null ? '' : `; ${text(message)}`}`;
}

/** What stopped at a safe place has the word of its row, `pending`, and is no failure in the sum. */
export function fateOfError({ code }: AppError): Fate {
  return code === 'pending' ? 'pending' : 'failed';
}

/** Why one was not found, or not done, where nothing else is told of it. */
export function failedLine(label: string, { code, facts }: AppError): string {
  const item = { result: code, message: facts.message, hint: facts.hint ?? null };
  return bulkLine({ fate: 'failed', label, where: null, item });
}

/** `2 done, 1 failed ("ci" (id mt_1)), 0 unknown, 0 skipped at Errova, profile errova`: whoever reads only this knows which. */
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
  const lines = new Map(results.map((each) => [bulkItem(each), bulkLine(each)]));
  return { items: [...lines.keys()], lines: (item) => lines.get(item) ?? '' };
}

/** Results that begin no sentence. */
const WORDS: Readonly<Record<string, string>> = { done: 'done:', nothing: 'as it should be:' };

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
