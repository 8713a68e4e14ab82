import { AppError } from '../../domain/errors.ts';
import type { Attempt } from './attempt.ts';
import { NeedsAttention } from './attention.ts';
import type { Baseline } from './baseline.ts';
import type { Sent } from './classify.ts';
import type { Item } from './item.ts';
import { describeNothing, lostTwice, noteLost, toError, unreadableInPlace } from './lost-mint.ts';
import type { Answer } from './read-answer.ts';
import { readAnswer } from './read-answer.ts';
import { type LostMint, reconcile } from './reconcile.ts';
import { mintName, sendMint } from './send.ts';

/** The secret is sealed in the journal. */
export interface Minted {
  readonly kind: 'minted';
  /** Null where the answer told nothing but the secret. */
  readonly item: Item | null;
  /** Whether the secret came in a whole answer; if not, it must be proven before it is relied on. */
  readonly proven: boolean;
  /** Whether it took more than one request, because the answer to the first was lost. */
  readonly repeated: boolean;
}

/** Nothing is left of the mint. */
export interface NotMinted {
  readonly kind: 'aborted';
  readonly error: AppError;
}

/** Repeats in one run; more would only hammer a provider that is down. `resume` repeats later. */
const SENDS_PER_RUN = 2;
/** Repeats in the life of an operation with an idempotency key; keys expire. */
const REPLAYS = 4;
/** In place, each request replaces the secret once more: one repeat in the life of an operation. */
const IN_PLACE_SENDS = 2;

/**
 * Has the provider make the new secret, and comes back with it sealed or with nothing left behind. The request is sent
 * once; it is repeated only where that is known to be harmless, and then each repeat is recorded before it is sent.
 */
export async function mint(attempt: Attempt, baseline: Baseline): Promise<Minted | NotMinted> {
  const tries: Try[] = [];
  for (let nth = 1; ; nth += 1) {
    const isFresh = !attempt.journal.has(mintName(nth));
    if (nth > 1 && isFresh) await beforeRepeat(attempt);
    const one = await tryOnce(attempt, nth);
    if (one.sent.kind === 'not-sent') {
      if (nth === 1) return { kind: 'aborted', error: toError(one.sent, null) };
      if (isFresh) throw toError(one.sent, null);
      continue;
    }
    const { answer } = one;
    if (answer.kind === 'minted') return { ...answer, repeated: nth > 1 };
    if (answer.kind === 'several') {
      await noteLost(attempt, answer.id);
      throw severalSecrets(attempt, answer);
    }
    tries.push(one);
    if (nth > 1 && attempt.memory.sends > 0) refuseRepeat(attempt, one.sent);
    if (isPlainRefusal(attempt, tries)) return { kind: 'aborted', error: toError(one.sent, answer) };
    if (!(await mayRepeat(attempt, tries))) return settle(attempt, baseline, tries);
  }
}

/** One request, and what its answer held. */
export interface Try {
  readonly sent: Sent;
  readonly answer: Answer;
}

/** Sends the nth request unless it was sent before, and reads its answer. */
export async function tryOnce(attempt: Attempt, nth: number): Promise<Try> {
  const sent = await sendMint(attempt, nth);
  if (sent.kind === 'not-sent') return { sent, answer: { kind: 'none', id: null, why: '', isTold: false } };
  const answer = await readAnswer(attempt, nth);
  if (answer.kind !== 'refused') return { sent, answer };
  const { code, hint, why } = answer;
  return { answer, sent: { kind: 'refused', status: 200, code, message: why, hint } };
}

/** In place, a first request that was refused changed nothing, and there is nothing to look for. */
function isPlainRefusal({ plan }: Attempt, tries: readonly Try[]): boolean {
  return plan.way === 'in-place' && !plan.self && tries.length === 1 && tries[0]?.sent.kind === 'refused';
}

/**
 * In place, a repeat gives the old one yet another secret, and the newest wins; it needs a credential that the lost one
 * did not replace, and an answer that did not arrive whole. With an idempotency key, a repeat is the same request.
 */
async function mayRepeat(attempt: Attempt, tries: readonly Try[]): Promise<boolean> {
  const { deps, plan } = attempt;
  const last = tries.at(-1);
  if (!last) return false;
  const { answer, sent } = last;
  if (plan.way === 'in-place') {
    if (sent.kind === 'answered') throw await lostNow(attempt, unreadableInPlace(attempt, whyOf(answer)));
    if (plan.self) return false;
    const unclear = tries.filter((one) => one.sent.kind === 'ambiguous');
    if (unclear.length < IN_PLACE_SENDS) return true;
    throw await lostNow(attempt, lostTwice(attempt, sent.kind === 'ambiguous' ? sent.reason : 'no answer'));
  }
  const replays = deps.client.connection.provider.tokens.lineage?.replay === 'returns-secret';
  const isOpen = tries.length > 1 || sent.kind !== 'refused';
  // What arrived whole will not tell more when it is repeated.
  const isTold = answer.kind === 'refused' || (answer.kind === 'none' && answer.isTold);
  // The session is forgotten; the managing credential may not send its request.
  const maySend = !plan.bySession || deps.creator !== undefined;
  return maySend && plan.thing === 'token' && replays && isOpen && !isTold && tries.length < REPLAYS;
}

async function lostNow(attempt: Attempt, error: NeedsAttention): Promise<NeedsAttention> {
  await noteLost(attempt, null);
  return error;
}

function whyOf(answer: Answer): string {
  return answer.kind === 'minted' ? '' : answer.why;
}

/** No more requests: what the ones that were sent have made is looked for, and taken over or ended. */
async function settle(
  attempt: Attempt,
  baseline: Baseline,
  tries: readonly Try[],
): Promise<Minted | NotMinted> {
  const lost = unsettledOf(tries);
  try {
    const left = await reconcile(attempt, baseline, lost);
    if (left.kind === 'minted') return left;
    // What a whole answer named, and what was ended then, is known.
    const isKnown = lost.sent.kind === 'refused' || (lost.sent.kind === 'answered' && lost.madeId !== null);
    if (!isKnown) await noteLost(attempt, lost.madeId);
    return { kind: 'aborted', error: await describeNothing(attempt, { ...lost, left }) };
  } catch (error) {
    if (error instanceof NeedsAttention) await noteLost(attempt, error.orphanId);
    throw error;
  }
}

/** What is to be settled. A request that may have been acted upon is not settled by the refusal of its repeat. */
export function unsettledOf(tries: readonly Try[]): LostMint & Try {
  const last = tries.find(({ sent }) => sent.kind !== 'refused') ?? tries.at(-1);
  if (!last) throw new Error('nothing was sent');
  const ids = tries.map(({ answer }) => (answer.kind === 'minted' ? null : answer.id));
  return { ...last, madeId: ids.find((id) => id !== null) ?? null };
}

async function beforeRepeat({ deps, memory }: Attempt): Promise<void> {
  if (memory.sends >= SENDS_PER_RUN) {
    throw new AppError({
      code: 'unavailable',
      message: 'the request was sent twice, and its result is unknown',
      hint: 'run `keyturn rotations resume` when the provider is reachable again',
    });
  }
  deps.note(
    'the request was sent and its answer was lost; asking again in a way that cannot make a second one',
  );
  await deps.clock.sleep(deps.client.connection.provider.facts.settleMs);
}

/** A repeat that is refused settles nothing: the first request may still have been acted upon. */
function refuseRepeat({ plan }: Attempt, sent: Sent): void {
  if (sent.kind !== 'refused' || plan.way !== 'in-place') return;
  if (sent.code === 'auth' && sent.status === 401) throw toError(sent, null);
  if (sent.status === 429) throw toError(sent, null);
  throw new NeedsAttention({
    code: 'orphan',
    message: `"${plan.target?.id ?? ''}" may have a new secret that nobody has, and the provider refuses to replace it`,
    manual: `replace it at the provider by hand, then \`keyturn rotations abort\``,
    orphanId: plan.target?.id ?? null,
  });
}

/** Which of them works could be tried, but a guess that seems right may be somebody else's secret: a person decides. */
function severalSecrets({ plan, journal, deps }: Attempt, answer: Answer & { kind: 'several' }): AppError {
  const { target, way } = plan;
  const isInPlace = way === 'in-place';
  const handle = (isInPlace ? target?.id : answer.id) ?? plan.spec?.name ?? plan.key?.name ?? null;
  const close = `\`keyturn rotations abort ${journal.header.id}\``;
  const show = `\`keyturn rotations show ${journal.header.id} --print-answer\` shows what arrived; `;
  const again = plan.self
    ? `give it another one at ${deps.client.connection.provider.title} by hand, then ${close}`
    : `${close} closes this, and the next rotation gives it another one`;
  return new NeedsAttention({
    code: isInPlace ? 'lost' : 'orphan',
    message: `${answer.why}; neither is used, and what arrived stays sealed`,
    manual: isInPlace
      ? `${show}the old secret of "${target?.name ?? handle ?? ''}" is replaced: ${again}`
      : `${show}${target ? 'the old one is as it was; ' : ''}${close} ends "${handle ?? ''}", or says what is to be done`,
    orphanId: handle,
  });
}
