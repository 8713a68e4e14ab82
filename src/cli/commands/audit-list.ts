import type { Command } from '../arguments/command.ts';
import { auditDocument } from '../documents/audit.ts';

export const command: Command = {
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
      ...auditDocument(items, empty),
      notes: () => [...(items.length === 0 ? [empty] : []), ...broken],
    };
  },
};
