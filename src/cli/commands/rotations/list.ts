import { reasonOpen } from '../../../core/operation/explain.ts';
import { isOf, nothingUnfinished } from '../../../core/rotation/choose-operations.ts';
import { isUnfinished, type JournalHost, type OperationSummary } from '../../../ports/journal.ts';
import type { Command } from '../../arguments/command.ts';
import { type Listed, rotationsDocument } from '../../documents/rotation.ts';
import type { Services } from '../../services/services.ts';

export const command: Command = {
  options: [{ flags: '--all', about: 'also operations that ended within the last week' }],
  async run(app, input) {
    const host = await app.journalHost();
    const { operations, broken } = await host.list();
    const shown = operations
      .filter((operation) => input.flag('all') || isUnfinished(operation))
      .filter(({ header }) => isOf(header, app.globals));
    const listed = await Promise.all(shown.map((operation) => withReason(app, host, operation)));
    return rotationsDocument(listed, broken, nothingUnfinished(app.globals));
  },
};

/** The record of an open operation has no reason; the steps that it has done say why it is not finished. */
async function withReason(
  app: Pick<Services, 'runtime'>,
  host: JournalHost,
  operation: OperationSummary,
): Promise<Listed> {
  const { reason, state } = operation;
  const { id } = operation.header;
  const detail = reason === null && state === 'open' ? await host.read(id) : null;
  if (!detail) return { operation, reason };
  return { operation, reason: reasonOpen(detail, app.runtime.clock.now(), await host.isRunning(id)) };
}
