import { applyPolicy } from '../../../core/policy/apply-policy.ts';
import { endsSomething, isChange } from '../../../core/policy/decision.ts';
import { type PlannedToken, planPolicy } from '../../../core/policy/plan-policy.ts';
import type { PolicyTarget } from '../../../core/policy/target.ts';
import { placeText } from '../../../core/where.ts';
import { commandLine } from '../../../domain/command-line.ts';
import { AppError, usage } from '../../../domain/errors.ts';
import { questionAbout, quoteName } from '../../../output/question.ts';
import type { Command } from '../../arguments/command.ts';
import type { Input } from '../../arguments/input.ts';
import { ALLOW_MANAGING } from '../../arguments/token-options.ts';
import { isExec } from '../../documents/policy.ts';
import { loadTargets } from '../../services/policy-targets.ts';
import type { Services } from '../../services/services.ts';
import { changeLines, policyPlanReport, policyResultsReport } from './policy-reports.ts';

export const command: Command = {
  arguments: [{ name: '<file>', about: 'a policy (YAML)' }],
  options: [
    { flags: '--max <n>', about: 'change nothing if the policy changes more than N tokens (default: 10)' },
    { flags: '--allow-exec', about: 'run the commands of exec: in the policy' },
    { flags: '--allow-outside', about: "deliver also to files outside the policy's folder" },
    { flags: '--allow-self', about: 'also rotate the credential that keyturn is using' },
    ALLOW_MANAGING,
    { flags: '--dry-run', about: 'the same as `keyturn plan`' },
  ],
  details:
    'Finishes unfinished operations, then creates, rotates and delivers what the policy asks for. It may be interrupted at any point and run again; a second run right after it changes nothing. Exit 9: some failed. Exit 10: some replaced tokens are still in their grace period; run it again later.',
  examples: ['keyturn apply policy.yaml', 'keyturn apply policy.yaml --yes --max 50'],
  async run(app, input) {
    const max = input.wholeNumber('max', { min: 1, max: 10_000 }) ?? 10;
    const targets = await loadTargets(app, input.argument(0));
    if (!input.flag('dry-run')) refuseWithoutOption(targets, input);
    const allowed = { self: input.flag('allow-self'), managing: input.flag('allow-managing') };
    const planned = await planPolicy(targets, allowed);
    if (input.flag('dry-run')) return policyPlanReport(planned, false);
    refuseMany(planned, max, input);
    const mayEnd = await confirmChanges(app, planned);
    if (planned.some(({ target, decision }) => isChange(decision) && target.token.save !== null))
      await app.store({ forWriting: true });
    const deps = { locks: app.locks, mayEnd, allowed, progress: (line: string) => app.note(line) };
    return policyResultsReport(await applyPolicy(deps, planned));
  },
};

/** A policy may come from a pull request, so commands and files outside its folder need an option. */
function refuseWithoutOption(targets: readonly PolicyTarget[], input: Input): void {
  const look = lookAtPlan(input);
  const runs = targets.filter(({ token }) => token.deliver.some(isExec));
  if (runs.length > 0 && !input.flag('allow-exec')) {
    const names = runs.slice(0, 5).map(({ token }) => `"${token.name}"`);
    throw usage(
      `the policy runs commands (exec:) for ${names.join(', ')}`,
      `${look}, then add "--allow-exec"; nothing was sent`,
    );
  }
  const outside = targets.flatMap((target) =>
    target.outside.map((label) => `${label} for "${target.token.name}"`),
  );
  if (outside.length === 0 || input.flag('allow-outside')) return;
  const more = outside.length > 5 ? `, and ${outside.length - 5} more` : '';
  throw new AppError({
    code: 'conflict',
    message: `the policy delivers to files outside its folder: ${outside.slice(0, 5).join(', ')}${more}`,
    hint: `${look}, then add "--allow-outside"; nothing was sent`,
  });
}

function refuseMany(planned: readonly PlannedToken[], max: number, input: Input): void {
  const count = planned.filter(({ decision }) => isChange(decision)).length;
  if (count <= max) return;
  throw usage(
    `the policy changes ${count} tokens, more than ${max}`,
    `${lookAtPlan(input)}, then add "--max ${count}"; nothing was changed`,
  );
}

function lookAtPlan(input: Input): string {
  return `look at the policy with \`${commandLine(['plan', input.argument(0)])}\``;
}

/**
 * Asks once about all planned changes. Returns whether `apply` may end old tokens, also those that become due while it runs:
 * true with `--yes`, or if the person agreed to a question that names tokens to end.
 */
async function confirmChanges(
  app: Pick<Services, 'confirm' | 'globals' | 'note'>,
  planned: readonly PlannedToken[],
): Promise<boolean> {
  const changes = planned.filter(({ decision }) => isChange(decision));
  if (changes.length === 0 || app.globals.yes) return app.globals.yes;
  for (const line of changes.flatMap(changeLines)) app.note(line, Number.POSITIVE_INFINITY);
  const ends = changes.filter(({ decision }) => endsSomething(decision));
  const count = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
  if (ends.length === 0) {
    await app.confirm(`make ${count}?`);
    return false;
  }
  const names = ends.map(
    ({ target }) => `${quoteName(target.token.name)} at ${placeText(target.provider.title, target.profile)}`,
  );
  await app.confirm(questionAbout(`make ${count}: replace and end`, 'tokens', names, ''));
  return true;
}
