import { AppError, ERROR_CODES } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import type { Captured } from '../../../ports/journal.ts';
import type { Outcome } from '../../../ports/transport.ts';
import { NeedsAttention } from '../attention.ts';
import type { Baseline } from '../baseline.ts';
import { issueCall } from '../calls.ts';
import {
  type Answer,
  isUnread,
  type LostAnswer,
  type NewSecret,
  type NothingIssued,
  type Sent,
  type Try,
} from '../facts.ts';
import type { Operation } from '../operation.ts';
import { readNumberOrNull, readObject, readOneOf, readText, readTextOrNull } from '../records.ts';
import {
  describeNothing,
  logUnknown,
  lostTwice,
  toError,
  unreadableInPlace,
} from '../recovery/lost-answer.ts';
import { type Goal, reconcile } from '../recovery/reconcile.ts';
import { issueStep } from '../step-names.ts';
import { classify, classifyInterrupted } from './classify.ts';
import { readAnswer } from './read-answer.ts';

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
export async function issue(
  operation: Operation,
  baseline: Baseline,
  goal: Goal = 'go on',
): Promise<NewSecret | NothingIssued> {
  const tries: Try[] = [];
  for (let nth = 1; ; nth += 1) {
    const isFresh = !operation.journal.has(issueStep(nth));
    if (nth > 1 && isFresh) await beforeRepeat(operation);
    const one = await tryOnce(operation, nth);
    if (one.sent.kind === 'not-sent') {
      if (nth === 1) return { kind: 'aborted', error: toError(one.sent, null) };
      if (isFresh) throw toError(one.sent, null);
      continue;
    }
    const { answer } = one;
    if (answer.kind === 'issued') return { ...answer, repeated: nth > 1 };
    tries.push(one);
    if (nth > 1 && operation.memory.sends > 0) refuseRepeat(operation, one.sent);
    if (isPlainRefusal(operation, tries)) return { kind: 'aborted', error: toError(one.sent, answer) };
    if (!(await mayRepeat(operation, tries))) return settle(operation, baseline, { goal, tries });
  }
}

/** Sends the nth request unless it was sent before, and reads its answer. */
export async function tryOnce(operation: Operation, nth: number): Promise<Try> {
  const sent = await sendIssue(operation, nth);
  if (sent.kind === 'not-sent') return { sent, answer: { kind: 'none', id: null, why: '', isTold: false } };
  const answer = await readAnswer(operation, nth);
  if (answer.kind !== 'refused') return { sent, answer };
  const { code, hint, why } = answer;
  return { answer, sent: { kind: 'refused', status: 200, code, message: why, hint } };
}

/** In place, a first request that was refused changed nothing, and there is nothing to look for. */
function isPlainRefusal({ plan }: Operation, tries: readonly Try[]): boolean {
  return plan.way === 'in-place' && !plan.self && tries.length === 1 && tries[0]?.sent.kind === 'refused';
}

/**
 * In place, a repeat gives the old one yet another secret, and the newest wins; it needs a credential that the lost one
 * did not replace, and an answer that did not arrive whole. With an idempotency key, a repeat is the same request.
 */
async function mayRepeat(operation: Operation, tries: readonly Try[]): Promise<boolean> {
  const { deps, plan } = operation;
  const last = tries.at(-1);
  if (!last) return false;
  const { answer, sent } = last;
  if (plan.way === 'in-place') {
    if (sent.kind === 'answered' || isUnread(last))
      throw await lostNow(operation, unreadableInPlace(operation, whyOf(answer)));
    if (plan.self) return false;
    const unclear = tries.filter((one) => one.sent.kind === 'ambiguous');
    if (unclear.length < IN_PLACE_SENDS) return true;
    throw await lostNow(
      operation,
      lostTwice(operation, sent.kind === 'ambiguous' ? sent.reason : 'no answer'),
    );
  }
  const replays = deps.client.connection.provider.tokens.marking?.replay === 'returns-secret';
  const isOpen = tries.length > 1 || sent.kind !== 'refused';
  // What arrived whole will not tell more when it is repeated.
  const isTold = answer.kind === 'refused' || isUnread(last);
  // The session is forgotten; the managing credential may not send its request.
  const maySend = !plan.bySession || deps.creator !== undefined;
  return maySend && plan.thing === 'token' && replays && isOpen && !isTold && tries.length < REPLAYS;
}

async function lostNow(operation: Operation, error: NeedsAttention): Promise<NeedsAttention> {
  await logUnknown(operation, null);
  return error;
}

function whyOf(answer: Answer): string {
  return answer.kind === 'issued' ? '' : answer.why;
}

/** No more requests: what the ones that were sent have made is looked for, and taken over, ended, or left to a person. */
async function settle(
  operation: Operation,
  baseline: Baseline,
  { goal, tries }: { readonly goal: Goal; readonly tries: readonly Try[] },
): Promise<NewSecret | NothingIssued> {
  const lost = unsettledOf(tries);
  try {
    const left = await reconcile(operation, baseline, lost, goal);
    if (left.kind === 'issued') return left;
    // What a whole answer named, and what was ended then, is known.
    const isKnown = lost.sent.kind === 'refused' || (lost.sent.kind === 'answered' && lost.madeId !== null);
    if (!isKnown) await logUnknown(operation, lost.madeId);
    return { kind: 'aborted', error: await describeNothing(operation, { ...lost, left }) };
  } catch (error) {
    if (error instanceof NeedsAttention) await logUnknown(operation, error.orphanId);
    throw error;
  }
}

/**
 * What is to be settled: an answer that a person must read, if one arrived. A request that may have been acted upon is not
 * settled by the refusal of its repeat.
 */
export function unsettledOf(tries: readonly Try[]): LostAnswer & Try {
  const last = tries.find(isUnread) ?? tries.find(({ sent }) => sent.kind !== 'refused') ?? tries.at(-1);
  if (!last) throw new Error('nothing was sent');
  const ids = tries.map(({ answer }) => (answer.kind === 'issued' ? null : answer.id));
  return { ...last, madeId: ids.find((id) => id !== null) ?? null };
}

async function beforeRepeat({ deps, memory }: Operation): Promise<void> {
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
function refuseRepeat({ plan }: Operation, sent: Sent): void {
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

/** Sends the nth request, at most once for the life of the operation, and says what is known of it. */
export async function sendIssue(operation: Operation, nth: number): Promise<Sent> {
  const { deps, journal, memory } = operation;
  const sender = deps.creator ?? deps.client;
  const call = issueCall(sender, operation.plan);
  const recorded = await journal.once<Json>(
    issueStep(nth),
    async (capture) => {
      // An operation that stopped before its first request is dropped, not started late: what it was planned on is old.
      if (operation.resumed && nth === 1) {
        return {
          kind: 'not-sent',
          reason: 'keyturn was stopped before anything was sent',
          code: 'unavailable',
        };
      }
      memory.sends += 1;
      const outcome = await call.send(capture);
      memory.answer = inMemory(outcome);
      if (outcome.kind === 'answered' && !outcome.captureFailed) await capture.whole();
      return classify(outcome, sender.connection.provider, (reply) => sender.refusal(reply));
    },
    async (captured) => classifyInterrupted(captured),
  );
  return readSent(recorded);
}

/** What a disk that could not take the answer leaves us with. */
function inMemory(outcome: Outcome): Captured | null {
  if (outcome.kind === 'answered') {
    const { status, body } = outcome.reply;
    return { status, requestId: null, bytes: body, complete: true };
  }
  if (outcome.kind === 'not-sent' || !outcome.partial) return null;
  return { status: outcome.status, requestId: null, bytes: outcome.partial, complete: false };
}

function readSent(recorded: Json): Sent {
  const from = readObject(recorded);
  const kind = readOneOf(from['kind'], ['not-sent', 'answered', 'refused', 'ambiguous']);
  const status = readNumberOrNull(from['status']);
  if (kind === 'answered') return { kind, status: status ?? 200 };
  if (kind === 'not-sent')
    return { kind, reason: readText(from['reason']), code: readOneOf(from['code'], ERROR_CODES) };
  if (kind === 'ambiguous') return { kind, status, reason: readText(from['reason']) };
  return {
    kind,
    status: status ?? 400,
    code: readOneOf(from['code'], ERROR_CODES),
    message: readText(from['message']),
    hint: readTextOrNull(from['hint']),
  };
}
