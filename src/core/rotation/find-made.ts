import type { Attempt } from '../mint/attempt.ts';
import { NeedsAttention } from '../mint/attention.ts';
import type { Baseline } from '../mint/baseline.ts';
import type { Made } from '../mint/identify.ts';
import { identify } from '../mint/identify.ts';
import { mint, type Try, tryOnce, unsettledOf } from '../mint/mint.ts';
import { reconcile } from '../mint/reconcile.ts';
import { mintName } from '../mint/send.ts';

/**
 * What an attempt has made so far; null when nothing. No mint is sent, save where its repeat is the same request: there
 * the repeat is the only way to learn what the first one made.
 */
export async function findMade(attempt: Attempt, baseline: Baseline): Promise<Made | null> {
  const { deps, plan } = attempt;
  const tries = await readTries(attempt);
  if (tries.length === 0) return null;
  const { lineage } = deps.client.connection.provider.tokens;
  // A repeat would tell several values again; what was made is found as after a lost answer, and ended.
  const isUnclear = tries.some(({ answer }) => answer.kind === 'several');
  if (!isUnclear && lineage?.replay === 'returns-secret' && plan.thing === 'token') {
    const settled = await mint(attempt, baseline);
    return settled.kind === 'minted' ? identify(attempt, settled, baseline) : null;
  }
  for (const [index, { answer }] of tries.entries())
    if (answer.kind === 'minted') return identify(attempt, { ...answer, repeated: index > 0 }, baseline);
  if (plan.way === 'in-place') {
    if (tries.every(({ sent }) => sent.kind === 'refused')) return null;
    throw lostInPlace(attempt);
  }
  const settled = await reconcile(attempt, baseline, unsettledOf(tries));
  return settled.kind === 'nothing' ? null : identify(attempt, settled, baseline);
}

/** Every request that was sent, and its answer; none is sent here. */
async function readTries(attempt: Attempt): Promise<readonly Try[]> {
  const tries: Try[] = [];
  for (let nth = 1; nth === 1 || (await isBegun(attempt, nth)); nth += 1) {
    const one = await tryOnce(attempt, nth);
    if (one.sent.kind !== 'not-sent') tries.push(one);
    else if (nth === 1) break;
  }
  return tries;
}

async function isBegun({ journal }: Attempt, nth: number): Promise<boolean> {
  return journal.has(mintName(nth)) || (await journal.captured(mintName(nth))) !== null;
}

/** There is no way back to the old secret, and nobody has the new one. */
function lostInPlace({ plan }: Attempt): NeedsAttention {
  const id = plan.target?.id ?? '';
  return new NeedsAttention({
    code: 'lost',
    message: `"${plan.target?.name ?? id}" may have a new secret that nobody has, and its old one may have stopped working`,
    manual: plan.self ? 'make a new credential at the provider' : 'rotate it again to give it a secret',
    orphanId: id,
  });
}
