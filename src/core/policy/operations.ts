import { isUnfinished, type OperationSummary } from '../../ports/journal.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { isOfPlace } from '../operation/operation.ts';
import { readPlanOrNull } from '../operation/plan.ts';
import type { PolicyTarget } from './target.ts';

/**
 * The unfinished operations for a token of the policy, whoever began them: those at the same account that go to its entry
 * of the store, or, where it is not kept, those that make or replace what carries its name.
 */
export function operationsFor(
  { token }: PolicyTarget,
  { client }: OperationDeps,
  operations: readonly OperationSummary[],
): readonly OperationSummary[] {
  return operations.filter((operation) => {
    const { header } = operation;
    if (!isUnfinished(operation)) return false;
    if (header.kind !== 'create token' && header.kind !== 'rotate token') return false;
    // A plan that cannot be read belongs to nobody here; beginning another operation for the same token will refuse.
    const plan = readPlanOrNull(header.plan);
    if (!plan || !isOfPlace(header, plan, client.connection)) return false;
    if (token.save !== null) return plan.entry?.name === token.save;
    const name = plan.target?.name ?? plan.alias ?? plan.spec?.name ?? null;
    return name === token.name;
  });
}
