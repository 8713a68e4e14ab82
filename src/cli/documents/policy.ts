import { aboutOperation } from '../../core/operation/plan.ts';
import { type Decision, isChange, type PolicyAction } from '../../core/policy/decision.ts';
import type { PlannedToken } from '../../core/policy/plan-policy.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { PolicyToken } from '../../domain/policy.ts';
import type { ListedToken } from '../../domain/token.ts';
import { quoteName } from '../../output/question.ts';
import type { Column, ListReport } from '../../output/report.ts';
import { many } from './document.ts';

const POLICY_COLUMNS: readonly Column[] = [
  { title: 'NAME', field: 'name', kind: 'text' },
  { title: 'PROVIDER', field: 'provider', kind: 'text', optional: 2 },
  { title: 'PROFILE', field: 'profile', kind: 'text', optional: 1 },
  { title: 'ACTION', field: 'action', kind: 'status' },
  { title: 'ID', field: 'id', kind: 'text', optional: 3 },
  { title: 'DUE', field: 'dueAt', kind: 'time' },
  { title: 'WHY', field: 'message', kind: 'text' },
];

/** Of `apply`: the same with what was done. */
export const POLICY_RESULT_COLUMNS: readonly Column[] = POLICY_COLUMNS.map((column) =>
  column.field === 'action'
    ? { ...column, title: 'RESULT', field: 'result', kind: 'result' as const }
    : column,
);

/** What a token of the policy may do and where its secret goes: what somebody agrees to who says yes to `apply`. */
const PLAN_COLUMNS: readonly Column[] = [
  ...POLICY_COLUMNS,
  { title: 'SCOPES', field: 'scopes', kind: 'list', below: true },
  { title: 'OPTIONS', field: 'optionsText', kind: 'text', below: true },
  { title: 'LIFETIME', field: 'lifetime', kind: 'text' },
  { title: 'DESTINATIONS', field: 'destinations', kind: 'list', below: true },
];

/** `keyturn.policy-plan/1`: what `apply` would do, a record for each token of the policy. */
export function policyPlanDocument(planned: readonly PlannedToken[]): ListReport {
  const report = many({
    schema: 'keyturn.policy-plan/1',
    head: { dryRun: true, changes: planned.filter(({ decision }) => isChange(decision)).length },
    key: 'tokens',
    columns: PLAN_COLUMNS,
    items: planned.map(planItem),
    empty: 'the policy has no tokens',
  });
  return { ...report, below: () => planned.flatMap(grantLines) };
}

/**
 * What a person agrees to with `apply`, one line for each destination and each command: first where the secret goes, then which
 * token it is and what it may do.
 */
export function grantLines({ target: { token }, decision }: PlannedToken): readonly string[] {
  return [
    ...token.deliver.map(deliveryText),
    ...identityOf(token, decision),
    ...rightsOf(token, decision),
  ].map((grant) => `${quoteName(token.name)} ${grant}`);
}

/** The saved credential and the token, where the policy calls them by another name. */
function identityOf(token: PolicyToken, decision: Decision): readonly string[] {
  const live = liveOf(decision);
  const name = live?.name ?? token.name;
  return [
    ...(token.save !== null && token.save !== token.name ? [`is saved as ${quoteName(token.save)}`] : []),
    ...(live && name !== token.name ? [`is the token ${quoteName(name)} (id ${live.id})`] : []),
    ...('operation' in decision ? [`goes on with: ${aboutOperation(decision.operation.header)}`] : []),
  ];
}

/** What the token may do: as the provider lists it where it stays, else as the policy wants it. */
function rightsOf(token: PolicyToken, decision: Decision): readonly string[] {
  const options = optionsText(token);
  const stays = decision.action === 'deliver' || decision.action === 'nothing';
  const has = stays ? (liveOf(decision)?.scopes ?? null) : null;
  const scopes = has ?? token.scopes;
  return [
    ...(scopes.length > 0 ? [`${has === null ? 'scopes' : 'has the scopes'} ${scopes.join(', ')}`] : []),
    ...(options === null ? [] : [`options ${options}`]),
  ];
}

function liveOf(decision: Decision): ListedToken | null {
  return 'live' in decision ? decision.live : null;
}

/** `runs COMMAND`, `delivers to env:.env#TOKEN` */
function deliveryText(destination: string): string {
  return isExec(destination) ? `runs ${destination.slice(5)}` : `delivers to ${destination}`;
}

function planItem({ target, decision }: PlannedToken): JsonObject {
  const error = decision.action === 'blocked' ? decision.error : null;
  const operation = 'operation' in decision ? decision.operation.header.id : null;
  return {
    name: target.token.name,
    provider: target.provider.id,
    profile: target.profile,
    action: decision.action,
    savedAs: target.token.save,
    id: idOf(decision),
    tokenName: liveOf(decision)?.name ?? null,
    tokenScopes: liveOf(decision)?.scopes ?? null,
    dueAt: 'dueAt' in decision ? decision.dueAt : null,
    message: error?.facts.message ?? ('why' in decision ? decision.why : STANDING[decision.action]) ?? null,
    hint: error?.facts.hint ?? null,
    code: error?.code ?? null,
    attempt: operation,
    scopes: [...target.token.scopes],
    options: { ...target.token.options },
    optionsText: optionsText(target.token),
    lifetime: target.token.lifetimeMs === null ? null : formatDuration(target.token.lifetimeMs),
    destinations: [...target.token.deliver],
    commands: target.token.deliver.filter(isExec),
    outside: [...target.outside],
  };
}

function optionsText({ options }: PolicyToken): string | null {
  const texts = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  return texts.length === 0 ? null : texts.join(' ');
}

export function isExec(destination: string): boolean {
  return destination.startsWith('exec:');
}

const STANDING: Partial<Readonly<Record<PolicyAction, string>>> = {
  nothing: 'up to date',
  wait: 'the replaced token works until then',
};

function idOf(decision: Decision): string | null {
  return liveOf(decision)?.id ?? (decision.action === 'deliver' ? decision.id : null);
}
