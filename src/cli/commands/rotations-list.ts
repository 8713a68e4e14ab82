import { isOf, nothingUnfinished } from '../../core/rotation/choose-attempts.ts';
import { isUnfinished } from '../../ports/journal.ts';
import { attemptJson } from '../attempt-json.ts';
import { ROTATION_COLUMNS } from '../columns.ts';
import type { Command } from '../command.ts';
import { listReport } from '../reports.ts';

export const rotationsList: Command = {
  options: [{ flags: '--all', about: 'also those that ended, for a week' }],
  async run(app, input) {
    const { attempts, broken } = await (await app.journalHost()).list();
    const shown = attempts
      .filter((attempt) => input.flag('all') || isUnfinished(attempt))
      .filter(({ header }) => isOf(header, app.globals));
    const items = [
      ...shown.map(attemptJson),
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
