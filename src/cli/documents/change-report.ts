import { type ChangeResult, isUnconfirmed, type TokenVerb } from '../../core/change-tokens.ts';
import type { Client } from '../../core/client.ts';
import { whereOf } from '../../core/where.ts';
import type { AppError } from '../../domain/errors.ts';
import { named, quoteName } from '../../output/question.ts';
import type { ListReport } from '../../output/report.ts';
import { type Place, placeOf } from './document.ts';
import { type BulkResult, bulkParts, bulkSummary, exitOfMany, labelOf, resultsDocument } from './results.ts';

const DONE: Readonly<Record<TokenVerb, string>> = {
  revoke: 'revoked',
  delete: 'deleted',
  enable: 'enabled',
  disable: 'disabled',
};

/**
 * One result in a sentence, several in a line each with a summary. The exit code: the one error when all failed alike,
 * `partial` when some failed.
 */
export function resultsReport(client: Client, verb: TokenVerb, results: readonly ChangeResult[]): ListReport {
  const where = whereOf(client.connection);
  const errors = results.flatMap((result) => (result.error === null ? [] : [result.error]));
  const place = placeOf(client);
  const told = results.map((result) => changeResult(result, verb, { where, place }));
  const { items, lines } = bulkParts(told);
  return {
    ...resultsDocument({ verb, place, items, lines, empty: 'nothing to do' }),
    ...(results.length === 1 ? { said: items.map(lines) } : {}),
    notes: () => (results.length === 1 ? [] : [bulkSummary(told, where)]),
    exit: () => exitOfMany(results.length, errors),
  };
}

function changeResult(
  result: ChangeResult,
  verb: TokenVerb,
  { where, place }: { readonly where: string; readonly place: Place },
): BulkResult {
  const { error, note = null, reference, sight, token } = result;
  const isUnknown = error === null && isUnconfirmed(result);
  return {
    fate: error === null ? (isUnknown ? 'unknown' : 'done') : result.skipped ? 'skipped' : 'failed',
    label: token === null ? labelOfMissing(reference, error) : labelOf(token),
    where,
    facts: {
      reference,
      id: token?.id ?? null,
      name: token?.name ?? null,
      place,
      result: error?.code ?? (isUnknown ? 'unknown' : DONE[verb]),
      status: sight?.status ?? null,
      message: error?.facts.message ?? (isUnknown ? note : null),
      hint: error?.facts.hint ?? null,
    },
  };
}

/** The refusal of a token that was found has its id. */
function labelOfMissing(reference: string, error: AppError | null): string {
  const id = error?.facts.id;
  return id === undefined ? quoteName(reference) : named({ name: reference, id });
}

/** One failed reference alone is an error like any other, not a table. */
export function throwIfSingleFailure(results: readonly ChangeResult[]): void {
  const [only, another] = results;
  if (only?.error && another === undefined) throw only.error;
}
