import { type AppError, isAppError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { TokenTarget } from '../../../ports/provider.ts';
import { loginCommand } from '../../create-command.ts';
import { probe } from '../../inferred-lists.ts';
import type { WholeOrNot } from '../../listing.ts';
import { NeedsAttention } from '../attention.ts';
import type { Baseline } from '../baseline.ts';
import { listNewItems } from '../calls.ts';
import { hasArrived, type LostAnswer, type NewSecret, type NothingLeft } from '../facts.ts';
import type { Operation } from '../operation.ts';
import {
  type Item,
  readKey,
  readObject,
  readObjectOrNull,
  readTextsOrNull,
  readToken,
  writeItem,
} from '../records.ts';
import { showAnswer } from '../resume-command.ts';
import { readBack } from '../steps/read-answer.ts';
import { endCreated } from './end.ts';
import { ownershipIn, wasThereBefore } from './ownership.ts';

/** Names or ids of what {@link reconcile} found and ended, as the journal has it. */
export function endedByReconcile({ journal }: Pick<Operation, 'journal'>): readonly string[] {
  const recorded = readObjectOrNull(journal.result('reconcile'));
  return readTextsOrNull(recorded?.['ended']) ?? [];
}

interface Settling extends LostAnswer {
  readonly ended: string[];
}

/**
 * Finds the tokens that a request created, and adopts or ends them. Only two empty lists, `settleMs` apart, mean that there are
 * none. Tokens that are not proved to be this operation's are reported, never ended.
 */
export async function reconcile(
  operation: Operation,
  baseline: Baseline,
  lost: LostAnswer,
): Promise<NewSecret | NothingLeft> {
  const recorded = await operation.journal.step<Json>('reconcile', async () => {
    const ended: string[] = [];
    const adopted = await settle(operation, baseline, { ...lost, ended });
    return { adopted: adopted && writeItem(adopted), ended };
  });
  const from = readObject(recorded);
  const adopted = readObjectOrNull(from['adopted']);
  if (!adopted) return { kind: 'nothing', ended: readTextsOrNull(from['ended']) ?? [] };
  return {
    kind: 'issued',
    item: operation.plan.thing === 'token' ? readToken(adopted) : readKey(adopted),
    proven: true,
    repeated: false,
  };
}

async function settle(operation: Operation, baseline: Baseline, lost: Settling): Promise<Item | null> {
  if (operation.plan.self && operation.plan.way === 'in-place') return settleSelf(operation);
  const { client } = operation.deps;
  const isMisled =
    lost.madeId !== null && (await wasThereBefore(operation, client, { id: lost.madeId, name: null }));
  const madeId = isMisled ? null : lost.madeId;
  if (madeId !== null) await end(operation, { id: madeId, name: null }, lost);
  const found = await findCreated(operation, baseline, { ...lost, madeId });
  // If the answer named the token, similar tokens belong to others.
  const isOwned = (one: (typeof found)[number]): boolean =>
    one.ownership === 'owned' && isNameProof(operation, lost);
  const isCandidate = (one: (typeof found)[number]): boolean =>
    one.ownership === 'candidate' || (one.ownership === 'owned' && !isOwned(one));
  const candidates = madeId === null ? found.filter(isCandidate).map(({ token }) => token) : [];
  const owned = found.filter(isOwned).map(({ token }) => token);
  const adopted = await adopt(operation, { lost, owned, candidates });
  for (const token of owned) if (token.id !== adopted?.id) await end(operation, token, lost);
  const similar = found.filter(({ ownership }) => ownership === 'similar').map(({ token }) => token);
  const unsure = [...candidates, ...(owned.length === 0 && madeId === null ? similar : [])];
  if (!adopted && unsure.length > 0) throw unproven(operation, lost, unsure);
  return adopted;
}

/**
 * Whether a name that a person chose tells whose a token is: where the provider said yes to this request, and in the run that
 * sent it a moment ago. Later somebody else may have taken the very name.
 */
function isNameProof({ memory, ownsName, plan }: Operation, { sent }: LostAnswer): boolean {
  return plan.marked || ownsName || sent.kind === 'answered' || memory.sends > 0;
}

interface Found {
  readonly lost: LostAnswer;
  readonly owned: readonly Item[];
  readonly candidates: readonly Item[];
}

/** Where the provider shows a secret again, a found token is adopted instead of ended; reading it changes nothing. */
async function adopt(operation: Operation, { lost, owned, candidates }: Found): Promise<Item | null> {
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

async function end(
  operation: Operation,
  target: TokenTarget,
  { ended }: Pick<Settling, 'ended'>,
): Promise<void> {
  try {
    await endCreated(operation, operation.deps.client, target);
  } catch (error) {
    // An outage or a 401 can pass, and resume tries again. Any other refusal needs a person.
    if (!isAppError(error) || error instanceof NeedsAttention || canPass(error)) throw error;
    throw cannotEnd(operation, target, error);
  }
  ended.push(target.name ?? target.id);
  operation.deps.note(`ended "${target.name ?? target.id}", whose secret nobody has`);
}

function cannotEnd({ journal }: Operation, { id, name }: TokenTarget, error: AppError): NeedsAttention {
  return new NeedsAttention({
    code: 'orphan',
    message: `"${name ?? id}" (id ${id}) was made, nobody has its secret, and it could not be ended: ${error.message}`,
    manual: `end it at the provider, then \`keyturn rotations abort ${journal.header.id}\``,
    orphanId: id,
  });
}

function canPass(error: AppError): boolean {
  return ['unavailable', 'interrupted', 'terminated', 'locked'].includes(error.code) || isUnauthorised(error);
}

async function findCreated(operation: Operation, baseline: Baseline, lost: LostAnswer) {
  // A refusal means that nothing was done; one look is enough to notice a provider that does something all the same.
  const rounds = lost.sent.kind === 'refused' ? 1 : 2;
  for (let round = 1; ; round += 1) {
    const { items, why } = await list(operation, baseline, lost);
    const found = items
      .map((token) => ({ token, ownership: ownershipIn(operation, token, baseline.prior) }))
      .filter(
        ({ token, ownership }) =>
          ownership !== 'foreign' && token.status === 'active' && token.id !== lost.madeId,
      );
    if (found.length > 0) return found;
    if (round === rounds) return why === null ? found : [...cannotLookUp(operation, lost, why)];
    await operation.deps.clock.sleep(operation.deps.client.connection.provider.facts.settleMs);
  }
}

async function list(operation: Operation, baseline: Baseline, lost: LostAnswer): Promise<WholeOrNot<Item>> {
  const nothing = () => ({ items: cannotLookUp(operation, lost), whole: true, why: null });
  if (baseline.prior === null) return nothing();
  try {
    return (await listNewItems(operation.deps.client, operation.plan, baseline.prior)) ?? nothing();
  } catch (error) {
    if (!isAppError(error) || canPass(error)) throw error;
    return nothing();
  }
}

/** A credential that was replaced or has ended: after a new login, resume continues. */
function isUnauthorised(error: unknown): boolean {
  return isAppError(error, 'auth') && error.facts.status === 401;
}

/** The managing credential rotated itself and the answer is lost: if the old secret still works, nothing was done. */
async function settleSelf(operation: Operation): Promise<null> {
  const { clock, client } = operation.deps;
  const { provider } = client.connection;
  for (let round = 1; round <= 2; round += 1) {
    if (round > 1) await clock.sleep(provider.facts.settleMs);
    try {
      if ((await probe(client)).kind === 'unproved') throw unknownSelf(operation);
    } catch (error) {
      if (error instanceof NeedsAttention || !isAppError(error, 'auth')) throw error;
      throw new NeedsAttention({
        code: 'lost',
        message: `the answer was lost, and the provider now rejects the old secret of "${operation.plan.target?.id ?? ''}"`,
        manual: `make a new credential at the provider and run \`${loginCommand(client.connection)}\``,
        orphanId: operation.plan.target?.id ?? null,
      });
    }
  }
  return null;
}

/** The provider answers no read: neither secret can be tried. */
function unknownSelf({ deps, journal, plan }: Operation): NeedsAttention {
  const id = plan.target?.id ?? '';
  return new NeedsAttention({
    code: 'orphan',
    message: `the answer was lost, and whether the credential "${id}" has a new secret cannot be looked up`,
    manual: `if the old secret still works, \`keyturn rotations abort ${journal.header.id}\` closes this; else make a new credential at the provider and run \`${loginCommand(deps.client.connection)}\``,
    orphanId: id,
  });
}

function unproven({ journal }: Operation, lost: LostAnswer, candidates: readonly Item[]): NeedsAttention {
  const ids = candidates.slice(0, 5).map((token) => `id:${token.id}`);
  const show = isReadable(lost) ? `${showAnswer(journal.header.id, 'the answer')}; ` : '';
  return new NeedsAttention({
    code: 'orphan',
    message: `${whatArrived(lost)}; this request may have made what appeared since: ${ids.join(', ')}`,
    manual: `${show}revoke it if nobody else made it, then \`keyturn rotations resume ${journal.header.id}\``,
    orphanId: candidates[0]?.id ?? null,
  });
}

/**
 * A refusal is believed, a lost answer is not. Where an answer named what the request made, that has ended by now, and there is
 * nothing more to look for.
 */
function cannotLookUp(
  { journal, plan }: Operation,
  lost: LostAnswer,
  why: string | null = null,
): readonly never[] {
  if (lost.sent.kind === 'refused' || lost.madeId !== null) return [];
  const name = plan.spec?.name ?? plan.key?.name ?? null;
  const what = name === null ? `a new ${plan.thing}` : `"${name}"`;
  const { id } = journal.header;
  const show = isReadable(lost) ? `${showAnswer(id, 'the answer')}; ` : '';
  throw new NeedsAttention({
    code: 'orphan',
    message: `${whatArrived(lost)}; whether ${what} was made cannot be looked up${why === null ? '' : `: the list is not whole (${why})`}`,
    manual: `${show}look for it at the provider and revoke it there, then \`keyturn rotations abort ${id}\``,
  });
}

/** What is known of the answer: one that arrived whole is never called lost. */
function whatArrived({ answer, sent }: LostAnswer): string {
  if (sent.kind !== 'answered') return 'the answer was lost';
  const why = answer && answer.kind !== 'issued' ? `: ${answer.why}` : '';
  return `the answer arrived, and keyturn found no secret in it${why}`;
}

/** Whether a person may find the secret in what arrived. */
function isReadable({ answer, sent }: LostAnswer): boolean {
  return sent.kind === 'answered' && answer?.kind === 'none' && hasArrived(answer.why);
}
