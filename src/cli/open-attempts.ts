import { resumeListed } from '../core/mint/resume-command.ts';
import { AppError } from '../domain/errors.ts';
import { type AttemptHeader, isUnfinished } from '../ports/journal.ts';
import type { App } from './app.ts';

/** What an unfinished attempt still needs is not thrown away. */
export async function refuseOpenAttempt(
  app: App,
  concerns: (attempt: AttemptHeader) => boolean,
): Promise<void> {
  const { attempts } = await (await app.journalHost()).list({ only: 'unfinished' });
  const open = attempts.find((attempt) => isUnfinished(attempt) && concerns(attempt.header));
  if (!open) return;
  const { id, kind, profile, provider, startedAt } = open.header;
  const facts = { code: 'locked', attempt: id, provider, profile: profile ?? undefined } as const;
  if (await (await app.journalHost()).isRunning(id)) {
    throw new AppError({
      ...facts,
      message: `another keyturn is at it now: ${kind}, since ${startedAt}`,
      hint: 'wait until it is done, then run the command again',
    });
  }
  const next = resumeListed(open);
  throw new AppError({
    ...facts,
    message: `an unfinished operation (${kind}, ${id}) needs it`,
    hint: `run \`${next}\` or \`keyturn rotations abort ${id}\` first`,
    next,
  });
}
