import type { Client } from '../client.ts';
import type { AttemptPlan } from './attempt-plan.ts';
import type { Item } from './item.ts';

/** Everything of the kind that the plan makes, as the provider lists it now; null where it cannot list. */
export async function listItems(client: Client, plan: AttemptPlan): Promise<readonly Item[] | null> {
  const { tokens, keys } = client.connection.provider;
  if (plan.thing === 'token') return tokens.list ? client.all(tokens.list, undefined) : null;
  return keys && plan.project !== null ? client.all(keys.list, { project: plan.project }) : null;
}
