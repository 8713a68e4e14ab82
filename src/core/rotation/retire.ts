import { isAppError } from '../../domain/errors.ts';
import { matchAccount } from '../../domain/saved-token.ts';
import type { Instant } from '../../domain/time.ts';
import { toInstant } from '../../domain/time.ts';
import { statusAt } from '../../domain/token.ts';
import type { Client } from '../client.ts';
import type { Attempt } from '../mint/attempt.ts';
import { asManager, nonceOf, successor } from '../mint/attempt.ts';
import type { AttemptPlan, PlannedTarget } from '../mint/attempt-plan.ts';
import { NeedsAttention } from '../mint/attention.ts';
import { endAndLook, pauseAndLook } from '../mint/end-and-look.ts';
import { END_GRACE, isPastGrace } from '../mint/grace.ts';
import type { Made } from '../mint/identify.ts';
import { readObject, readText } from '../mint/read-json.ts';
import { requireSameAccount } from '../mint/same-account.ts';
import { stillWorks } from '../mint/verify.ts';
import { readToken } from '../one-token.ts';

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
export async function soak(attempt: Attempt, made: Made): Promise<Grace | null> {
  const { deps, journal, plan, resumed } = attempt;
  const { graceMs } = plan;
  if (!hasGrace(plan) || graceMs === null || isPastGrace(journal)) return null;
  const recorded = await journal.step('soak', async () => ({ dueAt: toInstant(deps.clock.now() + graceMs) }));
  const dueAt = readText(readObject(recorded)['dueAt']);
  if (deps.clock.now() >= Date.parse(dueAt)) return null;
  if (!resumed) return { dueAt, old: 'works' };
  const old = await lookAtOld(attempt, made);
  return old === 'ended' ? null : { dueAt, old };
}

/** Ends the grace before its time. Durable, so that a kill in the middle of what follows does not begin the wait again. */
export async function endGrace({ deps, journal }: Attempt): Promise<void> {
  await journal.step(END_GRACE, async () => ({ at: toInstant(deps.clock.now()) }));
}

export function hasGrace({ graceMs, keepOld, way }: AttemptPlan): boolean {
  return graceMs !== null && way === 'overlap' && !keepOld;
}

/** That it is not seen counts only where the new one is: the credential may be of another account by now. */
async function lookAtOld(attempt: Attempt, made: Made): Promise<OldOne | 'ended'> {
  const { deps, plan } = attempt;
  if (!plan.target) return 'unknown';
  try {
    const reader = await successor(attempt);
    const old = await lookTwice(attempt, reader, plan.target);
    const status = old && statusAt(old.status, old.expiresAt, deps.clock.now());
    if (status === 'active') return 'works';
    if (status === 'disabled') return 'disabled';
    await requireSameAccount(attempt, made);
    return 'ended';
  } catch (error) {
    if (!isAppError(error) || error.code === 'interrupted') throw error;
    deps.note(`the old one could not be looked up: ${error.message}`);
    return 'unknown';
  }
}

/** What is not seen once may merely not be shown yet. */
async function lookTwice(
  { deps }: Attempt,
  reader: Client,
  target: PlannedTarget,
): ReturnType<typeof readToken> {
  const seen = await readToken(reader, target);
  if (seen) return seen;
  await deps.clock.sleep(deps.client.connection.provider.facts.settleMs);
  return readToken(reader, target);
}

/**
 * Ends the old one, the reversible half first: it is paused, the new one proves that it still works, and only then is
 * the old one gone for good. Only the id of the plan is ever touched.
 */
export async function retire(attempt: Attempt, made: Made): Promise<void> {
  const { target } = attempt.plan;
  if (attempt.plan.way !== 'overlap' || attempt.plan.keepOld || !target) return;
  if (!attempt.journal.has('retire')) {
    await requireKept(attempt);
    await requireSameAccount(attempt, made);
  }
  await pause(attempt, target);
  await confirm(attempt, made, target);
  await end(attempt, target);
}

/** Whoever replaced the store's entry meanwhile took the new secret away: then the old one is all there is. */
async function requireKept({ deps, journal, plan }: Attempt): Promise<void> {
  if (!plan.entry) return;
  const entry = await deps.store.find(plan.entry.name);
  const isOurs =
    entry !== null && matchAccount(entry, deps.client.connection) !== 'other' && entry.kind !== 'imported';
  if (isOurs && entry.current.version === nonceOf(journal.header)) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the credential "${plan.entry.name}" no longer holds the new secret`,
    manual: `nothing was ended; \`keyturn rotations resume ${journal.header.id} --print\` gives the new secret once more, \`keyturn rotations abort ${journal.header.id}\` goes back`,
  });
}

async function pause(attempt: Attempt, target: PlannedTarget): Promise<void> {
  await attempt.journal.step('disable', async () => {
    const outcome = await pauseAndLook(attempt, await successor(attempt), target);
    return { outcome, at: toInstant(attempt.deps.clock.now()) };
  });
}

/** Some vendors end a whole family with one of its members; better noticed while the old one can come back. */
async function confirm(attempt: Attempt, made: Made, target: PlannedTarget): Promise<void> {
  const verdict = await attempt.journal.step('confirm', async () => {
    if (await stillWorks(attempt, made)) return 'works';
    await enableAgain(attempt, target);
    return 'broken';
  });
  if (verdict === 'works') return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the new one, "${made.item.id}", stopped working when the old one was paused`,
    manual: `the old one was enabled again where possible; \`keyturn rotations abort ${attempt.journal.header.id}\` goes back to it`,
  });
}

/** Where the old one drives the attempt, nobody who is accepted may be left; that is told with the rest. */
async function enableAgain(attempt: Attempt, target: PlannedTarget): Promise<void> {
  const { enable } = attempt.deps.client.connection.provider.tokens;
  if (!enable) return;
  try {
    await asManager(attempt, (client) => client.call(enable, target));
  } catch (error) {
    if (!attempt.plan.self || !isAppError(error, 'auth')) throw error;
    attempt.deps.note(`"${target.name ?? target.id}" could not be enabled again: ${error.message}`);
  }
}

async function end(attempt: Attempt, target: PlannedTarget): Promise<void> {
  const { revoke, remove } = attempt.deps.client.connection.provider.tokens;
  if (!revoke && !remove) return;
  await attempt.journal.step('retire', async () => {
    const outcome = await endAndLook(attempt, await successor(attempt), target);
    return { outcome, at: toInstant(attempt.deps.clock.now()) };
  });
}
