import { AppError } from '../../domain/errors.ts';
import type { Command } from '../command.ts';
import { doneReport } from '../reports.ts';

export const auditVerify: Command = {
  async run(app) {
    const { records, brokenAt } = await (await app.audit()).verify();
    if (brokenAt !== null) {
      throw new AppError({
        code: 'failure',
        message: `the audit log was changed: record ${brokenAt} does not fit the one before`,
        hint: 'records from there on cannot be trusted',
      });
    }
    return doneReport('keyturn.audit-check/1', { records, intact: true }, `${records} records, none changed`);
  },
};
