import { ERROR_CODES } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Captured } from '../../ports/journal.ts';
import type { Outcome } from '../../ports/transport.ts';
import type { Attempt } from './attempt.ts';
import type { Sent } from './classify.ts';
import { classify, classifyInterrupted } from './classify.ts';
import { mintOperation } from './operation.ts';
import { readNumberOrNull, readObject, readOneOf, readText, readTextOrNull } from './read-json.ts';

/** The journal's name of the nth mint. The first is the only one, save where a repeat is known to be harmless. */
export function mintName(nth: number): string {
  return nth === 1 ? 'mint' : `mint ${nth}`;
}

/** Sends the nth mint, at most once for the life of the attempt, and says what is known of it. */
export async function sendMint(attempt: Attempt, nth: number): Promise<Sent> {
  const { deps, journal, memory } = attempt;
  const sender = deps.creator ?? deps.client;
  const operation = mintOperation(sender, attempt.plan);
  const recorded = await journal.once<Json>(
    mintName(nth),
    async (capture) => {
      // An attempt that stopped before its first request is dropped, not started late: what it was planned on is old.
      if (attempt.resumed && nth === 1) {
        return {
          kind: 'not-sent',
          reason: 'keyturn was stopped before anything was sent',
          code: 'unavailable',
        };
      }
      memory.sends += 1;
      const outcome = await operation.send(capture);
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
