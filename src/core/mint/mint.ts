import { AppError } from '../../domain/errors.ts';
import type { Attempt } from './attempt.ts';
import { NeedsAttention } from './attention.ts';
import type { Baseline } from './baseline.ts';
import type { Sent } from './classify.ts';
import type { Item } from './item.ts';
import type { Answer } from './read-answer.ts';
import { readAnswer } from './read-answer.ts';
import { reconcile } from './reconcile.ts';
import { sendMint } from './send.ts';

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
/** Repeats in the life of an attempt with an idempotency key; keys expire. */
const REPLAYS = 4;

/**
 * Has the provider make the new secret, and comes back with it sealed or with nothing left behind. The request is sent
 * once; it is repeated only where that is known to be harmless, and then each repeat is recorded before it is sent.
 */
export async function mint(attempt: Attempt, baseline: Baseline): Promise<Minted | NotMinted> {
  let madeId: string | null = null;
  for (let nth = 1; ; nth += 1) {
    if (nth > 1) await beforeRepeat(attempt);
    const sent = await sendMint(attempt, nth);
    if (nth === 1 && sent.kind === 'not-sent') return { kind: 'aborted', error: toError(sent) };
    const answer = await readAnswer(attempt, nth);
    if (answer.kind === 'minted') return { ...answer, repeated: nth > 1 };
    if (answer.kind === 'several') throw severalSecrets(attempt, answer);
    madeId ??= answer.id;
    if (nth > 1 && attempt.memory.sends > 0) refuseRepeat(attempt, sent);
    if (nth === 1 && sent.kind === 'refused' && attempt.plan.way === 'in-place' && !attempt.plan.self) {
      return { kind: 'aborted', error: toError(sent) };
    }
    if (!mayRepeat(attempt, nth, sent, answer)) {
      const settled = await reconcile(attempt, baseline, { sent, madeId });
      return settled === 'nothing' ? { kind: 'aborted', error: toError(sent, answer) } : settled;
    }
  }
}

/**
 * In place, a repeat gives the old one yet another secret, and the newest wins; it needs a credential that the lost one
 * did not replace. With an idempotency key, a repeat is the same request.
 */
function mayRepeat({ plan, deps }: Attempt, nth: number, sent: Sent, answer: Answer): boolean {
  if (plan.way === 'in-place') return !plan.self;
  const replays = deps.client.connection.provider.tokens.lineage?.replay === 'returns-secret';
  const isOpen = nth > 1 || sent.kind !== 'refused';
  // A whole answer that names the token without its secret will not tell more when it is repeated.
  const isTold = sent.kind === 'answered' && answer.kind === 'none' && answer.id !== null;
  return plan.thing === 'token' && replays && isOpen && !isTold && nth < REPLAYS;
}

async function beforeRepeat({ deps, memory }: Attempt): Promise<void> {
  if (memory.sends >= SENDS_PER_RUN) {
    throw new AppError({
      code: 'unavailable',
      message: 'the provider’s answer was lost twice',
      hint: 'run `keyturn rotations resume` when the provider is reachable again',
    });
  }
  deps.note('the answer was lost; asking again in a way that cannot make a second one');
  await deps.clock.sleep(deps.client.connection.provider.facts.settleMs);
}

/** A repeat that is refused settles nothing: the first request may still have been acted upon. */
function refuseRepeat({ plan }: Attempt, sent: Sent): void {
  if (sent.kind !== 'refused' || plan.way !== 'in-place') return;
  if (sent.code === 'auth' && sent.status === 401) throw toError(sent);
  if (sent.status === 429) throw toError(sent);
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
  const again = plan.self
    ? `give it another one at ${deps.client.connection.provider.title} by hand, then ${close}`
    : `${close} closes this, and the next rotation gives it another one`;
  return new NeedsAttention({
    code: isInPlace ? 'lost' : 'orphan',
    message: `${answer.why}; neither is used, and what arrived stays sealed`,
    manual: isInPlace
      ? `the old secret of "${target?.name ?? handle ?? ''}" is replaced: ${again}`
      : `${target ? 'the old one is as it was; ' : ''}${close} ends "${handle ?? ''}", or says what is to be done`,
    orphanId: handle,
  });
}

function toError(sent: Sent, answer?: Answer): AppError {
  if (sent.kind === 'refused') {
    return new AppError({
      code: sent.code,
      message: sent.message,
      hint: sent.hint ?? undefined,
      status: sent.status,
    });
  }
  if (sent.kind === 'answered') {
    const why = answer?.kind === 'none' ? answer.why : 'the answer could not be used';
    return new AppError({ code: 'failure', message: why, hint: 'nothing was left behind; try again' });
  }
  return new AppError({
    code: sent.kind === 'not-sent' ? sent.code : 'unavailable',
    message: sent.kind === 'not-sent' ? sent.reason : `the answer was lost: ${sent.reason}`,
    hint: 'nothing was left behind; try again',
  });
}
