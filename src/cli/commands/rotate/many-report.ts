import type { Client } from '../../../core/client.ts';
import { idOf } from '../../../core/operation/records.ts';
import type { ManyResult } from '../../../core/rotation/rotate-many.ts';
import { whereOf } from '../../../core/where.ts';
import type { ListReport } from '../../../output/report.ts';
import { placeOf } from '../../documents/document.ts';
import { oldLine } from '../../documents/issued.ts';
import {
  type BulkResult,
  bulkParts,
  bulkSummary,
  exitOfMany,
  type Fate,
  fateOfError,
  labelOf,
  resultsDocument,
} from '../../documents/results.ts';

/**
 * A result for each of several rotations: exit 9 when some failed, 10 when none failed and some wait for the end of their grace
 * period. `left` are the tokens that were chosen and left alone on purpose, which is no failure.
 */
export function manyReport(
  client: Client,
  results: readonly ManyResult[],
  left: readonly ManyResult[] = [],
): ListReport {
  const where = whereOf(client.connection);
  const place = placeOf(client);
  const told = [...results, ...left].map((each): BulkResult => {
    const { token, result, error } = each;
    const old = result?.old ?? null;
    const facts = {
      reference: `id:${token.id}`,
      id: result?.item ? idOf(result.item) : null,
      name: token.name,
      place,
      result: error !== null ? error.code : result?.kind === 'pending' ? 'pending' : 'rotated',
      message: error?.facts.message ?? (old === null ? null : oldLine(old)),
      hint: error?.facts.hint ?? null,
      operation: result?.operation ?? null,
      dueAt: result?.dueAt ?? null,
      old,
    };
    return { fate: fateOf(each), label: labelOf(token), where, facts };
  });
  const { items, lines } = bulkParts(told);
  const errors = results.flatMap((each) => (each.error === null ? [] : [each.error]));
  const waiting = results.some((each) => each.result?.kind === 'pending');
  return {
    ...resultsDocument({ verb: 'rotate', place, items, lines, empty: 'nothing is due' }),
    notes: () => (told.length === 0 ? [`nothing is due at ${where}`] : [bulkSummary(told, where)]),
    exit: () => exitOfMany(results.length, errors) ?? (waiting ? 'pending' : undefined),
  };
}

function fateOf({ error, result, skipped }: ManyResult): Fate {
  if (skipped) return 'skipped';
  if (error !== null) return fateOfError(error);
  return result?.kind === 'pending' ? 'waiting' : 'done';
}
