import {
  type ChangeResult,
  changeTokens,
  describeChange,
  findTargets,
  isUnconfirmed,
  type TokenVerb,
} from '../../core/change-tokens.ts';
import { whereOf } from '../../core/where.ts';
import { doubtAbout, named, questionAbout, quoteName } from '../../output/question.ts';
import type { ListReport } from '../../output/report.ts';
import type { Command } from '../arguments/command.ts';
import { resultsReport, throwIfSingleFailure } from '../documents/change-report.ts';
import { placeOf } from '../documents/document.ts';
import { planDocument } from '../documents/plan.ts';
import { failedLine } from '../documents/results.ts';
import { markOnSight } from '../services/mark-on-sight.ts';

const EFFECT: Readonly<Record<TokenVerb, string>> = {
  revoke: 'unusable for good',
  delete: 'gone for good',
  disable: 'unusable until it is enabled',
  enable: 'usable again',
};

/** revoke, delete, enable and disable are one use case: find all, ask once, try each, report each. */
function endCommand(verb: TokenVerb): Command {
  const asks = verb !== 'enable';
  return {
    arguments: [
      {
        name: '<ref...>',
        about: 'saved names, the provider’s names, or ids; id:X and name:X force the provider’s',
      },
    ],
    options: [
      { flags: '--dry-run', about: 'show what would be sent' },
      ...(asks ? [{ flags: '--allow-self', about: 'also the credential that keyturn is using' }] : []),
    ],
    async run(app, input) {
      const deps = await app.changeDeps();
      const isAsked = app.prompter.interactive && !app.globals.yes;
      const targets = await findTargets(deps, verb, input.arguments(), input.flag('allow-self'), isAsked);
      throwIfSingleFailure(targets);
      const found = targets.flatMap((target) => (target.token === null ? [] : [target.token]));
      if (input.flag('dry-run')) {
        const steps = found.map((token) => ({
          step: verb,
          what: `${verb} ${named(token)}: ${EFFECT[verb]}`,
          call: describeChange(deps, verb, token),
        }));
        return withFailures(planDocument(placeOf(deps.client), steps), targets);
      }
      if (asks && found.length > 0)
        await app.confirm(
          doubtAbout(namesInDoubt(targets)) +
            questionAbout(verb, 'tokens', found.map(named), ` at ${whereOf(deps.client.connection)}`),
        );
      const { onSeen, marked } = markOnSight(app, deps.client.connection);
      const results = await changeTokens({ ...deps, onSeen }, verb, targets);
      if (results.length === 1 && results[0]?.error) for (const line of marked) app.note(line);
      throwIfSingleFailure(results);
      const report = resultsReport(deps.client, verb, results);
      // An unconfirmed result has its note in its own line.
      const told = results.flatMap((result) =>
        result.note === undefined || isUnconfirmed(result) ? [] : [result.note],
      );
      return { ...report, notes: () => [...told, ...marked, ...(report.notes?.() ?? [])] };
    },
  };
}

/** Where the id of the managing credential is not known. */
function namesInDoubt(targets: readonly ChangeResult[]): readonly string[] {
  return targets.flatMap(({ mayBeOwn, token }) => (mayBeOwn && token ? [token.name ?? token.id] : []));
}

/** A dry run also names the references that would fail. */
function withFailures(plan: ListReport, targets: readonly ChangeResult[]): ListReport {
  const failed = targets.flatMap(({ reference, error }) =>
    error === null ? [] : [failedLine(quoteName(reference), error)],
  );
  if (failed.length === 0) return plan;
  return { ...plan, notes: () => [...(plan.notes?.() ?? []), ...failed], exit: () => 'partial' as const };
}

export const commands: Readonly<Record<TokenVerb, Command>> = {
  revoke: endCommand('revoke'),
  delete: endCommand('delete'),
  enable: endCommand('enable'),
  disable: endCommand('disable'),
};
