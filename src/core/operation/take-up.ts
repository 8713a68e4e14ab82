import { AppError } from '../../domain/errors.ts';
import type { Journal, JournalHost, OperationHeader } from '../../ports/journal.ts';
import type { Delivery } from '../delivery.ts';
import type { OperationDeps } from './deps.ts';
import type { Operation } from './operation.ts';
import { isOfPlace, newMemory } from './operation.ts';
import { readPlan } from './plan.ts';

/** How the CLI finds its way back into an operation: the header says which profile, provider and origin. */
export interface ResumeDeps {
  readonly host: JournalHost;
  makeDeps(header: OperationHeader): Promise<OperationDeps>;
}

/** The operation as it stands, with a connection to the very place that it was started with. */
export async function takeUp(
  deps: ResumeDeps,
  journal: Journal,
  {
    delivery = null,
    ownsName = false,
  }: { readonly delivery?: Delivery | null; readonly ownsName?: boolean } = {},
): Promise<Operation> {
  const { header } = journal;
  const plan = readPlan(header.plan);
  const made = await deps.makeDeps(header);
  const { connection } = made.client;
  if (!isOfPlace(header, plan, connection)) {
    throw new AppError({
      code: 'conflict',
      message: `the operation was started at ${header.origin}, and the profile now leads to another place`,
      hint: 'nothing was sent; set the profile back to where it was, then resume',
    });
  }
  return {
    deps: made,
    journal,
    plan,
    delivery,
    resumed: true,
    ownsName,
    memory: newMemory(),
  };
}
