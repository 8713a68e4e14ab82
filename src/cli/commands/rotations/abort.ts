import { abortOperation } from '../../../core/operation/abort.ts';
import { aboutOperation, readPlanOrNull } from '../../../core/operation/plan.ts';
import { chooseOperations } from '../../../core/rotation/choose-operations.ts';
import { safeText } from '../../../domain/text.ts';
import type { Report } from '../../../output/report.ts';
import type { Unreadable } from '../../../ports/journal.ts';
import type { Command } from '../../arguments/command.ts';
import { said } from '../../documents/document.ts';
import { stopped } from '../../documents/issue-report.ts';
import { issuedOf } from '../../documents/issued.ts';
import { issuedItem, rotationDocument } from '../../documents/rotation.ts';
import { whereOfOperation } from '../../services/place-words.ts';
import { resumeDeps } from '../../services/resume.ts';
import type { Services } from '../../services/services.ts';
import { operationId } from './operation-id.ts';

export const command: Command = {
  arguments: [{ name: '<id>', about: 'the operation', values: 'operations' }],
  options: [
    {
      flags: '--keep-new',
      about:
        'only close the operation, because you took the new secret out of the provider’s answer and use it',
    },
  ],
  details:
    'Makes the old token current again and ends the new token; lists what cannot be undone. An operation that is complete, and open only because of possible duplicates, is closed, and the new token stays. An operation whose record cannot be read is set aside: its files are renamed, nothing is deleted or sent, and it no longer counts as unfinished.',
  async run(app, input) {
    const id = operationId(input.argument(0));
    const { profile, provider } = app.globals;
    const host = await app.journalHost();
    const unreadable = await host.whyUnreadable(id);
    if (unreadable) return setAside(app, id, unreadable);
    const { operations } = await host.list({ only: 'unfinished' });
    const [operation] = chooseOperations(operations, { id, profile, provider });
    const where = operation ? await whereOfOperation(app, operation.header) : null;
    const shown = operation ? aboutOperation(operation.header) : 'it';
    const keepNew = input.flag('keep-new');
    const verb = keepNew ? 'end nothing and close' : 'undo';
    await app.confirm(`${verb} the operation ${id}${where ? ` (${shown}) at ${where}` : ''}?`);
    const result = await abortOperation(await resumeDeps(app), id, { keepNew });
    if (result.kind === 'attention') throw stopped(result, { profile: operation?.header.profile ?? null });
    const lines = [...result.undone, ...result.left.map((line) => `left as it is: ${line}`)];
    const notes = where ? [`closed: ${shown} at ${where}`] : [];
    const { undone, left } = result;
    const document = rotationDocument({
      ...(operation && { place: { provider: operation.header.provider, profile: operation.header.profile } }),
      project: operation ? (readPlanOrNull(operation.header.plan)?.project ?? null) : null,
      ...issuedItem(result.item),
      issued: issuedOf(result),
      undone,
      left,
    });
    return { ...said(document, ...(lines.length > 0 ? lines : ['the operation is closed'])), notes };
  },
};

/** An operation whose record cannot be read cannot be undone: its files are renamed, and the person checks the provider's tokens. */
async function setAside(
  app: Pick<Services, 'confirm' | 'journalHost' | 'note'>,
  id: string,
  { header, reason }: Unreadable,
): Promise<Report> {
  const about =
    header === null
      ? ''
      : ` Its first line, which may have been changed, says: ${aboutOperation(header)} at ${header.provider}.`;
  app.note(
    safeText(
      `the operation ${id} cannot be read (${reason}), so keyturn does not know what it did.${about} A token that the operation created may exist at the provider, and the old token may be replaced: compare \`keyturn tokens list\` with \`keyturn credentials list\`.`,
      2_000,
    ),
  );
  await app.confirm(`set the record of ${id} aside, so that it no longer counts as unfinished?`);
  const files = await (await app.journalHost()).setAside(id);
  return said(
    rotationDocument({ issued: { operation: id, state: 'set-aside' }, files }),
    `the record of ${id} is set aside, and nothing was sent`,
    ...files.map((file) => `renamed to: ${safeText(file, 500)}`),
  );
}
