import { AppError } from '../../domain/errors.ts';
import type { AuditCheck } from '../../ports/audit.ts';
import type { Command } from '../arguments/command.ts';
import { auditCheckDocument } from '../documents/audit.ts';
import { said } from '../documents/document.ts';

export const command: Command = {
  details:
    'Ends with 1 unless every record is proved by a code under a key of this installation. The codes cannot show that records at the end were removed: keep a copy elsewhere if that matters.',
  async run(app) {
    const check = await (await app.audit()).verify({ proof: true });
    refuseUnproved(check);
    const { records, proof } = check;
    const notes =
      proof?.key === 'file'
        ? [
            'the key of some codes is, or was, a file in the same folder: those codes find accidental changes, but not changes by somebody who could read that folder',
          ]
        : [];
    return { ...said(auditCheckDocument(check), `${records} records, none changed`), notes };
  },
};

function refuseUnproved({ records, brokenAt, proof }: AuditCheck): void {
  if (brokenAt !== null) {
    throw new AppError({
      code: 'failure',
      message: `the audit log was changed: line ${brokenAt} does not fit the one before, or its code is wrong`,
      hint: 'records from there on cannot be trusted',
    });
  }
  const unproved = records - (proof?.records ?? 0);
  if (unproved === 0) return;
  const which =
    unproved === records
      ? 'no record is'
      : `${unproved} of ${records} records, the first at line ${proof?.unprovedAt}, are not`;
  throw new AppError({
    code: 'failure',
    message: `${which} proved by a code under a key of this installation`,
    hint: 'an older keyturn wrote them, their key was replaced or is not set (KEYTURN_JOURNAL_KEY), they are under the key file beside the log, which does not count where the store is sealed or KEYTURN_JOURNAL_KEY is set, or somebody else wrote them',
  });
}
