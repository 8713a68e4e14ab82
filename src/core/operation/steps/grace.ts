import { isAppError } from '../../../domain/errors.ts';
import { type Instant, toInstant } from '../../../domain/time.ts';
import { statusAt } from '../../../domain/token.ts';
import type { Journal } from '../../../ports/journal.ts';
import type { Client } from '../../client.ts';
import { readToken } from '../../one-token.ts';
import type { Made } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { successor } from '../operation.ts';
import type { OperationPlan, PlannedTarget } from '../plan.ts';
import { readObject, readText } from '../records.ts';
import { requireLive } from '../recovery/ownership.ts';
import { RETIRING } from '../step-names.ts';

/** Whether the old one is on its way out, whatever the clock says now. */
export function isPastGrace(journal: Pick<Journal, 'has'>): boolean {
  return RETIRING.some((step) => journal.has(step));
}

/** What is known of the old one while its grace lasts; `unknown` where it could not be looked up. */
type OldOne = 'works' | 'disabled' | 'unknown';

export interface Grace {
  readonly dueAt: Instant;
  readonly old: OldOne;
}

/**
 * The old one's grace while it lasts: a date in the journal, never a sleep. Null when there is nothing to wait for: no
 * grace, one that is over or was ended, or an old one that has ended by itself.
 */
export async function waitForGrace(operation: Operation, made: Made): Promise<Grace | null> {
  const { deps, journal, plan, resumed } = operation;
  const { graceMs } = plan;
  if (!hasGrace(plan) || graceMs === null || isPastGrace(journal)) return null;
  const begin = async () => ({ dueAt: toInstant(deps.clock.now() + graceMs) });
  const recorded = await journal.step('grace', begin, { durable: true });
  const dueAt = readText(readObject(recorded)['dueAt']);
  if (deps.clock.now() >= Date.parse(dueAt)) return null;
  if (!resumed) return { dueAt, old: 'works' };
  const old = await lookAtOld(operation, made);
  return old === 'ended' ? null : { dueAt, old };
}

/** Ends the grace before its time. Durable, so that a kill in the middle of what follows does not begin the wait again. */
export async function endGrace({ deps, journal }: Operation): Promise<void> {
  await journal.step('end grace', async () => ({ at: toInstant(deps.clock.now()) }), { durable: true });
}

export function hasGrace({ graceMs, retainOld, way }: OperationPlan): boolean {
  return graceMs !== null && way === 'overlap' && !retainOld;
}

/** That it is not seen counts only where the new one is: the credential may be of another account by now. */
async function lookAtOld(operation: Operation, made: Made): Promise<OldOne | 'ended'> {
  const { deps, plan } = operation;
  if (!plan.target) return 'unknown';
  try {
    const reader = await successor(operation);
    const old = await lookTwice(operation, reader, plan.target);
    const status = old && statusAt(old.status, old.expiresAt, deps.clock.now());
    if (status === 'active') return 'works';
    if (status === 'disabled') return 'disabled';
    await requireLive(operation, made);
    return 'ended';
  } catch (error) {
    if (!isAppError(error) || error.code === 'interrupted') throw error;
    deps.note(`the old token could not be looked up: ${error.message}`);
    return 'unknown';
  }
}

/** What is not seen once may merely not be shown yet. */
async function lookTwice(
  { deps }: Operation,
  reader: Client,
  target: PlannedTarget,
): ReturnType<typeof readToken> {
  const seen = await readToken(reader, target);
  if (seen) return seen;
  await deps.clock.sleep(deps.client.connection.provider.facts.settleMs);
  return readToken(reader, target);
}
