import { type Decision, isChange, type PolicyAction } from '../core/policy/decision.ts';
import type { PlannedToken } from '../core/policy/plan-policy.ts';
import type { PolicyResult } from '../core/policy/result.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Column, ListReport } from '../output/report.ts';
import { exitOfMany } from './exit-of-many.ts';
import { listReport } from './reports.ts';

const POLICY_COLUMNS: readonly Column[] = [
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text', optional: 2 },
  { title: 'PROFILE', field: 'profile', kind: 'text', optional: 1 },
  { title: 'ACTION', field: 'action', kind: 'status' },
  { title: 'ID', field: 'id', kind: 'text', optional: 3 },
  { title: 'DUE', field: 'dueAt', kind: 'time' },
  { title: 'WHY', field: 'message', kind: 'text' },
];

const RESULT_COLUMNS: readonly Column[] = POLICY_COLUMNS.map((column) =>
  column.field === 'action' ? { ...column, title: 'RESULT', field: 'result' } : column,
);

/**
 * What `apply` would do, a line a token. Exit: with `--exit-code` 10 when there is something to do; else what stands in
 * the way, where something does.
 */
export function policyPlanReport(planned: readonly PlannedToken[], wantsExitCode: boolean): ListReport {
  const errors = planned.flatMap(({ decision }) => (decision.action === 'blocked' ? [decision.error] : []));
  const isDue = planned.some(({ decision }) => isChange(decision));
  return {
    ...listReport({
      schema: 'keyturn.policy-plan/1',
      head: { dryRun: true, changes: planned.filter(({ decision }) => isChange(decision)).length },
      key: 'tokens',
      columns: POLICY_COLUMNS,
      items: planned.map(planItem),
      empty: 'the policy has no tokens',
    }),
    notes: () => (isDue ? [] : ['nothing to do']),
    exit: () => (wantsExitCode && isDue ? 'pending' : exitOfMany(planned.length, errors)),
  };
}

/** A result a token. Exit: 9 when some failed, the one error when all failed alike, 13 when some were locked, 10 when some wait for their grace. */
export function policyResultsReport(results: readonly PolicyResult[]): ListReport {
  const errors = results.flatMap(({ error }) => error ?? []);
  const waits = results.some(({ dueAt }) => dueAt !== null);
  return {
    ...listReport({
      schema: 'keyturn.results/1',
      head: { verb: 'apply' },
      key: 'results',
      columns: RESULT_COLUMNS,
      items: results.map(resultItem),
      empty: 'the policy has no tokens',
    }),
    exit: () => exitOfMany(results.length, errors) ?? (waits ? 'pending' : undefined),
  };
}

function planItem({ target, decision }: PlannedToken): JsonObject {
  const error = decision.action === 'blocked' ? decision.error : null;
  const attempt = 'attempt' in decision ? decision.attempt.header.id : null;
  return {
    name: target.token.name,
    provider: target.provider.id,
    profile: target.token.profile,
    action: decision.action,
    id: idOf(decision),
    dueAt: 'dueAt' in decision ? decision.dueAt : null,
    message: error?.facts.message ?? ('why' in decision ? decision.why : STANDING[decision.action]),
    hint: error?.facts.hint ?? null,
    code: error?.code ?? null,
    attempt,
  };
}

const STANDING: Partial<Readonly<Record<PolicyAction, string>>> = {
  nothing: 'it is as it should be',
  wait: 'the replaced one works on until then',
};

function idOf(decision: Decision): string | null {
  if ('live' in decision) return decision.live.id;
  return decision.action === 'deliver' ? decision.id : null;
}

function resultItem({ target, outcome, id, attempt, dueAt, error }: PolicyResult): JsonObject {
  return {
    reference: target.token.name,
    name: target.token.name,
    provider: target.provider.id,
    profile: target.token.profile,
    result: error?.code ?? outcome,
    id,
    dueAt,
    message: error?.facts.message ?? (dueAt === null ? null : `the replaced one works until ${dueAt}`),
    hint: error?.facts.hint ?? null,
    attempt,
  };
}
