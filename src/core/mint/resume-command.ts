import { commandLine } from '../../domain/command-line.ts';
import { isShortExecLabel } from '../../domain/exec-label.ts';
import type { AttemptSummary, Journal } from '../../ports/journal.ts';
import { readPlanOrNull } from './attempt-plan.ts';

/** The step that records that a destination has the secret. */
export function deliveryStep(label: string): string {
  return `deliver ${label}`;
}

/** Steps that come only once every destination has the secret, or once none needs it any more. */
const AFTER_DELIVERY: ReadonlySet<string> = new Set([
  ...['print', 'redirect', 'save instead', 'soak', 'end grace', 'disable', 'confirm', 'retire', 'sweep'],
  ...['forget', 'complete', 'undo', 'aborting'],
]);

/**
 * The command that goes on with an operation. An `exec:` command that is still to be given the secret is not kept, so whoever resumes
 * gives it again: `--to 'exec:vault …'`.
 */
export function resumeCommand(id: string, commands: readonly string[], ...more: readonly string[]): string {
  const again = commands.flatMap((label) => ['--to', commandPattern(label)]);
  return commandLine(['rotations', 'resume', id, ...more, ...again]);
}

/** `exec:vault …`: as much of a command as is kept. */
export function commandPattern(label: string): string {
  return `${label.split(' ')[0] ?? 'exec:'} …`;
}

/** The commands among the destinations that do not have the secret yet, by what is recorded of them. */
export function commandsWanted(journal: Pick<Journal, 'header' | 'has'>): readonly string[] {
  if (journal.has('redirect')) return [];
  const sinks = readPlanOrNull(journal.header.plan)?.sinks ?? [];
  return sinks.filter((label) => isShortExecLabel(label) && !journal.has(deliveryStep(label)));
}

/** As {@link resumeCommand} for an operation of which only the last step is known. */
export function resumeListed({ header, lastStep }: Pick<AttemptSummary, 'header' | 'lastStep'>): string {
  const isPast = lastStep !== null && AFTER_DELIVERY.has(lastStep);
  const has = (step: string) => isPast || step === lastStep;
  return resumeCommand(header.id, commandsWanted({ header, has }));
}
