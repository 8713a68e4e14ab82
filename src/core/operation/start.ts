import { usage } from '../../domain/errors.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import type { Delivery } from '../delivery.ts';
import type { OperationDeps } from './deps.ts';
import { newMemory, type Operation } from './operation.ts';
import type { OperationPlan } from './plan.ts';
import type { OperationResult } from './result.ts';
import { runOperation } from './run.ts';
import { runSteps } from './steps.ts';

/** An operation that was planned and not yet begun. */
export interface PlannedOperation {
  readonly header: OperationHeader;
  readonly plan: OperationPlan;
  readonly delivery: Delivery;
}

/**
 * Opens the operation and runs its steps. A result that is `pending` is finished by `resumeOperation`, however often it is
 * stopped. Throws `locked` when one for the same thing is open, `unavailable` when it could not be recorded.
 */
export async function startOperation(
  deps: OperationDeps,
  planned: PlannedOperation,
): Promise<OperationResult> {
  // The first secret makes the store. It is there before the operation, which is then sealed under the store's key.
  if (planned.plan.entry && (await deps.store.facts()).kind === null) await deps.store.prove();
  await deps.host.prove();
  return deps.host.begin(planned.header, (journal) => {
    const operation: Operation = {
      deps,
      journal,
      plan: planned.plan,
      delivery: planned.delivery,
      resumed: false,
      ownsName: false,
      memory: newMemory(),
    };
    return runOperation(operation, () => runSteps(operation));
  });
}

/** A secret that goes nowhere would be lost; this is known before the request. */
export function requireDestination({ saveAs, destinations, print }: Delivery): void {
  if (saveAs !== null || destinations.length > 0 || print) return;
  throw usage('the new secret has nowhere to go', 'give `--save`, `--to DESTINATION` or `--print`');
}

export function destinationLabels({ destinations }: Delivery): readonly string[] {
  const labels = destinations.map((destination) => destination.label);
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw usage(`"${twice}" is given twice`, 'name each destination once');
  return labels;
}
