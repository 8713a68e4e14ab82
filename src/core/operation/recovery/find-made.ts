import { NeedsAttention } from '../attention.ts';
import type { Baseline } from '../baseline.ts';
import type { Made, Try } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { issueStep } from '../step-names.ts';
import { identify } from '../steps/identify.ts';
import { issue, tryOnce, unsettledOf } from '../steps/issue.ts';
import { reconcile } from './reconcile.ts';

/**
 * What an operation has made so far; null when nothing. No request that creates is sent, save where its repeat is the same request: there
 * the repeat is the only way to learn what the first one made.
 */
export async function findMade(operation: Operation, baseline: Baseline): Promise<Made | null> {
  const { deps, plan } = operation;
  const tries = await readTries(operation);
  if (tries.length === 0) return null;
  const { marking } = deps.client.connection.provider.tokens;
  if (marking?.replay === 'returns-secret' && plan.thing === 'token') {
    const settled = await issue(operation, baseline, 'take back');
    return settled.kind === 'issued' ? identify(operation, settled, baseline) : null;
  }
  for (const [index, { answer }] of tries.entries())
    if (answer.kind === 'issued') return identify(operation, { ...answer, repeated: index > 0 }, baseline);
  if (plan.way === 'in-place') {
    if (tries.every(({ sent }) => sent.kind === 'refused')) return null;
    throw lostInPlace(operation);
  }
  const settled = await reconcile(operation, baseline, unsettledOf(tries), 'take back');
  return settled.kind === 'nothing' ? null : identify(operation, settled, baseline);
}

/** Every request that was sent, and its answer; none is sent here. */
async function readTries(operation: Operation): Promise<readonly Try[]> {
  const tries: Try[] = [];
  for (let nth = 1; nth === 1 || (await isBegun(operation, nth)); nth += 1) {
    const one = await tryOnce(operation, nth);
    if (one.sent.kind !== 'not-sent') tries.push(one);
    else if (nth === 1) break;
  }
  return tries;
}

async function isBegun({ journal }: Operation, nth: number): Promise<boolean> {
  return journal.has(issueStep(nth)) || (await journal.captured(issueStep(nth))) !== null;
}

/** There is no way back to the old secret, and nobody has the new one. */
function lostInPlace({ plan }: Operation): NeedsAttention {
  const id = plan.target?.id ?? '';
  return new NeedsAttention({
    code: 'lost',
    message: `"${plan.target?.name ?? id}" may have a new secret that nobody has, and its old one may have stopped working`,
    manual: plan.self ? 'make a new credential at the provider' : 'rotate it again to give it a secret',
    orphanId: id,
  });
}
