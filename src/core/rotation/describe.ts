import { formatDuration } from '../../domain/duration.ts';
import type { RotationPlan } from './plan.ts';

/** One thing that a rotation will do, for people and for `--dry-run --json`. */
export interface PlanLine {
  /** The step's name in the journal. */
  readonly step: string;
  readonly what: string;
  /** How it can be taken back afterwards; null where it cannot. */
  readonly undo: string | null;
}

/** What will be called, in which order, what ends when, and what can be undone. */
export function describePlan(plan: RotationPlan): readonly PlanLine[] {
  return [...describeIssue(plan), ...describeDelivery(plan), ...describeEnd(plan)];
}

function describeIssue({ plan, provider, request }: RotationPlan): PlanLine[] {
  const old = plan.target?.name ?? plan.target?.id ?? '';
  const call = `${request.method} ${request.path}`;
  const preflight = {
    step: 'preflight',
    what: `check the credential, the list of ${plan.thing}s and every destination`,
    undo: null,
  };
  if (plan.way === 'in-place') {
    const what = `${call}: ${provider.title} gives "${old}" a new secret; the old secret stops working, probably at once`;
    return [
      { ...preflight, undo: 'nothing is changed' },
      { step: 'issue', what, undo: null },
    ];
  }
  const named = plan.spec?.name ? ` "${plan.spec.name}"` : '';
  const until = plan.spec?.expiresAt ? `, until ${plan.spec.expiresAt}` : '';
  const sender = plan.bySession ? ' (as the browser session)' : '';
  const undo =
    provider.facts.ends === 'disable-only' ? 'abort disables it; its name stays taken' : 'abort ends it';
  return [
    { ...preflight, undo: 'nothing is changed' },
    { step: 'issue', what: `${call}${sender}: a new token${named}${until}, beside "${old}"`, undo },
  ];
}

function describeDelivery({ plan }: RotationPlan): PlanLine[] {
  const { entry } = plan;
  const goBack = plan.way === 'in-place' ? null : 'abort makes the old version current again';
  const lines: PlanLine[] = [];
  if (entry) {
    const where = entry.from === null ? `as "${entry.name}"` : `in "${entry.name}", beside the old version`;
    lines.push({ step: 'store', what: `save the new secret ${where}`, undo: 'abort removes it' });
  }
  lines.push({ step: 'verify', what: 'use the new secret once', undo: 'nothing is changed' });
  if (entry)
    lines.push({ step: 'switch', what: `make it the current version of "${entry.name}"`, undo: goBack });
  for (const destination of plan.destinations)
    lines.push({ step: 'deliver', what: `write it to ${destination}`, undo: null });
  if (plan.print) lines.push({ step: 'print', what: 'print it', undo: null });
  return lines;
}

function describeEnd({ plan, provider }: RotationPlan): PlanLine[] {
  if (plan.way === 'in-place') return [];
  const old = `"${plan.target?.name ?? plan.target?.id ?? ''}"`;
  if (plan.retainOld) return [{ step: 'retire', what: `leave ${old} as it is`, undo: 'nothing is changed' }];
  const { disable, enable, revoke, remove } = provider.tokens;
  const lines: PlanLine[] = [];
  if (plan.graceMs !== null) {
    const what = `keep ${old} valid for ${formatDuration(plan.graceMs)}; then run \`keyturn rotations resume\``;
    lines.push({ step: 'grace', what, undo: 'abort goes back to the old token' });
  }
  if (disable && enable)
    lines.push({ step: 'disable', what: `disable ${old}`, undo: 'abort enables it again' });
  if (revoke || remove) {
    const gone = provider.facts.ends === 'revoke-then-delete' ? 'revoke' : 'delete';
    lines.push({ step: 'retire', what: `${gone} ${old} for good`, undo: null });
  }
  return lines;
}
