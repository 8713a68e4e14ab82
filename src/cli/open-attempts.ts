import { AppError } from '../domain/errors.ts';
import { type AttemptHeader, isUnfinished } from '../ports/journal.ts';
import type { App } from './app.ts';

/** What an unfinished attempt still needs is not thrown away. */
export async function refuseOpenAttempt(
  app: App,
  concerns: (attempt: AttemptHeader) => boolean,
): Promise<void> {
  const { attempts } = await (await app.journalHost()).list();
  const open = attempts.find((attempt) => isUnfinished(attempt) && concerns(attempt.header));
  if (!open) return;
  const { id, kind, startedAt } = open.header;
  if (await (await app.journalHost()).isRunning(id)) {
    throw new AppError({
      code: 'locked',
      message: `another keyturn is at it now: ${kind}, since ${startedAt}`,
      hint: 'wait until it is done, then run the command again',
      attempt: id,
    });
  }
  throw new AppError({
    code: 'conflict',
    message: `an unfinished operation (${open.header.kind}, ${open.header.id}) needs it`,
    hint: `run \`keyturn rotations resume ${open.header.id}\` or \`keyturn rotations abort ${open.header.id}\` first`,
  });
}
