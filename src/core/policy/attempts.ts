import { type AttemptSummary, isUnfinished } from '../../ports/journal.ts';
import { isOfPlace } from '../mint/attempt.ts';
import { readPlanOrNull } from '../mint/attempt-plan.ts';
import type { MintDeps } from '../mint/deps.ts';
import type { PolicyTarget } from './target.ts';

/**
 * The unfinished attempts for a token of the policy, whoever began them: those at the same account that go to its entry
 * of the store, or, where it is not kept, those that make or replace what carries its name.
 */
export function attemptsFor(
  { token }: PolicyTarget,
  { client }: MintDeps,
  attempts: readonly AttemptSummary[],
): readonly AttemptSummary[] {
  return attempts.filter((attempt) => {
    const { header } = attempt;
    if (!isUnfinished(attempt)) return false;
    if (header.kind !== 'create token' && header.kind !== 'rotate token') return false;
    // A plan that cannot be read belongs to nobody here; beginning another attempt for the same token will refuse.
    const plan = readPlanOrNull(header.plan);
    if (!plan || !isOfPlace(header, plan, client.connection)) return false;
    if (token.save !== null) return plan.entry?.name === token.save;
    const name = plan.target?.name ?? plan.alias ?? plan.spec?.name ?? null;
    return name === token.name;
  });
}
