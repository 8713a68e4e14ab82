import { AppError } from '../../../domain/errors.ts';
import { nextFreeName } from '../../../domain/free-name.ts';
import { NeedsAttention } from '../attention.ts';
import { audit } from '../audit.ts';
import { listItems } from '../calls.ts';
import { type Answer, hasArrived, type NothingLeft, type Sent } from '../facts.ts';
import type { Operation } from '../operation.ts';
import { showAnswer } from '../resume-command.ts';

/**
 * Logs outcome `unknown` for a request whose effect is unknown or whose new secret is lost. A step of the journal, so `resume`
 * does not log it again.
 */
export async function logUnknown(operation: Operation, id: string | null): Promise<void> {
  await operation.journal.step('log unknown', async () => {
    await audit(operation, 'create', { id: id ?? operation.plan.target?.id ?? null, outcome: 'unknown' });
    return { id };
  });
}

/** For an in-place rotation whose complete answer has no usable secret: the provider has already replaced the old secret. */
export function unreadableInPlace(operation: Operation, why: string): NeedsAttention {
  return lostInPlace(operation, `${why}; the old secret is replaced`, hasArrived(why));
}

/** Two requests went out, and neither answer arrived: a third would only replace the secret once more. */
export function lostTwice(operation: Operation, reason: string): NeedsAttention {
  return lostInPlace(
    operation,
    `both requests were sent, their result is unknown (${reason}), and the old secret may have stopped working`,
    false,
  );
}

function lostInPlace(
  { deps, journal, plan }: Operation,
  message: string,
  isAnswered: boolean,
): NeedsAttention {
  const { id } = journal.header;
  const handle = plan.target?.name ?? plan.target?.id ?? '';
  const show = isAnswered ? `${showAnswer(id, 'what the provider answered')}; ` : '';
  const again = plan.self
    ? `then replace the secret of this token at ${deps.client.connection.provider.title} by hand`
    : `then rotate the ${plan.thing} again`;
  return new NeedsAttention({
    code: 'lost',
    message: `"${handle}": ${message}`,
    manual: `${show}\`keyturn rotations abort ${id}\` closes this operation, ${again}`,
    orphanId: plan.target?.id ?? null,
  });
}

/** Why a creation or rotation ended with nothing, and whether trying again is right. Says only what was seen. */
export async function describeNothing(
  operation: Operation,
  { sent, answer, left }: { readonly sent: Sent; readonly answer: Answer | null; readonly left: NothingLeft },
): Promise<AppError> {
  const error = toError(sent, answer);
  const [ended] = left.ended;
  // When keyturn replaces its own credential in place, the check tries the old secret; it reads no list.
  if (operation.plan.way === 'in-place' && sent.kind === 'ambiguous')
    return error.with({ hint: 'the old secret was still accepted right after; rotate it again' });
  if (ended === undefined) return error;
  const { provider } = operation.deps.client.connection;
  const verb = provider.facts.ends === 'disable-only' ? 'disabled' : 'ended';
  const message = `${error.message}; the request had created "${ended}", which keyturn has ${verb}`;
  return withUsedUpName(
    operation,
    error.with({ message, hint: hintOf(sent, `keyturn has ${verb} what the request created`) }),
  );
}

export function toError(sent: Sent, answer: Answer | null): AppError {
  if (sent.kind === 'refused') {
    const { code, message, status } = sent;
    return new AppError({ code, message, hint: sent.hint ?? undefined, status });
  }
  const hint = hintOf(sent, 'the provider lists nothing new');
  if (sent.kind === 'answered') {
    const why = answer?.kind === 'none' ? answer.why : 'the answer could not be used';
    return new AppError({ code: 'failure', message: why, hint });
  }
  if (sent.kind === 'not-sent') return new AppError({ code: sent.code, message: sent.reason, hint });
  const message = `the request was sent; its result is unknown: ${sent.reason}`;
  return new AppError({ code: 'unavailable', message, hint });
}

function hintOf(sent: Sent, seen: string): string | undefined {
  if (sent.kind === 'not-sent') return 'nothing was sent; try again';
  if (sent.kind === 'answered') return `${seen}; the provider may have changed its API: please report it`;
  return `${seen}; try again`;
}

/** A name that can never be given again. */
export interface UsedUp {
  readonly name: string;
  /** The next name that nobody has. */
  readonly free: string;
}

/** The name that a failed or aborted create has used up, if the provider never frees names; else null. */
export async function usedUpName(operation: Operation): Promise<UsedUp | null> {
  const { deps, plan } = operation;
  const name = plan.spec?.name ?? null;
  const isUnique = plan.thing === 'token' && deps.client.connection.provider.facts.names === 'unique';
  // A rotation has a new name each time.
  if (!isUnique || plan.way !== 'create' || name === null) return null;
  return { name, free: nextFreeName(name, await namesNow(operation)) };
}

/** The same error where a name is used up: trying again with that name can only fail. */
export async function withUsedUpName(operation: Operation, error: AppError): Promise<AppError> {
  const used = await usedUpName(operation);
  if (!used) return error;
  const { title } = operation.deps.client.connection.provider;
  return error.with({
    code: 'conflict',
    message: `${error.message}; the name "${used.name}" is used up`,
    hint: `${title} never frees a name: use \`--name ${used.free}\``,
  });
}

/**
 * The names in use, for the suggested name only: if the list cannot be read, returns an empty set and the suggestion may be
 * taken.
 */
async function namesNow({ deps, plan }: Operation): Promise<ReadonlySet<string>> {
  try {
    const listed = (await listItems(deps.client, plan))?.items ?? [];
    return new Set(listed.flatMap(({ name }) => (name === null ? [] : [name])));
  } catch (error) {
    if (error instanceof AppError) return new Set();
    throw error;
  }
}
