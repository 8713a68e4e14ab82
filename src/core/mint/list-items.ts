import type { Client } from '../client.ts';
import type { WholeOrNot } from '../listing.ts';
import type { AttemptPlan } from './attempt-plan.ts';
import type { Item } from './item.ts';

/**
 * Everything of the kind that the plan makes, as the provider lists it now; null where it cannot list. What a list that is
 * not whole does not show may be there all the same.
 */
export async function listItems(client: Client, plan: AttemptPlan): Promise<WholeOrNot<Item> | null> {
  const { tokens, keys } = client.connection.provider;
  if (plan.thing === 'token') return tokens.list ? client.all(tokens.list, undefined) : null;
  return keys && plan.project !== null ? client.all(keys.list, { project: plan.project }) : null;
}
