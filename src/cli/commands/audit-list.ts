import type { Column } from '../../output/report.ts';
import type { Command } from '../command.ts';
import { listReport } from '../reports.ts';

const COLUMNS: readonly Column[] = [
  { title: 'WHEN', field: 'at', kind: 'time' },
  { title: 'ACTION', field: 'action', kind: 'text' },
  { title: 'OUTCOME', field: 'outcome', kind: 'status' },
  { title: 'PROVIDER', field: 'provider', kind: 'text' },
  { title: 'PROFILE', field: 'profile', kind: 'text' },
  { title: 'ID', field: 'id', kind: 'text' },
  { title: 'TARGET', field: 'target', kind: 'text', optional: 1 },
  { title: 'FINGERPRINT', field: 'fingerprint', kind: 'text', optional: 2 },
  { title: 'OPERATION', field: 'attempt', kind: 'text', optional: 3 },
];

export const auditList: Command = {
  async run(app) {
    const audit = await app.audit();
    const { brokenAt } = await audit.verify();
    const { profile, provider } = app.globals;
    const items = (await audit.list())
      .filter((record) => profile === undefined || record.profile === profile)
      .filter((record) => provider === undefined || record.provider === provider);
    const empty = 'nothing was changed yet';
    const broken =
      brokenAt === null ? [] : [`the log was changed: from record ${brokenAt} on it cannot be trusted`];
    return {
      ...listReport({
        schema: 'keyturn.audit/1',
        key: 'records',
        columns: COLUMNS,
        items: items.map((record) => ({ ...record })),
        empty,
      }),
      notes: () => [...(items.length === 0 ? [empty] : []), ...broken],
    };
  },
};
