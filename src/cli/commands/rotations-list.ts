import { reasonOpen } from '../../core/operation/explain.ts';
import { isOf, nothingUnfinished } from '../../core/rotation/choose-operations.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isUnfinished, type JournalHost, type OperationSummary } from '../../ports/journal.ts';
import type { App } from '../app.ts';
import { ROTATION_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { operationJson } from '../operation-json.ts';
import { listReport } from '../reports.ts';

export const rotationsList: Command = {
  options: [{ flags: '--all', about: 'also those that ended, for a week' }],
  async run(app, input) {
    const host = await app.journalHost();
    const { operations, broken } = await host.list();
    const shown = operations
      .filter((operation) => input.flag('all') || isUnfinished(operation))
      .filter(({ header }) => isOf(header, app.globals));
    const items = [
      ...(await Promise.all(shown.map((operation) => withReason(app, host, operation)))),
      ...broken.map(({ id, reason }) => ({
        id,
        kind: null,
        provider: null,
        subject: null,
        state: 'broken',
        lastStep: null,
        startedAt: null,
        dueAt: null,
        reason,
      })),
    ];
    return listReport({
      schema: 'keyturn.rotations/1',
      key: 'rotations',
      columns: ROTATION_COLUMNS,
      items,
      empty: nothingUnfinished(app.globals),
    });
  },
};

/** An open operation records no reason, since nothing has to be decided: what it has done says why it is not finished. */
async function withReason(app: App, host: JournalHost, operation: OperationSummary): Promise<JsonObject> {
  const { id } = operation.header;
  const detail = operation.reason === null && operation.state === 'open' ? await host.read(id) : null;
  if (!detail) return operationJson(operation);
  const reason = reasonOpen(detail, app.runtime.clock.now(), await host.isRunning(id));
  return { ...operationJson(operation), reason };
}
