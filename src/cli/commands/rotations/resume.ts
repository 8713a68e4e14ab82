import { readPlan } from '../../../core/operation/plan.ts';
import { resumeOperation } from '../../../core/operation/resume.ts';
import { waitsUntil } from '../../../core/operation/waiting.ts';
import { chooseOperations, isOf, nothingUnfinished } from '../../../core/rotation/choose-operations.ts';
import { usage } from '../../../domain/errors.ts';
import { named } from '../../../output/question.ts';
import type { OperationSummary } from '../../../ports/journal.ts';
import type { Command } from '../../arguments/command.ts';
import { asksForDelivery, DELIVERY_OPTIONS } from '../../arguments/delivery.ts';
import { said } from '../../documents/document.ts';
import { rotationDocument } from '../../documents/rotation.ts';
import { whereOfOperation } from '../../services/place-words.ts';
import { resumeDeps } from '../../services/resume.ts';
import type { Services } from '../../services/services.ts';
import { operationId } from './operation-id.ts';
import { resumeAll, resumeDelivery, resumedReport } from './resume-operations.ts';

export const command: Command = {
  arguments: [
    { name: '[id]', about: 'the operation; not needed when only one is unfinished', values: 'operations' },
  ],
  options: [
    { flags: '--all', about: 'every unfinished operation' },
    { flags: '--now', about: 'end the old token now, before its grace period is over; not with --all' },
    { flags: '--accept-differences', about: 'accept a new token that differs from what was asked for' },
    ...DELIVERY_OPTIONS,
  ],
  details:
    'Continues an unfinished operation where it stopped; may be interrupted and run again. An undelivered secret goes to the destinations of the operation, or to those given here. The command of exec: is not recorded: give it again with --to, exactly as before. `--profile` and `--provider` choose among several operations.',
  examples: ['keyturn rotations resume', 'keyturn rotations resume 3f2a… --now --yes'],
  async run(app, input) {
    const { operations, broken } = await (await app.journalHost()).list({ only: 'unfinished' });
    const named = input.optionalArgument(0);
    const id = named === undefined ? undefined : operationId(named);
    const all = input.flag('all');
    const now = input.flag('now');
    if (all && now)
      throw usage(
        '"--all" and "--now" exclude each other',
        'end one grace period at a time, by the id of its operation',
      );
    if (all && asksForDelivery(input))
      throw usage(
        'several secrets cannot share one destination',
        'leave out "--all" and resume one at a time, by its id',
      );
    const acceptDifferences = input.flag('accept-differences');
    if (all && acceptDifferences)
      throw usage('"--all" and "--accept-differences" exclude each other', 'accept one at a time, by its id');
    const { profile, provider } = app.globals;
    const chosen = chooseOperations(operations, { id, all, profile, provider });
    if (all)
      return resumeAll(app, chosen, {
        broken,
        needy: operations.filter((each) => needsPerson(each) && isOf(each.header, { profile, provider })),
      });
    const [only] = chosen;
    const wanted = id ?? only?.header.id;
    if (wanted === undefined)
      return said(rotationDocument({ issued: { state: 'none' } }), nothingUnfinished(app.globals));
    const delivery = await resumeDelivery(app, input, only);
    const where = only ? await whereOfOperation(app, only.header) : null;
    if (now && only) await confirmEnd(app, only, where);
    const result = await resumeOperation(await resumeDeps(app), wanted, { delivery, now, acceptDifferences });
    return resumedReport(app, result, { delivery, operation: only, where });
  },
};

function needsPerson({ state }: OperationSummary): boolean {
  return state === 'attention';
}

/** Ending a grace period early ends a secret that a program may still be using. */
async function confirmEnd(
  app: Pick<Services, 'confirm' | 'runtime'>,
  operation: OperationSummary,
  where: string | null,
): Promise<void> {
  const dueAt = waitsUntil(operation, app.runtime.clock.now());
  const { target } = readPlan(operation.header.plan);
  if (dueAt === null || !target) return;
  await app.confirm(`end ${named(target)} at ${where} now? It would otherwise be valid until ${dueAt}`);
}
