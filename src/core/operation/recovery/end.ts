import { AppError, type ErrorCode, isAppError } from '../../../domain/errors.ts';
import { toInstant } from '../../../domain/time.ts';
import type { ProjectKey, Token, TokenStatus } from '../../../domain/token.ts';
import type { OperationHeader } from '../../../ports/journal.ts';
import type { KeyTarget, TokenTarget } from '../../../ports/provider.ts';
import { insteadOf } from '../../capabilities.ts';
import type { Client } from '../../client.ts';
import {
  agrees,
  confirmChange,
  type LookTarget,
  notDone,
  type Sight,
  sightIn,
  unconfirmed,
} from '../../confirm-end.ts';
import { readToken } from '../../one-token.ts';
import { audit } from '../audit.ts';
import { isListless } from '../baseline.ts';
import type { Operation } from '../operation.ts';
import { refusePrior } from './ownership.ts';

/** What became of a token that an operation ended, as far as it was seen. `unknown`: the provider said yes, nobody could look. */
export type Ending = 'revoked' | 'disabled' | 'unknown';

/**
 * Ends what this operation made: a token, or the key of the plan's project. Never what was there before: that is refused with
 * nothing sent. Like every ending here it is looked at afterwards and logged. Throws `failure` while the thing still
 * works: the operation stays where it is, and `resume` ends and looks again.
 */
export async function endCreated(operation: Operation, client: Client, made: TokenTarget): Promise<Ending> {
  const { deps, plan } = operation;
  const { id, name } = made;
  await refusePrior(operation, client, made);
  if (plan.thing === 'token') return endToken(operation, client, { id, name });
  const target = { project: plan.project ?? '', id };
  const answered = await askToEndKey(client, target, deps.clock.now());
  return look(operation, client, { verb: 'revoke', answered, target });
}

/** Ends the token that this operation replaces: the id of its plan and no other. */
export async function endReplaced(operation: Operation, client: Client): Promise<Ending> {
  const target = replacedBy(operation);
  const asked = await askToEnd(client, target);
  const sight = await lookInList(operation, client, target);
  if (sight && agrees(sight, 'off')) {
    await audit(operation, asked.verb, { id: target.id, outcome: 'ok' });
    return endingOf(sight);
  }
  return look(operation, client, { ...asked, target });
}

/**
 * Looks in the list where the whole list is one answer and the search for duplicates, which comes next, reads it anyway; null
 * where one look at the token itself costs less.
 */
async function lookInList(operation: Operation, client: Client, { id }: TokenTarget): Promise<Sight | null> {
  const { deps, memory } = operation;
  const { facts, tokens } = client.connection.provider;
  if (!tokens.get || !tokens.list || tokens.list.newestFirst || facts.names === 'none') return null;
  try {
    const { items, whole } = await client.all(tokens.list, undefined);
    const sight = whole && items.length > 0 ? sightIn(items, id, deps.clock.now()) : null;
    if (sight && agrees(sight, 'off')) memory.listedAfterEnd = items;
    return sight;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
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
  const asked = await askToPause(client, target);
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
  { id: madeBy }: Pick<OperationHeader, 'id'>,
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
  return look(operation, client, { ...(await askToEnd(client, target)), target, ...options });
}

interface EndOptions {
  /** The operation that the log names, where it is not the one that runs. */
  readonly madeBy?: string;
}

interface Look extends EndOptions {
  readonly verb: Asked['verb'];
  readonly answered: Parameters<typeof confirmChange>[2]['answered'];
  readonly target: LookTarget;
}

async function look(
  operation: Operation,
  client: Client,
  { answered, madeBy, target, verb }: Look,
): Promise<Ending> {
  const { deps } = operation;
  const more = madeBy === undefined ? {} : { attempt: madeBy };
  const sight = await confirmChange({ client, clock: deps.clock }, target, { wish: 'off', answered });
  if (sight.seen === 'unknown') {
    if (sight.error && PASSING.includes(sight.error.code) && !isListless(operation)) throw sight.error;
    deps.note(unconfirmed(client, verb, target, sight));
  } else if (!agrees(sight, 'off')) {
    await audit(operation, verb, { id: target.id, outcome: 'failed', ...more });
    throw notDone(client, verb, target, sight);
  }
  await audit(operation, verb, {
    id: target.id,
    outcome: sight.seen === 'unknown' ? 'unknown' : 'ok',
    ...more,
  });
  return endingOf(sight);
}

function endingOf({ seen }: Sight): Ending {
  if (seen === 'unknown') return 'unknown';
  return seen === 'off' ? 'disabled' : 'revoked';
}

/** What `resume` can look up later: until then the ending is not recorded. */
const PASSING: readonly ErrorCode[] = ['unavailable', 'interrupted', 'terminated'];

/** What was asked of the provider, and the token as its answer shows it. Whether it took effect is another question. */
interface Asked {
  readonly verb: 'revoke' | 'disable';
  readonly answered: Token | null;
}

/**
 * Asks the provider to end a token as far as it can: to revoke, delete, or, where there is nothing else, disable it. One
 * that is gone or ended already is fine, so it may be called again after a crash.
 */
async function askToEnd(client: Client, target: TokenTarget): Promise<Asked> {
  const { provider } = client.connection;
  const { revoke, remove, disable } = provider.tokens;
  const end = revoke ?? remove;
  if (end) {
    await tolerate(client, target, () => client.call(end, target));
    return { verb: 'revoke', answered: null };
  }
  if (disable) {
    const answered = await tolerate(client, target, () => client.call(disable, target));
    return { verb: 'disable', answered };
  }
  throw new AppError({
    code: 'unsupported',
    message: `${provider.title} cannot end a token`,
    hint: insteadOf(client.connection, 'tokens revoke'),
  });
}

/** Asks to pause a token where the provider can resume it; null where it cannot. */
async function askToPause(client: Client, target: TokenTarget): Promise<Asked | null> {
  const { disable, enable } = client.connection.provider.tokens;
  if (!disable || !enable) return null;
  const answered = await tolerate(client, target, () => client.call(disable, target));
  return { verb: 'disable', answered };
}

/** A key has no end but its expiry. */
async function askToEndKey(client: Client, key: KeyTarget, now: number): Promise<ProjectKey | null> {
  const { keys } = client.connection.provider;
  return keys ? client.call(keys.expire, { ...key, expiresAt: toInstant(now) }) : null;
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
