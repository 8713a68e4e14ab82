import type { DeliveredItem } from '../../../core/delivery.ts';
import type { OperationDeps } from '../../../core/operation/deps.ts';
import type { OldOutcome } from '../../../core/operation/old-outcome.ts';
import { describePlan } from '../../../core/rotation/describe.ts';
import { findEntry } from '../../../core/rotation/entry.ts';
import { planRotation, type RotationOptions, type RotationPlan } from '../../../core/rotation/plan.ts';
import type { RotationTarget } from '../../../core/rotation/target.ts';
import type { Report } from '../../../output/report.ts';
import { type DeliveryServices, type ParsedDelivery, parseDelivery } from '../../arguments/delivery.ts';
import type { Input } from '../../arguments/input.ts';
import { type OneDocument, placeOf } from '../../documents/document.ts';
import { type Issued, issuedWhilePrinting } from '../../documents/issued.ts';
import { rotationPlanDocument } from '../../documents/plan.ts';

/** A rotation that has not begun, and the destinations of its secret. */
export interface PlannedRotation {
  readonly plan: RotationPlan;
  readonly delivery: ParsedDelivery;
}

interface Wanted {
  readonly target: RotationTarget;
  readonly options?: RotationOptions;
  /** What a structured format writes with the secret in it; `issued` holds the secret. */
  document(item: DeliveredItem, issued: Issued): OneDocument;
}

/** The plan for one token or key. A secret that is saved already is replaced there, unless the options say otherwise. */
export async function planOne(
  app: DeliveryServices,
  input: Input,
  deps: OperationDeps,
  { target, options, document }: Wanted,
): Promise<PlannedRotation> {
  const kept = await findEntry(deps, target, null);
  let plan: RotationPlan | null = null;
  const delivery = await parseDelivery(app, input, {
    defaultName: nameOf(target),
    keptAs: kept?.name ?? null,
    document: (item, secret) =>
      document(item, issuedWhilePrinting(item, secret, { old: oldWhilePrinting(target, plan) })),
  });
  plan = await planRotation(deps, { target, delivery, ...(options && { options }) });
  return { plan, delivery };
}

/** The secret is printed before the replaced token ends, so what becomes of that token is not known yet. */
function oldWhilePrinting(target: RotationTarget, plan: RotationPlan | null): OldOutcome {
  const { id, name } = target.kind === 'token' ? target.token : target.key;
  return { id, name, outcome: plan?.plan.way === 'in-place' ? 'replaced' : 'unknown', at: null };
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
  return rotationPlanDocument(
    placeOf(deps.client),
    planned.map(({ name, plan }) => ({ name, steps: describePlan(plan) })),
  );
}
