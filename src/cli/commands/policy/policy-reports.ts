import { isChange, replacesOwn } from '../../../core/policy/decision.ts';
import type { PlannedToken } from '../../../core/policy/plan-policy.ts';
import type { PolicyResult } from '../../../core/policy/result.ts';
import { placeText } from '../../../core/where.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { AppError } from '../../../domain/errors.ts';
import { quoteName } from '../../../output/question.ts';
import type { ListReport } from '../../../output/report.ts';
import { grantLines, isExec, POLICY_RESULT_COLUMNS, policyPlanDocument } from '../../documents/policy.ts';
import {
  type BulkResult,
  bulkParts,
  bulkSummary,
  exitOfMany,
  fateOfError,
  labelOf,
  type ResultFacts,
  resultsDocument,
} from '../../documents/results.ts';

/**
 * What `apply` would do, a line for each token. Exit: with `--exit-code` 10 when there is something to do; else the code of
 * what blocks it.
 */
export function policyPlanReport(planned: readonly PlannedToken[], wantsExitCode: boolean): ListReport {
  const errors = planned.flatMap(({ decision }) => (decision.action === 'blocked' ? [decision.error] : []));
  const isDue = planned.some(({ decision }) => isChange(decision));
  return {
    ...policyPlanDocument(planned),
    notes: () => planNotes(planned),
    exit: () => (wantsExitCode && isDue ? 'pending' : exitOfMany(planned.length, errors)),
  };
}

/** What is blocked and why, how much there is to do, and when the next token is due. */
function planNotes(planned: readonly PlannedToken[]): readonly string[] {
  if (planned.length === 0) return [];
  const counts = countWords(planned.map(({ decision }) => decision.action));
  const dates = planned.flatMap(({ decision }) => ('dueAt' in decision ? (decision.dueAt ?? []) : []));
  const [next] = dates.sort((a, b) => Date.parse(a) - Date.parse(b));
  const isIdle = planned.every(({ decision }) => decision.action === 'nothing' || decision.action === 'wait');
  return [
    ...(isIdle ? ['nothing to do'] : []),
    `${planned.length} ${planned.length === 1 ? 'token' : 'tokens'}: ${counts}${next === undefined ? '' : `; next due ${next}`}`,
    ...blockedNote(
      planned.flatMap(({ target, decision }) =>
        decision.action === 'blocked' ? [{ name: target.token.name, error: decision.error }] : [],
      ),
      'blocked',
    ),
    ...needsNote(planned),
  ];
}

/** The options that `apply` needs for this policy. */
function needsNote(planned: readonly PlannedToken[]): readonly string[] {
  const runs = planned.some(({ target }) => target.token.deliver.some(isExec));
  const outside = planned.flatMap(({ target }) => target.outside);
  const more = outside.length > 5 ? `, and ${outside.length - 5} more` : '';
  return [
    ...(runs ? ['the policy runs commands (exec:): `keyturn apply` needs "--allow-exec"'] : []),
    ...(outside.length > 0
      ? [
          `the policy delivers to files outside its folder (${outside.slice(0, 5).join(', ')}${more}): \`keyturn apply\` needs "--allow-outside"`,
        ]
      : []),
  ];
}

/** `2 blocked: "a": …; "b": …` */
function blockedNote(
  stuck: readonly { readonly name: string; readonly error: AppError }[],
  word: string,
): readonly string[] {
  if (stuck.length === 0) return [];
  const shown = stuck.slice(0, 5).map(({ name, error }) => `"${name}": ${error.facts.message}`);
  const more = stuck.length > 5 ? `; and ${stuck.length - 5} more` : '';
  return [`${stuck.length} ${word}: ${shown.join('; ')}${more}`];
}

/** A result for each token. Exit: 9 when some failed, the error's code when all failed alike, 13 when some were locked, 10 when some are in their grace period. */
export function policyResultsReport(results: readonly PolicyResult[]): ListReport {
  const errors = results.flatMap(({ error }) => error ?? []);
  const waits = results.some(({ dueAt }) => dueAt !== null);
  const told = results.map(bulkResult);
  const { items, lines } = bulkParts(told);
  return {
    ...resultsDocument({
      verb: 'apply',
      columns: POLICY_RESULT_COLUMNS,
      items,
      lines,
      empty: 'the policy has no tokens',
    }),
    notes: () => (results.length === 0 ? [] : [bulkSummary(told, null)]),
    exit: () => exitOfMany(results.length, errors) ?? (waits ? 'pending' : undefined),
  };
}

function bulkResult(result: PolicyResult): BulkResult {
  const { target, id, error, dueAt } = result;
  const { token, provider } = target;
  return {
    fate: error !== null ? fateOfError(error) : dueAt !== null ? 'waiting' : 'done',
    label: id === null ? quoteName(token.name) : labelOf({ id, name: token.name }),
    where: placeText(provider.title, target.profile),
    facts: resultFacts(result),
  };
}

/** One planned change, a line for each fact: what is created or replaced, where its secret goes, and what it may do. */
export function changeLines(planned: PlannedToken): readonly string[] {
  const { target, decision } = planned;
  const { token, provider, profile } = target;
  const facts = [
    ...(token.lifetimeMs === null ? [] : [`lifetime ${formatDuration(token.lifetimeMs)}`]),
    ...(replacesOwn(decision) ? ['keyturn is using this credential'] : []),
  ];
  return [
    `${decision.action} "${token.name}" at ${placeText(provider.title, profile)}${facts.map((fact) => `; ${fact}`).join('')}`,
    ...grantLines(planned).map((line) => `  ${line}`),
  ];
}

function resultFacts({ target, outcome, id, operation, dueAt, error }: PolicyResult): ResultFacts {
  return {
    reference: target.token.name,
    name: target.token.name,
    place: { provider: target.provider.id, profile: target.profile },
    result: error?.code ?? outcome,
    id,
    dueAt,
    message: error?.facts.message ?? (dueAt === null ? null : `the replaced token works until ${dueAt}`),
    hint: error?.facts.hint ?? null,
    operation,
  };
}

/** `2 create, 1 nothing` */
function countWords(words: readonly string[]): string {
  return [...new Set(words)]
    .map((word) => `${words.filter((each) => each === word).length} ${word}`)
    .join(', ');
}
