import { AppError } from '../../../domain/errors.ts';
import { nextFreeName } from '../../../domain/free-name.ts';
import { loginCommand } from '../../create-command.ts';
import { NeedsAttention } from '../attention.ts';
import { audit } from '../audit.ts';
import { listItems } from '../calls.ts';
import { type Answer, hasArrived, type LostAnswer, type NothingLeft, type Sent } from '../facts.ts';
import { isSession, type Operation } from '../operation.ts';
import { readObjectOrNull } from '../records.ts';
import { showAnswer } from '../resume-command.ts';

/** The audit line of a request whose effect nobody knows, or whose new secret nobody has; once an operation. */
export async function logUnknown(
  operation: Operation,
  id: string | null,
  isUnread: boolean = false,
): Promise<void> {
  await operation.journal.step('log unknown', async () => {
    await audit(operation, 'create', { id: id ?? operation.plan.target?.id ?? null, outcome: 'unknown' });
    return { id, isUnread };
  });
}

/**
 * Whether a person must read the whole answer of a creation: its secret is unknown to keyturn, and the browser session that
 * created the token cannot end it. Stays so for a `resume` by a credential that could: the person may use the token by then.
 */
export function mustBeRead(operation: Operation, { answer }: Pick<LostAnswer, 'answer'>): boolean {
  if (operation.plan.way !== 'create' || answer?.kind !== 'none' || !answer.isTold) return false;
  const logged = readObjectOrNull(operation.journal.result('log unknown'));
  return isSession(operation) || logged?.['isUnread'] === true;
}

/** The answer of a creation that a person must read; see {@link mustBeRead}. */
export function unreadCreate({ deps, journal, plan }: Operation, lost: LostAnswer): NeedsAttention {
  const { connection } = deps.client;
  const { id } = journal.header;
  const why = lost.answer?.kind === 'none' ? lost.answer.why : 'the answer could not be used';
  const named = nameAndId(plan.spec?.name ?? plan.key?.name ?? null, lost.madeId);
  const show = showAnswer(id, 'the answer');
  const abort = `\`keyturn rotations abort ${id}\``;
  const login = plan.login ? loginCommand(connection, ['--with-token']) : null;
  return new NeedsAttention({
    code: 'orphan',
    message: `${connection.provider.title} accepted the request for ${named} with an answer that keyturn cannot use: ${why}`,
    manual: login
      ? `${show}; \`${login}\` logs in with the secret if it is there; then ${abort} closes this, or end the token at ${connection.provider.credential.page}`
      : `${show}, which may hold the secret; ${abort} ends the token where it can and closes this`,
    orphanId: lost.madeId,
  });
}

function nameAndId(name: string | null, id: string | null): string {
  const named = name === null ? 'a new token' : `the token "${name}"`;
  return id === null ? named : `${named} (id ${id})`;
}

/** An in-place rotation whose whole answer holds no secret that can be used: the old secret is gone with it. */
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
    ? `then give it another secret at ${deps.client.connection.provider.title} by hand`
    : 'then rotate it again';
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
  if (ended === undefined) return error;
  const { provider } = operation.deps.client.connection;
  const verb = provider.facts.ends === 'disable-only' ? 'disabled' : 'ended';
  const message = `${error.message}; it had made "${ended}", which is ${verb} again`;
  const { plan } = operation;
  const name = plan.spec?.name ?? null;
  if (provider.facts.names !== 'unique' || plan.way !== 'create' || name === null)
    return error.with({ message, hint: hintOf(sent, false) });
  const free = nextFreeName(name, await namesNow(operation));
  return error.with({
    code: 'conflict',
    message: `${message}; the name "${name}" is used up`,
    hint: `${provider.title} never frees a name: use \`--name ${free}\``,
  });
}

export function toError(sent: Sent, answer: Answer | null): AppError {
  if (sent.kind === 'refused') {
    const { code, message, status } = sent;
    return new AppError({ code, message, hint: sent.hint ?? undefined, status });
  }
  const hint = hintOf(sent, true);
  if (sent.kind === 'answered') {
    const why = answer?.kind === 'none' ? answer.why : 'the answer could not be used';
    return new AppError({ code: 'failure', message: why, hint });
  }
  if (sent.kind === 'not-sent') return new AppError({ code: sent.code, message: sent.reason, hint });
  const message = `the request was sent; its result is unknown: ${sent.reason}`;
  return new AppError({ code: 'unavailable', message, hint });
}

function hintOf(sent: Sent, isClean: boolean): string | undefined {
  if (sent.kind === 'not-sent') return 'nothing was sent; try again';
  const seen = isClean ? 'the provider lists nothing new' : 'nothing of it works';
  if (sent.kind === 'answered')
    return `${seen}; the provider may have changed its API: please report the field names`;
  return `${seen}; try again`;
}

/** A help for the next name: a list that cannot be had costs nothing but a better guess. */
async function namesNow({ deps, plan }: Operation): Promise<ReadonlySet<string>> {
  try {
    const listed = (await listItems(deps.client, plan))?.items ?? [];
    return new Set(listed.flatMap(({ name }) => (name === null ? [] : [name])));
  } catch (error) {
    if (error instanceof AppError) return new Set();
    throw error;
  }
}
