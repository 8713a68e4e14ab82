import { AppError, isAppError, usage } from '../../domain/errors.ts';
import type { OperationDetail } from '../../ports/journal.ts';
import { NeedsAttention } from './attention.ts';
import { isForPerson, namedInAnswer } from './explain.ts';
import type { Made } from './facts.ts';
import { isSession, type Operation } from './operation.ts';
import { readObjectOrNull, readTextOrNull } from './records.ts';
import { findMade } from './recovery/find-made.ts';
import { goBack } from './recovery/go-back.ts';
import { usedUpName } from './recovery/lost-answer.ts';
import { endedByReconcile } from './recovery/reconcile.ts';
import type { OperationResult } from './result.ts';
import { endedWithout } from './result.ts';
import { showCommand } from './resume-command.ts';
import { candidatesOf, isComplete, runOperation } from './run.ts';
import { reportDelivery } from './steps/deliver.ts';
import { preflight } from './steps/preflight.ts';
import { dropOwn } from './steps/store.ts';
import type { ResumeDeps } from './take-up.ts';
import { takeUp } from './take-up.ts';

export interface AbortResult extends OperationResult {
  /** What was taken back, one sentence each. */
  readonly undone: readonly string[];
  /** What could not be, and what a person may do about it. */
  readonly left: readonly string[];
}

/**
 * Takes back what can be taken back: the old one works and is current again, the new one is ended. Throws `conflict`
 * when there is no way back (a secret that was replaced in place, an old one that is revoked): then `resume` goes on.
 * An operation that needs a person is closed: aborting it says that the person has done what was asked. One that is
 * complete but for candidates is closed as `done`, and nothing of it is taken back. `keepNew`: the person has read the answer
 * that keyturn cannot use, and uses its secret, so nothing is ended and no request is sent.
 */
export async function abortOperation(
  deps: ResumeDeps,
  id: string,
  { keepNew = false }: { readonly keepNew?: boolean } = {},
): Promise<AbortResult> {
  const { operations } = await deps.host.list({ only: 'unfinished' });
  const isTold = operations.some(({ header, state }) => header.id === id && state === 'attention');
  const unread = keepNew ? await requireUnread(deps, id) : null;
  return deps.host.resume(id, async (journal) => {
    const operation = await takeUp(deps, journal);
    const lines: Lines = { undone: [], left: [] };
    const result = await runOperation(operation, () =>
      unread ? closeUnread(operation, unread, lines) : abortSteps(operation, { isTold, lines }),
    );
    // There is no way back, or it is blocked for now: the person asked for it and is told why.
    if (result.kind === 'pending' && result.error) throw result.error;
    return { ...result, ...lines };
  });
}

interface Lines {
  readonly undone: string[];
  readonly left: string[];
}

interface AbortOptions {
  /** The person knows already what this operation may have left behind. */
  readonly isTold: boolean;
  readonly lines: Lines;
}

const SILENT: AbortOptions = { isTold: false, lines: { undone: [], left: [] } };

async function requireUnread({ host }: ResumeDeps, id: string): Promise<OperationDetail> {
  const detail = await host.read(id);
  if (detail?.state === 'attention' && isForPerson(detail)) return detail;
  throw usage(
    `\`--keep-new\` is for an operation that waits for you to read the provider's answer; ${id} does not`,
    `\`${showCommand(id)}\` says what it waits for`,
  );
}

/** The person took the secret out of the answer: the new one stays, and so does the old one. */
async function closeUnread(
  operation: Operation,
  unread: OperationDetail,
  lines: Lines,
): Promise<OperationResult> {
  const { plan } = operation;
  const named = namedInAnswer(unread);
  const name = plan.spec?.name ?? plan.key?.name ?? null;
  const shown = `${name === null ? '' : ` "${name}"`}${named === null ? '' : ` (id ${named})`}`;
  lines.left.push(
    plan.way === 'in-place'
      ? `the new secret of the ${plan.thing} "${plan.target?.name ?? plan.target?.id ?? ''}"`
      : `the new ${plan.thing}${shown}, whose secret only you have`,
  );
  if (plan.target && plan.way !== 'in-place') lines.left.push(`the old ${plan.thing} "${plan.target.id}"`);
  return close(operation, `closed by hand; the new ${plan.thing} stays`, { isTold: true, lines });
}

/** A way back that was begun is the only way on. */
export function isAborting({ journal }: Operation): boolean {
  return journal.has('aborting');
}

export async function abortSteps(
  operation: Operation,
  options: AbortOptions = SILENT,
): Promise<OperationResult> {
  const { journal } = operation;
  if (isComplete(operation)) return closeComplete(operation, options);
  if (!journal.has('preflight')) return close(operation, 'nothing had been sent', options);
  const made = await lookForMade(operation, options);
  if (made === 'unknown') return close(operation, 'closed by hand', options);
  if (!made) {
    await dropOwn(operation);
    const ended = endedByReconcile(operation);
    options.lines.undone.push(...ended.map((name) => `"${name}" is ended`));
    if (ended.length > 0) await tellUsedUp(operation, options);
    return close(operation, 'no new one was found at the provider', options);
  }
  const done = await goBack(operation, made, options.isTold);
  options.lines.undone.push(...done.undone);
  options.lines.left.push(...done.left);
  await tellUsedUp(operation, options);
  return close(operation, 'taken back', options);
}

async function tellUsedUp(operation: Operation, { lines }: AbortOptions): Promise<void> {
  const used = await usedUpName(operation);
  if (!used) return;
  const { title } = operation.deps.client.connection.provider;
  lines.left.push(
    `the name "${used.name}", which is used up: ${title} never frees a name; use \`--name ${used.free}\` for the next token`,
  );
}

async function lookForMade(
  operation: Operation,
  { isTold, lines }: AbortOptions,
): Promise<Made | null | 'unknown'> {
  try {
    return await findMade(operation, await preflight(operation));
  } catch (error) {
    if (!isAppError(error)) throw error;
    // A secret that nobody has is no reason to keep the operation open: closing it makes way for the next rotation.
    const isLost = error instanceof NeedsAttention && error.code === 'lost';
    if (!isTold && !isLost) throw error;
    // The session of a login is gone, and nobody else is there who could end its token.
    if (isSession(operation) && isAppError(error, 'auth')) {
      lines.left.push(await leftBySession(operation));
      return 'unknown';
    }
    // NeedsAttention and `conflict` errors are reported as left over. Any other failure, such as an unreachable provider,
    // stops the abort.
    if (!(error instanceof NeedsAttention) && error.code !== 'conflict') throw error;
    lines.left.push(error instanceof NeedsAttention ? `${error.message}: ${error.manual}` : error.message);
    return 'unknown';
  }
}

async function leftBySession({ deps, journal, plan }: Operation): Promise<string> {
  const id = readTextOrNull(readObjectOrNull(journal.result('log unknown'))?.['id']);
  const what = `the token "${plan.spec?.name ?? ''}"${id === null ? '' : ` (id ${id})`}`;
  return `${what}, which may live at the provider: end it at ${deps.client.connection.provider.credential.page} unless it is used`;
}

/**
 * The operation is complete and a person has looked at the candidates: close it and end nothing; the new token stays in use.
 */
async function closeComplete(operation: Operation, { lines }: AbortOptions): Promise<OperationResult> {
  const { journal } = operation;
  const delivery = await reportDelivery(operation);
  lines.left.push(
    'the new token, which is in use',
    ...candidatesOf(operation).map((id) => `"${id}": end it by hand if nobody else made it`),
  );
  await journal.end('done', null);
  const result = { ...endedWithout('aborted', journal.header.id, closed('closed')), delivery };
  return { ...result, kind: 'done', error: null, manual: lines.left.join('; '), exit: 'ok' };
}

async function close(
  operation: Operation,
  reason: string,
  { lines }: AbortOptions,
): Promise<OperationResult> {
  await operation.journal.end('aborted', reason);
  const manual = lines.left.length > 0 ? lines.left.join('; ') : null;
  return {
    ...endedWithout('aborted', operation.journal.header.id, closed(reason)),
    error: null,
    manual,
    exit: 'ok',
  };
}

function closed(reason: string): AppError {
  return new AppError({ code: 'failure', message: reason });
}
