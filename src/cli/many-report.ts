import type { Client } from '../core/client.ts';
import type { ManyResult } from '../core/rotation/rotate-many.ts';
import { whereOf } from '../core/where.ts';
import type { ListReport } from '../output/report.ts';
import { RESULT_COLUMNS } from './columns.ts';
import { exitOfMany } from './exit-of-many.ts';
import { oldJson } from './old-json.ts';
import { oldLine } from './old-line.ts';
import { countWords, head, listReport } from './reports.ts';

/** A result for each of several rotations: exit 9 when some failed, 10 when all are well and some wait for their grace. */
export function manyReport(client: Client, results: readonly ManyResult[]): ListReport {
  const items = results.map(({ token, result, error }) => {
    const old = result?.old ?? null;
    return {
      reference: `id:${token.id}`,
      id: result?.item?.id ?? null,
      name: token.name,
      result: error !== null ? error.code : result?.kind === 'pending' ? 'pending' : 'rotated',
      message: error?.facts.message ?? (old === null ? null : oldLine(old)),
      hint: error?.facts.hint ?? null,
      attempt: result?.attempt ?? null,
      dueAt: result?.dueAt ?? null,
      old: oldJson(old),
    };
  });
  const errors = results.flatMap((each) => (each.error === null ? [] : [each.error]));
  const waiting = results.some((each) => each.result?.kind === 'pending');
  return {
    ...listReport({
      schema: 'keyturn.results/1',
      head: { ...head(client), verb: 'rotate' },
      key: 'results',
      columns: RESULT_COLUMNS,
      items,
      empty: 'nothing was due',
    }),
    notes: () =>
      items.length === 0
        ? ['nothing was due']
        : [`${countWords(items.map((item) => item.result))} at ${whereOf(client.connection)}`],
    exit: () => exitOfMany(results.length, errors) ?? (waiting ? 'pending' : undefined),
  };
}
