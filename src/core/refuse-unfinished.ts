import { commandLine } from '../domain/command-line.ts';
import { AppError } from '../domain/errors.ts';
import { type AttemptList, type AttemptSummary, isUnfinished } from '../ports/journal.ts';
import { aboutAttempt } from './mint/about.ts';

/**
 * Refuses what would take away the key that unfinished operations are sealed under. An operation that cannot be read
 * counts as unfinished: it may hold the only copy of a secret.
 */
export function refuseUnfinished({ attempts, broken }: AttemptList, what: string): void {
  const unfinished = attempts.filter(isUnfinished);
  const [first] = unfinished;
  const count = unfinished.length + broken.length;
  if (count === 0) return;
  const lines = [
    ...unfinished.map(howToEnd),
    ...broken.map(({ id }) => `${id} (its record cannot be read): \`${abortOf(id)}\` sets it aside`),
  ];
  throw new AppError({
    code: 'conflict',
    message: `${count} ${count === 1 ? 'operation is' : 'operations are'} unfinished; ${what} would make ${count === 1 ? 'its' : 'their'} secrets unreadable`,
    hint: `finish ${count === 1 ? 'it' : 'them'} first. ${lines.join('. ')}`,
    attempt: first?.header.id ?? broken[0]?.id,
    profile: first?.header.profile ?? undefined,
    next: first
      ? commandLine(['rotations', 'resume', first.header.id], first.header.profile)
      : abortOf(broken[0]?.id ?? ''),
  });
}

function abortOf(id: string): string {
  return commandLine(['rotations', 'abort', id]);
}

function howToEnd({ header }: AttemptSummary): string {
  const { id, profile } = header;
  const [resume, abort] = ['resume', 'abort'].map((verb) => commandLine(['rotations', verb, id], profile));
  return `${aboutAttempt(header)}: \`${resume}\` or \`${abort}\``;
}
