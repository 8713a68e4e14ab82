import { isOf, nothingUnfinished } from '../../core/rotation/choose-attempts.ts';
import { reasonOpen } from '../../core/rotation/explain.ts';
import type { JsonObject } from '../../domain/json.ts';
import { type AttemptSummary, isUnfinished, type JournalHost } from '../../ports/journal.ts';
import type { App } from '../app.ts';
import { attemptJson } from '../attempt-json.ts';
import { ROTATION_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { listReport } from '../reports.ts';

export const rotationsList: Command = {
  options: [{ flags: '--all', about: 'also those that ended, for a week' }],
  async run(app, input) {
    const host = await app.journalHost();
    const { attempts, broken } = await host.list();
    const shown = attempts
      .filter((attempt) => input.flag('all') || isUnfinished(attempt))
      .filter(({ header }) => isOf(header, app.globals));
    const items = [
      ...(await Promise.all(shown.map((attempt) => withReason(app, host, attempt)))),
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
async function withReason(app: App, host: JournalHost, attempt: AttemptSummary): Promise<JsonObject> {
  const { id } = attempt.header;
  const detail = attempt.reason === null && attempt.state === 'open' ? await host.read(id) : null;
  if (!detail) return attemptJson(attempt);
  const reason = reasonOpen(detail, app.runtime.clock.now(), await host.isRunning(id));
  return { ...attemptJson(attempt), reason };
}
