import { AppError, isAppError } from '../domain/errors.ts';
import { parseReference } from '../domain/reference.ts';
import type { ListedToken, Token } from '../domain/token.ts';
import type { AuditAction, AuditLog } from '../ports/audit.ts';
import type { ApiCall, TokenTarget } from '../ports/provider.ts';
import { type Done, doneBut, errorOf, tryAudited } from './audited.ts';
import { requireSupport } from './capabilities.ts';
import { agrees, confirmChange, notDone, type Sight, unconfirmed } from './confirm-end.ts';
import { connectedAccount } from './connected-account.ts';
import { CannotBeSure } from './listing.ts';
import { guardOwn } from './operation/conflicts.ts';
import { ownershipOf } from './own-token.ts';
import { type Purpose, resolveToken } from './resolve-reference.ts';
import { listOnce, type ReferenceDeps, type TokenDeps } from './tokens.ts';

export type TokenVerb = 'revoke' | 'delete' | 'enable' | 'disable';

export interface ChangeDeps extends TokenDeps {
  readonly audit: AuditLog;
  /** Records in the store what was seen of a token, before anything else that can fail. Throws no `AppError`. */
  readonly onSeen?: (verb: TokenVerb, token: ListedToken) => Promise<void>;
}

/** One reference and what became of it. */
export interface ChangeResult {
  readonly reference: string;
  readonly token: ListedToken | null;
  readonly error: AppError | null;
  /** It may be the managing credential, whose id is not known: the person is asked. */
  readonly mayBeOwn?: boolean;
  /** What a person should know of a change that was made: it could not be looked up, or is not all that was asked for. */
  readonly note?: string;
  /** It was not tried, as what failed before it would fail again. */
  readonly skipped?: true;
  /** What was seen after the provider accepted the change; absent where it accepted none. `error` may be set as well. */
  readonly sight?: Sight;
}

/** Whether the provider accepted the change and nobody could look whether it took effect. */
export function isUnconfirmed({ sight }: ChangeResult): boolean {
  return sight?.seen === 'unknown';
}

const ACTIONS: Readonly<Record<TokenVerb, AuditAction>> = {
  revoke: 'revoke',
  delete: 'delete',
  enable: 'enable',
  disable: 'disable',
};

const PURPOSES: Readonly<Record<TokenVerb, Purpose>> = {
  revoke: 'use',
  disable: 'use',
  delete: 'delete',
  enable: 'revive',
};

/**
 * Finds every reference before anything is changed; what cannot be found or must not be touched is a result, not a stop.
 * `asks`: a person is asked afterwards, and may be asked about a token that may be the managing credential.
 */
export async function findTargets(
  deps: ReferenceDeps,
  verb: TokenVerb,
  references: readonly string[],
  allowSelf: boolean,
  asks = false,
): Promise<readonly ChangeResult[]> {
  requireSupport(deps.client.connection, `tokens ${verb}`);
  const listed = listOnce(deps).read;
  const tell = ownershipOf(deps);
  const results: ChangeResult[] = [];
  for (const reference of [...new Set(references)]) {
    try {
      const token = await resolveToken(deps, parseReference(reference), { listed, purpose: PURPOSES[verb] });
      const ownership = verb === 'enable' || allowSelf ? 'other' : await tell(token);
      const mayBeOwn = asks && ownership === 'maybe';
      if (!mayBeOwn) guardOwn(token, ownership, verb);
      results.push({ reference, token, error: null, ...(mayBeOwn && { mayBeOwn }) });
    } catch (error) {
      if (!isAppError(error)) throw error;
      // Nothing can be found while the provider does not answer: that is the whole command's failure.
      const isOfOne =
        ['not-found', 'conflict', 'usage'].includes(error.code) || error instanceof CannotBeSure;
      if (!isOfOne) throw error;
      results.push({ reference, token: null, error });
    }
  }
  return results;
}

/**
 * Acts on each token that was found, one after the other. A failure does not keep the others from being tried, unless
 * the provider rejects the credential itself.
 */
export async function changeTokens(
  deps: ChangeDeps,
  verb: TokenVerb,
  targets: readonly ChangeResult[],
): Promise<readonly ChangeResult[]> {
  requireSupport(deps.client.connection, `tokens ${verb}`);
  const results: ChangeResult[] = [];
  for (const target of targets) {
    if (target.token === null) {
      results.push(target);
      continue;
    }
    // Each further 401 may count towards a lock of the account.
    const dead = results.find(({ error }) => error?.code === 'auth' && error.facts.status === 401)?.error;
    if (dead) {
      results.push({ ...target, error: dead.with({ message: `not tried: ${dead.message}` }), skipped: true });
      continue;
    }
    results.push({ ...target, ...(await changeOne(deps, verb, target.token)) });
  }
  return results;
}

/** Acts on one token. Throws where that was not done; `error` is set where it was done and not recorded. */
export async function changeToken(
  deps: ChangeDeps,
  verb: TokenVerb,
  token: ListedToken,
): Promise<ChangeResult> {
  const change = await changeOne(deps, verb, token);
  if (change.error && !change.sight) throw change.error;
  return { reference: token.id, token, ...change };
}

type Change = Pick<ChangeResult, 'error' | 'note' | 'sight'>;

async function changeOne(deps: ChangeDeps, verb: TokenVerb, token: ListedToken): Promise<Change> {
  const { provider } = deps.client.connection;
  const target = { id: token.id, name: token.name };
  let done: Done<Sight>;
  try {
    done = await tryAudited(deps, {
      action: ACTIONS[verb],
      id: token.id,
      work: async () => {
        const sight = await changeAndLook(deps, verb, target);
        if (sight.seen !== 'unknown') await deps.onSeen?.(verb, token);
        return sight;
      },
      outcome: ({ seen }) => (seen === 'unknown' ? 'unknown' : 'ok'),
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { error };
  }
  const hasAlias = provider.facts.names === 'none' && verb === 'delete';
  const kept = hasAlias
    ? await errorOf(() =>
        deps.profiles.removeAlias({ ...connectedAccount(deps.client.connection), id: token.id }),
      )
    : null;
  const after = done.unlogged ?? kept;
  const note = noteOf(deps, verb, { target, sight: done.value });
  return {
    error: after === null ? null : doneBut(after),
    sight: done.value,
    ...(note === null ? {} : { note }),
  };
}

/** An answer of 2xx is not believed: one look at the token decides. */
async function changeAndLook(deps: ChangeDeps, verb: TokenVerb, target: TokenTarget): Promise<Sight> {
  const answered = await send(deps, verb, target);
  const wish = verb === 'enable' ? 'on' : 'off';
  const sight = await confirmChange(deps, target, { wish, answered });
  if (sight.seen !== 'unknown' && !agrees(sight, wish)) throw notDone(deps.client, verb, target, sight);
  return sight;
}

/** Sends the change, and returns the token where the answer shows it. */
async function send({ client }: ChangeDeps, verb: TokenVerb, target: TokenTarget): Promise<Token | null> {
  const { enable, disable } = client.connection.provider.tokens;
  const pausing = { enable, disable, revoke: undefined, delete: undefined }[verb];
  if (!pausing) {
    await client.call(operationOf({ client }, verb), target);
    return null;
  }
  const answered = await client.call(pausing, target);
  return answered?.id === target.id ? answered : null;
}

interface Changed {
  readonly target: TokenTarget;
  readonly sight: Sight;
}

function noteOf({ client }: ChangeDeps, verb: TokenVerb, { target, sight }: Changed): string | null {
  if (sight.seen === 'unknown') return unconfirmed(client, verb, target, sight);
  const isShort = (verb === 'revoke' || verb === 'delete') && sight.status === 'disabled';
  return isShort
    ? `"${target.name ?? target.id}" does not work any more, but is only disabled: it can be enabled again`
    : null;
}

/** The request that the verb would send, for `--dry-run`. */
export function describeChange(deps: TokenDeps, verb: TokenVerb, token: ListedToken): string {
  return deps.client.describe(operationOf(deps, verb), { id: token.id, name: token.name });
}

function operationOf(deps: Pick<TokenDeps, 'client'>, verb: TokenVerb): ApiCall<TokenTarget, unknown> {
  const { provider } = deps.client.connection;
  const { revoke, remove, enable, disable } = provider.tokens;
  const operation = { revoke, delete: remove, enable, disable }[verb];
  requireSupport(deps.client.connection, `tokens ${verb}`);
  if (!operation)
    throw new AppError({ code: 'unsupported', message: `${provider.title} cannot ${verb} tokens` });
  return operation;
}
