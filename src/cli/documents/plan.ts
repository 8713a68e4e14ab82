import type { PlanLine } from '../../core/rotation/describe.ts';
import type { JsonObject } from '../../domain/json.ts';
import { safeText } from '../../domain/text.ts';
import type { ListReport } from '../../output/report.ts';
import { PLAN_COLUMNS, ROTATION_PLAN_COLUMNS } from './columns.ts';
import { many, type Place } from './document.ts';

const SCHEMA = 'keyturn.plan/1';

/** Ends every `--dry-run`. Reads may have been sent. */
export const NOTHING_CHANGED = 'nothing was changed';

/** One thing that a command would do: `issue`, `store`, `deliver`, `revoke` … */
export interface PlannedStep {
  readonly step: string;
  readonly what: string;
  readonly call?: string | undefined;
}

function stepJson(step: PlannedStep & Partial<PlanLine>, token: string | null): JsonObject {
  return {
    token,
    step: step.step,
    what: step.what,
    call: step.call ?? null,
    undo: step.undo ?? null,
  };
}

/** `keyturn.plan/1`: what would be done, in order. Nothing was sent but reads. */
export function planDocument(place: Place, steps: readonly PlannedStep[]): ListReport {
  const items = steps.map((step) => stepJson(step, null));
  const lines = new Map(items.map((item, index) => [item, numbered(item, index + 1)]));
  return {
    ...many({
      schema: SCHEMA,
      head: { ...place, dryRun: true },
      key: 'steps',
      columns: PLAN_COLUMNS,
      items,
      lines: (item) => lines.get(item) ?? '',
      empty: '',
    }),
    notes: () => [steps.length === 0 ? 'nothing to do' : NOTHING_CHANGED],
  };
}

function numbered({ what, call }: JsonObject, number: number): string {
  const sent = call === null ? '' : `\n   ${safeText(String(call))}`;
  return `${number}. ${safeText(String(what))}${sent}`;
}

/** The same of rotations: each step with its token, and how it can be taken back. */
export function rotationPlanDocument(
  place: Place,
  planned: readonly { readonly name: string; readonly steps: readonly PlanLine[] }[],
  empty = 'nothing to do',
): ListReport {
  const items = planned.flatMap(({ name, steps }) => steps.map((step) => stepJson(step, name)));
  return {
    ...many({
      schema: SCHEMA,
      head: { ...place, dryRun: true },
      key: 'steps',
      columns: ROTATION_PLAN_COLUMNS,
      items,
      lines: rotationStepLine,
      empty: '',
    }),
    notes: () => (items.length === 0 ? [empty, NOTHING_CHANGED] : [NOTHING_CHANGED]),
  };
}

/** One step of a rotation's plan, uncut: what happens, and how it can be taken back. */
function rotationStepLine({ step, what, undo }: JsonObject): string {
  const back = undo === null ? 'cannot be undone' : String(undo);
  return `${String(step).padEnd(9)} ${safeText(String(what))}\n          (${safeText(back)})`;
}
