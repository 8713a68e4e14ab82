import { type AppError, isAppError } from '../../../domain/errors.ts';
import type { WholeOrNot } from '../../listing.ts';
import type { Baseline } from '../baseline.ts';
import { listNewItems } from '../calls.ts';
import type { LostAnswer } from '../facts.ts';
import type { Operation } from '../operation.ts';
import type { Item } from '../records.ts';
import { readBack } from '../steps/read-answer.ts';
import { ownershipIn, wasThereBefore } from './ownership.ts';

/** What the list shows of what a request made. */
export interface Created {
  /** Made by this operation beyond doubt. */
  readonly owned: readonly Item[];
  /** May have been made by it. */
  readonly candidates: readonly Item[];
  /** Under a name that the provider may have made of the given name. */
  readonly similar: readonly Item[];
  /** Set where the list cannot tell: why it is not whole, or null where there is no list. */
  readonly unlisted: { readonly why: string | null } | null;
}

export const NOTHING_CREATED: Created = { owned: [], candidates: [], similar: [], unlisted: null };

/** The id that the answer named, unless it is of something that was there before. Changes nothing. */
export async function believedId(operation: Operation, { madeId }: LostAnswer): Promise<string | null> {
  if (madeId === null) return null;
  const isPrior = await wasThereBefore(operation, operation.deps.client, { id: madeId, name: null });
  return isPrior ? null : madeId;
}

/**
 * Looks in the list for what the request made. Changes nothing. Only two empty lists, `settleMs` apart, mean that there is
 * nothing.
 */
export async function findCreated(
  operation: Operation,
  baseline: Baseline,
  lost: LostAnswer,
): Promise<Created> {
  // A refusal means that nothing was done; one look is enough to notice a provider that does something anyway.
  const rounds = lost.sent.kind === 'refused' ? 1 : 2;
  for (let round = 1; ; round += 1) {
    const list = await listCreated(operation, baseline);
    if (list === null) return { ...NOTHING_CREATED, unlisted: { why: null } };
    const created = sort(operation, baseline, lost, list.items);
    if (created.owned.length + created.candidates.length + created.similar.length > 0) return created;
    if (round === rounds) return list.why === null ? created : { ...created, unlisted: { why: list.why } };
    await operation.deps.clock.sleep(operation.deps.client.connection.provider.facts.settleMs);
  }
}

/** Null where nothing can be listed. */
async function listCreated(operation: Operation, { prior }: Baseline): Promise<WholeOrNot<Item> | null> {
  if (prior === null) return null;
  try {
    return await listNewItems(operation.deps.client, operation.plan, prior);
  } catch (error) {
    if (!isAppError(error) || canPass(error)) throw error;
    return null;
  }
}

function sort(operation: Operation, { prior }: Baseline, lost: LostAnswer, listed: readonly Item[]): Created {
  const isProof = isNameProof(operation, lost);
  const sorted = { owned: [] as Item[], candidates: [] as Item[], similar: [] as Item[] };
  for (const item of listed) {
    if (item.status !== 'active' || item.id === lost.madeId) continue;
    const ownership = ownershipIn(operation, item, prior);
    if (ownership === 'owned') (isProof ? sorted.owned : sorted.candidates).push(item);
    if (ownership === 'candidate') sorted.candidates.push(item);
    if (ownership === 'similar') sorted.similar.push(item);
  }
  return { ...sorted, unlisted: null };
}

/**
 * Whether a name that a person chose tells whose a token is: in the run that sent the request a moment ago, and where the provider
 * said yes and gives a name once. Elsewhere somebody else may have taken the very name since.
 */
function isNameProof({ deps, memory, ownsName, plan }: Operation, { sent }: LostAnswer): boolean {
  const isOnce = deps.client.connection.provider.facts.names === 'unique';
  return plan.marked || ownsName || memory.sends > 0 || (sent.kind === 'answered' && isOnce);
}

/** Where the provider shows a secret again, a found token is adopted instead of ended; reading it changes nothing. */
export async function adopt(
  operation: Operation,
  lost: LostAnswer,
  { candidates, owned }: Created,
): Promise<Item | null> {
  const isOnly = candidates.length === 1 && isNameProof(operation, lost);
  const candidate = owned[0] ?? (isOnly ? candidates[0] : undefined);
  if (!candidate) return null;
  const answer = await readBack(operation, candidate);
  if (answer?.kind !== 'issued') return null;
  const why =
    lost.sent.kind === 'answered'
      ? 'whose secret was not in the answer'
      : 'which was made although its answer was lost';
  operation.deps.note(`found "${candidate.name ?? candidate.id}", ${why}`);
  return candidate;
}

/** Whether a later look may succeed: an outage, or a credential that has ended until the next login. */
export function canPass(error: AppError): boolean {
  return (
    ['unavailable', 'interrupted', 'terminated', 'locked'].includes(error.code) ||
    (isAppError(error, 'auth') && error.facts.status === 401)
  );
}
