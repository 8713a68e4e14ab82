import { AppError, type ErrorCode, isAppError } from '../../../domain/errors.ts';
import { toInstant } from '../../../domain/time.ts';
import type { ProjectKey, TokenStatus } from '../../../domain/token.ts';
import type { KeyTarget, TokenTarget } from '../../../ports/provider.ts';
import { insteadOf } from '../../capabilities.ts';
import type { Client } from '../../client.ts';
import { agrees } from '../../confirm-end.ts';
import { readToken } from '../../one-token.ts';
import { audit } from '../audit.ts';
import type { Operation } from '../operation.ts';
import { type Asked, type Ending, type EndOptions, endingOf, look, lookInList } from './look-at-ended.ts';
import { refusePrior } from './ownership.ts';

/**
 * Ends what this operation made: a token, or the key of the plan's project. Never what was there before: that is refused with
 * nothing sent. Like every ending here it is looked at afterwards and logged. Throws `failure` while the thing still
 * works: the operation stays where it is, and `resume` ends and looks again.
 */
export async function endCreated(operation: Operation, client: Client, made: TokenTarget): Promise<Ending> {
  const { plan } = operation;
  const { id, name } = made;
  await refusePrior(operation, client, made);
  if (plan.thing === 'token') return endToken(operation, client, { id, name });
  const target = { project: plan.project ?? '', id };
  const answered = await askToEndKey(operation, client, target);
  return look(operation, client, { verb: 'revoke', answered, target });
}

/** Ends the token that this operation replaces: the id of its plan and no other. */
export async function endReplaced(operation: Operation, client: Client): Promise<Ending> {
  const target = replacedBy(operation);
  const asked = await askToEnd(operation, client, target);
  const sight = await lookInList(operation, client, target);
  if (sight && agrees(sight, 'off')) {
    await audit(operation, asked.verb, { id: target.id, outcome: 'ok' });
    return endingOf(sight);
  }
  return look(operation, client, { ...asked, target });
}

/** Whether the provider can end a token for good; if not, it stays disabled. */
export function endsForGood({ connection }: Client): boolean {
  const { revoke, remove } = connection.provider.tokens;
  return revoke !== undefined || remove !== undefined;
}

/**
 * The first, reversible half of {@link endReplaced}; null where the provider cannot pause a token. Where the token is ended for
 * good afterwards, that ending is what is looked at.
 */
export async function pauseReplaced(operation: Operation, client: Client): Promise<Ending | null> {
  const target = replacedBy(operation);
  const asked = await askToPause(operation, client, target);
  if (asked && endsForGood(client)) {
    await audit(operation, asked.verb, { id: target.id, outcome: 'unknown' });
    return 'unknown';
  }
  return asked && look(operation, client, { ...asked, target });
}

/** Ends what an earlier operation made, whose marker the token carries; the log names that operation. */
export async function endLateCreate(
  operation: Operation,
  token: TokenTarget,
  madeBy: string,
): Promise<Ending> {
  return endToken(operation, operation.deps.client, { id: token.id, name: token.name }, { madeBy });
}

function replacedBy({ plan }: Operation): TokenTarget {
  const { target } = plan;
  if (!target) throw new Error('the operation replaces nothing');
  return { id: target.id, name: target.name };
}

async function endToken(
  operation: Operation,
  client: Client,
  target: TokenTarget,
  options: EndOptions = {},
): Promise<Ending> {
  return look(operation, client, {
    ...(await askToEnd(operation, client, target, options)),
    target,
    ...options,
  });
}

/**
 * Asks the provider to end a token as far as it can: to revoke, delete, or, where there is nothing else, disable it. One
 * that is gone or ended already is fine, so it may be called again after a crash.
 */
async function askToEnd(
  operation: Operation,
  client: Client,
  target: TokenTarget,
  { madeBy }: EndOptions = {},
): Promise<Asked> {
  const { provider } = client.connection;
  const { revoke, remove, disable } = provider.tokens;
  const { id } = target;
  const end = revoke ?? remove;
  if (end) {
    await logged(operation, { verb: 'revoke', id, madeBy }, () =>
      tolerate(client, target, () => client.call(end, target)),
    );
    return { verb: 'revoke', answered: null };
  }
  if (disable) {
    const answered = await logged(operation, { verb: 'disable', id, madeBy }, () =>
      tolerate(client, target, () => client.call(disable, target)),
    );
    return { verb: 'disable', answered };
  }
  throw new AppError({
    code: 'unsupported',
    message: `${provider.title} cannot end a token`,
    hint: insteadOf(client.connection, 'tokens revoke'),
  });
}

/** Asks to pause a token where the provider can resume it; null where it cannot. */
async function askToPause(operation: Operation, client: Client, target: TokenTarget): Promise<Asked | null> {
  const { disable, enable } = client.connection.provider.tokens;
  if (!disable || !enable) return null;
  const answered = await logged(operation, { verb: 'disable', id: target.id }, () =>
    tolerate(client, target, () => client.call(disable, target)),
  );
  return { verb: 'disable', answered };
}

interface Logged {
  readonly verb: Asked['verb'];
  readonly id: string;
  readonly madeBy?: string | undefined;
}

/** A refusal goes into the audit log before it stops the operation: the token is still live. */
async function logged<T>(
  operation: Operation,
  { verb, id, madeBy }: Logged,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) && REFUSALS.includes(error.code)) {
      const requestId = error.facts.requestId ?? null;
      const more = madeBy === undefined ? {} : { attempt: madeBy };
      await audit(operation, verb, { id, outcome: 'failed', requestId, ...more });
    }
    throw error;
  }
}

/** The provider answered, and its answer was no. */
const REFUSALS: readonly ErrorCode[] = ['failure', 'auth', 'conflict', 'unsupported'];

/** A key has no end but its expiry. */
async function askToEndKey(operation: Operation, client: Client, key: KeyTarget): Promise<ProjectKey | null> {
  const { keys } = client.connection.provider;
  if (!keys) return null;
  const expiresAt = toInstant(operation.deps.clock.now());
  return logged(operation, { verb: 'revoke', id: key.id }, () =>
    client.call(keys.expire, { ...key, expiresAt }),
  );
}

/** What the provider says of a token now; null when it is gone, or when the provider cannot tell. */
async function statusNow(client: Client, target: TokenTarget): Promise<TokenStatus | null> {
  return (await readToken(client, target))?.status ?? null;
}

async function tolerate<T>(client: Client, target: TokenTarget, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error, 'not-found')) return null;
    // Ending twice is a conflict at some vendors; the state decides, not the answer.
    if (isAppError(error, 'conflict') && (await statusNow(client, target)) !== 'active') return null;
    throw error;
  }
}
