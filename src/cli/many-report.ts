import type { Client } from '../core/client.ts';
import type { ManyResult } from '../core/rotation/rotate-many.ts';
import { whereOf } from '../core/where.ts';
import type { ListReport } from '../output/report.ts';
import { type BulkResult, bulkParts, bulkSummary, type Fate, fateOfError, labelOf } from './bulk-lines.ts';
import { RESULT_COLUMNS } from './columns.ts';
import { exitOfMany } from './exit-of-many.ts';
import { oldJson } from './old-json.ts';
import { oldLine } from './old-line.ts';
import { head, listReport } from './reports.ts';

/** A result for each of several rotations: exit 9 when some failed, 10 when all are well and some wait for their grace. */
/** `left` are those that were chosen and left alone on purpose: they are told of, and are no failure. */
export function manyReport(
  client: Client,
  results: readonly ManyResult[],
  left: readonly ManyResult[] = [],
): ListReport {
  const where = whereOf(client.connection);
  const told = [...results, ...left].map((each): BulkResult => {
    const { token, result, error } = each;
    const old = result?.old ?? null;
    const item = {
      reference: `id:${token.id}`,
      id: result?.item?.id ?? null,
      name: token.name,
      result: error !== null ? error.code : result?.kind === 'pending' ? 'pending' : 'rotated',
      message: error?.facts.message ?? (old === null ? null : oldLine(old)),
      hint: error?.facts.hint ?? null,
      attempt: result?.operation ?? null,
      dueAt: result?.dueAt ?? null,
      old: oldJson(old),
    };
    return { fate: fateOf(each), label: labelOf(token), where, item };
  });
  const { items, lines } = bulkParts(told);
  const errors = results.flatMap((each) => (each.error === null ? [] : [each.error]));
  const waiting = results.some((each) => each.result?.kind === 'pending');
  return {
    ...listReport({
      schema: 'keyturn.results/1',
      head: { ...head(client), verb: 'rotate' },
      key: 'results',
      columns: RESULT_COLUMNS,
      items,
      lines,
      empty: 'nothing was due',
    }),
    notes: () => (told.length === 0 ? [`nothing was due at ${where}`] : [bulkSummary(told, where)]),
    exit: () => exitOfMany(results.length, errors) ?? (waiting ? 'pending' : undefined),
  };
}

function fateOf({ error, result, skipped }: ManyResult): Fate {
  if (skipped) return 'skipped';
  if (error !== null) return fateOfError(error);
  return result?.kind === 'pending' ? 'waiting' : 'done';
}
