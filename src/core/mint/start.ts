import { usage } from '../../domain/errors.ts';
import type { AttemptHeader } from '../../ports/journal.ts';
import type { Delivery } from '../delivery.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptPlan } from './attempt-plan.ts';
import type { MintDeps } from './deps.ts';
import type { MintResult } from './result.ts';
import { runAttempt } from './run.ts';

/** An attempt that was planned and not yet begun. */
export interface PlannedAttempt {
  readonly header: AttemptHeader;
  readonly plan: AttemptPlan;
  readonly delivery: Delivery;
}

export type Steps = (attempt: Attempt) => Promise<MintResult>;

/** Opens the attempt and runs its steps. Throws `locked` when one for the same thing is open, `unavailable` when it could not be recorded. */
export async function startAttempt(
  deps: MintDeps,
  planned: PlannedAttempt,
  steps: Steps,
): Promise<MintResult> {
  await deps.host.prove();
  return deps.host.begin(planned.header, (journal) => {
    const attempt: Attempt = {
      deps,
      journal,
      plan: planned.plan,
      delivery: planned.delivery,
      resumed: false,
      memory: { sends: 0, answer: null, madeId: null },
    };
    return runAttempt(attempt, () => steps(attempt));
  });
}

/** A secret that goes nowhere would be lost; this is known before the request. */
export function requireDestination({ saveAs, sinks, print }: Delivery): void {
  if (saveAs !== null || sinks.length > 0 || print) return;
  throw usage('the new secret has nowhere to go', 'give `--save`, `--to SINK` or `--print`');
}

export function sinkLabels({ sinks }: Delivery): readonly string[] {
  const labels = sinks.map((sink) => sink.label);
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw usage(`"${twice}" is given twice`, 'name each sink once');
  return labels;
}
