import type { DeliveredItem } from '../core/delivery.ts';
import type { OperationDeps } from '../core/operation/deps.ts';
import { describePlan } from '../core/rotation/describe.ts';
import { findEntry } from '../core/rotation/entry.ts';
import { planRotation, type RotationOptions, type RotationPlan } from '../core/rotation/plan.ts';
import type { RotationTarget } from '../core/rotation/target.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Report } from '../output/report.ts';
import type { App } from './app.ts';
import { ROTATION_PLAN_COLUMNS } from './columns.ts';
import { type ParsedDelivery, parseDelivery } from './delivery-options.ts';
import type { Input } from './input.ts';
import { head, listReport, NOTHING_CHANGED } from './reports.ts';
import { rotationStepLine } from './rotation-step-line.ts';

/** A rotation that was planned and not begun, with the place where its secret goes. */
export interface PlannedRotation {
  readonly plan: RotationPlan;
  readonly delivery: ParsedDelivery;
}

interface Wanted {
  readonly target: RotationTarget;
  readonly options?: RotationOptions;
  /** What a structured format writes with the secret in it, without the head. */
  document(item: DeliveredItem): JsonObject;
}

/** The plan for one token or key, its secret kept where the old one is unless the options say otherwise. */
export async function planOne(
  app: App,
  input: Input,
  deps: OperationDeps,
  { target, options, document }: Wanted,
): Promise<PlannedRotation> {
  const kept = await findEntry(deps, target, null);
  const delivery = await parseDelivery(app, input, {
    defaultName: nameOf(target),
    keptAs: kept?.name ?? null,
    schema: 'keyturn.rotation/1',
    document: (item) => ({ ...head(deps.client), ...document(item) }),
  });
  return { plan: await planRotation(deps, { target, delivery, ...(options && { options }) }), delivery };
}

export function nameOf(target: RotationTarget): string {
  const { id, name } = target.kind === 'token' ? target.token : target.key;
  return name ?? id;
}

/** `--dry-run`: every step of every plan, in order. */
export function dryRunReport(
  deps: OperationDeps,
  planned: readonly { readonly name: string; readonly plan: RotationPlan }[],
): Report {
  const report = listReport({
    schema: 'keyturn.plan/1',
    head: { ...head(deps.client), dryRun: true },
    key: 'steps',
    columns: ROTATION_PLAN_COLUMNS,
    lines: rotationStepLine,
    items: planned.flatMap(({ name, plan }) => describePlan(plan).map((line) => ({ token: name, ...line }))),
    empty: 'nothing to do',
  });
  return { ...report, notes: () => [...(report.notes?.() ?? []), NOTHING_CHANGED] };
}
