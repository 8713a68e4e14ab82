import type { Instant } from '../../domain/time.ts';
import { toInstant } from '../../domain/time.ts';
import type { Attempt } from '../mint/attempt.ts';
import { successor } from '../mint/attempt.ts';
import type { PlannedTarget } from '../mint/attempt-plan.ts';
import { NeedsAttention } from '../mint/attention.ts';
import { audit } from '../mint/audit.ts';
import { endToken, pauseToken } from '../mint/end-token.ts';
import type { Made } from '../mint/identify.ts';
import { readObject, readText } from '../mint/read-json.ts';
import { requireSameAccount } from '../mint/same-account.ts';
import { stillWorks } from '../mint/verify.ts';

/** When the old one's grace ends, while it has not: a date in the journal, never a sleep. Null when there is nothing to wait for. */
export async function soak({ deps, journal, plan }: Attempt): Promise<Instant | null> {
  const { graceMs } = plan;
  if (graceMs === null || plan.way !== 'overlap' || plan.keepOld) return null;
  const recorded = await journal.step('soak', async () => ({ dueAt: toInstant(deps.clock.now() + graceMs) }));
  const dueAt = readText(readObject(recorded)['dueAt']);
  return deps.clock.now() < Date.parse(dueAt) ? dueAt : null;
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
  const { provider, origin } = deps.client.connection;
  const entry = await deps.store.find(plan.entry.name);
  const isOurs = entry?.provider === provider.id && entry.origin === origin && entry.kind !== 'imported';
  if (isOurs && entry.current.version !== plan.entry.from) return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the credential "${plan.entry.name}" no longer holds the new secret`,
    manual: `nothing was ended; \`keyturn rotations resume ${journal.header.id} --print\` gives the new secret once more, \`keyturn rotations abort ${journal.header.id}\` goes back`,
  });
}

async function pause(attempt: Attempt, target: PlannedTarget): Promise<void> {
  await attempt.journal.step('disable', async () => {
    const paused = await pauseToken(await successor(attempt), target);
    if (paused) await audit(attempt, 'disable', { id: target.id });
    return { paused };
  });
}

/** Some vendors end a whole family with one of its members; better noticed while the old one can come back. */
async function confirm(attempt: Attempt, made: Made, target: PlannedTarget): Promise<void> {
  const verdict = await attempt.journal.step('confirm', async () => {
    if (await stillWorks(attempt, made)) return 'works';
    const { client } = attempt.deps;
    const { enable } = client.connection.provider.tokens;
    if (enable) await client.call(enable, target);
    return 'broken';
  });
  if (verdict === 'works') return;
  throw new NeedsAttention({
    code: 'conflict',
    message: `the new one, "${made.item.id}", stopped working when the old one was paused`,
    manual: `the old one was enabled again where possible; \`keyturn rotations abort ${attempt.journal.header.id}\` goes back to it`,
  });
}

async function end(attempt: Attempt, target: PlannedTarget): Promise<void> {
  const { revoke, remove } = attempt.deps.client.connection.provider.tokens;
  if (!revoke && !remove) return;
  await attempt.journal.step('retire', async () => {
    await endToken(await successor(attempt), target);
    await audit(attempt, 'revoke', { id: target.id });
    return { id: target.id };
  });
}
