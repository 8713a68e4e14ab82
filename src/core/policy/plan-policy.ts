import { isAppError } from '../../domain/errors.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { checkDelivery } from './drift.ts';
import { createListings, gatherFacts, type Listings } from './facts.ts';
import { type Allowed, guardManaging, NOTHING_ALLOWED } from './guard-managing.ts';
import type { PolicyTarget } from './target.ts';

export interface PlannedToken {
  readonly target: PolicyTarget;
  readonly decision: Decision;
}

/** What `apply` would do about each token, in the order of the file. Sends only reads, and changes nothing. */
export async function planPolicy(
  targets: readonly PolicyTarget[],
  allowed: Allowed = NOTHING_ALLOWED,
): Promise<readonly PlannedToken[]> {
  const listings = createListings();
  const planned: PlannedToken[] = [];
  for (const target of targets)
    planned.push({ target, decision: await decideFor(target, listings, allowed) });
  return planned;
}

/** What stands in the way of one token does not hide the others. */
export async function decideFor(
  target: PolicyTarget,
  listings: Listings,
  allowed: Allowed,
): Promise<Decision> {
  try {
    const facts = await gatherFacts(target, listings);
    const deps = await target.connect();
    const { client, clock } = deps;
    const { token } = target;
    const wanted = decide({ token, facts, connection: client.connection, now: clock.now() });
    const decision = await checkDelivery(target, wanted);
    const { items: listed } = await listings.tokens(deps);
    return await guardManaging(decision, { deps, facts, listed }, allowed);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { action: 'blocked', error };
  }
}
