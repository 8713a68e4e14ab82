import { commandLine } from '../../domain/command-line.ts';
import { isShortExecLabel } from '../../domain/exec-label.ts';
import type { Journal, OperationSummary } from '../../ports/journal.ts';
import { readPlanOrNull } from './plan.ts';
import { deliveryStep, isDelivered } from './step-names.ts';

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
  const destinations = readPlanOrNull(journal.header.plan)?.destinations ?? [];
  return destinations.filter((label) => isShortExecLabel(label) && !journal.has(deliveryStep(label)));
}

/** As {@link resumeCommand} for an operation of which only the last step is known. */
export function resumeListed({ header, lastStep }: Pick<OperationSummary, 'header' | 'lastStep'>): string {
  const isPast = lastStep !== null && isDelivered(lastStep);
  const has = (step: string) => isPast || step === lastStep;
  return resumeCommand(header.id, commandsWanted({ header, has }));
}

/** What to run first for an unfinished operation of which only the last step is known. */
export function nextOfListed(operation: OperationSummary): string {
  return operation.state === 'attention' ? showCommand(operation.header.id) : resumeListed(operation);
}

/** Explains an operation in words. */
export function showCommand(id: string): string {
  return commandLine(['rotations', 'show', id]);
}

/** Prints what the provider answered, which may hold the secret; a person is asked first. */
export function printAnswerCommand(id: string): string {
  return commandLine(['rotations', 'show', id, '--print-answer']);
}

/** For a person: the command, and what it shows. */
export function showAnswer(id: string, what: string): string {
  return `\`${printAnswerCommand(id)}\` shows ${what}`;
}
