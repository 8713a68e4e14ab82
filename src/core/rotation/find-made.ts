import { AppError } from '../../domain/errors.ts';
import type { Attempt } from '../mint/attempt.ts';
import { NeedsAttention } from '../mint/attention.ts';
import type { Baseline } from '../mint/baseline.ts';
import type { Made } from '../mint/identify.ts';
import { identify } from '../mint/identify.ts';
import { mint } from '../mint/mint.ts';
import { readAnswer } from '../mint/read-answer.ts';
import { reconcile } from '../mint/reconcile.ts';
import { mintName, sendMint } from '../mint/send.ts';

/**
 * What an attempt has made so far; null when nothing. No mint is sent, save where its repeat is the same request: there
 * the repeat is the only way to learn what the first one made.
 */
export async function findMade(attempt: Attempt, baseline: Baseline): Promise<Made | null> {
  const { journal, plan } = attempt;
  const sent = await sendMint(attempt, 1);
  if (sent.kind === 'not-sent') return null;
  const isUnclear = await hasSeveral(attempt);
  if (
    !isUnclear &&
    attempt.deps.client.connection.provider.tokens.lineage?.replay === 'returns-secret' &&
    plan.thing === 'token'
  ) {
    const settled = await mint(attempt, baseline);
    return settled.kind === 'minted' ? identify(attempt, settled, baseline) : null;
  }
  let madeId: string | null = null;
  for (let nth = 1; nth === 1 || (await isBegun(attempt, nth)); nth += 1) {
    const answer = await readAnswer(attempt, nth);
    if (answer.kind === 'minted') return identify(attempt, { ...answer, repeated: nth > 1 }, baseline);
    madeId ??= answer.id;
  }
  if (plan.way === 'in-place')
    return sent.kind === 'refused' && !journal.has(mintName(2)) ? null : refuseLost(attempt);
  const settled = await reconcile(attempt, baseline, { sent, madeId });
  return settled === 'nothing' ? null : identify(attempt, settled, baseline);
}

/** A repeat would tell the same again; what was made is found as after a lost answer, and ended. */
async function hasSeveral(attempt: Attempt): Promise<boolean> {
  for (let nth = 1; nth === 1 || (await isBegun(attempt, nth)); nth += 1) {
    if ((await readAnswer(attempt, nth)).kind === 'several') return true;
  }
  return false;
}

async function isBegun({ journal }: Attempt, nth: number): Promise<boolean> {
  return journal.has(mintName(nth)) || (await journal.captured(mintName(nth))) !== null;
}

function refuseLost({ plan }: Attempt): never {
  const id = plan.target?.id ?? '';
  if (!plan.self) {
    throw new AppError({
      code: 'conflict',
      message: `"${id}" may have a new secret that nobody has; there is no way back to the old one`,
      hint: 'run `keyturn rotations resume`: it gives the token a new secret once more',
    });
  }
  throw new NeedsAttention({
    code: 'lost',
    message: `"${id}" may have a new secret that nobody has`,
    manual: 'make a new credential at the provider',
    orphanId: id,
  });
}
