import { AppError, isAppError } from '../domain/errors.ts';
import { type ProjectKey, statusAt, type Token, type TokenStatus } from '../domain/token.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyTarget, TokenTarget } from '../ports/provider.ts';
import type { Client } from './client.ts';
import { CannotBeSure, type WholeOrNot } from './listing.ts';
import { readToken } from './one-token.ts';
import { whereOf } from './where.ts';

export interface LookDeps {
  readonly client: Client;
  readonly clock: Clock;
}

/** The token or key to look at. Only a key has a project. */
export type LookTarget = TokenTarget | KeyTarget;

/** What one look showed. `off`: it is there and can be enabled again. `gone`: not there, revoked or expired. */
export type Seen = 'on' | 'off' | 'gone' | 'unknown';

export interface Sight {
  readonly seen: Seen;
  /** The provider's status of it; null where it is not there, or could not be looked up. */
  readonly status: TokenStatus | null;
  /** Why it could not be looked up; null for anything but `unknown`. */
  readonly error: AppError | null;
  readonly item: Token | ProjectKey | null;
}

/** One look at a token or key. Never throws an `AppError`: what cannot be looked up is `unknown`. */
export async function lookAt(deps: LookDeps, target: LookTarget): Promise<Sight> {
  try {
    return sightOf(await find(deps.client, target), deps.clock.now());
  } catch (error) {
    if (!isAppError(error)) throw error;
    // A credential that ended itself is refused from then on: that is the confirmation.
    if (isAppError(error, 'auth') && isOwn(deps.client, target)) return { ...ABSENT, seen: 'off' };
    return unknown(error);
  }
}

/** The same from a whole list that was just read. */
export function sightIn(listed: readonly Token[], id: string, now: number): Sight {
  return sightOf(listed.find((token) => token.id === id) ?? null, now);
}

/**
 * Looks whether a change took effect: an answer of 2xx alone proves nothing. A look that contradicts the wish is repeated
 * once after the provider's settle time. `answered` is the token as the answer to the change told it: it counts where
 * the token cannot be looked up.
 */
export async function confirmChange(
  deps: LookDeps,
  target: LookTarget,
  { wish, answered }: { readonly wish: 'on' | 'off'; readonly answered: Token | ProjectKey | null },
): Promise<Sight> {
  return confirmWith(deps, target, { answered, agrees: (sight) => agrees(sight, wish) });
}

export interface Expectation {
  readonly answered: Token | ProjectKey | null;
  agrees(sight: Sight): boolean;
}

export async function confirmWith(
  deps: LookDeps,
  target: LookTarget,
  { answered, agrees }: Expectation,
): Promise<Sight> {
  const first = await lookAt(deps, target);
  if (first.seen === 'unknown') return answered ? sightOf(answered, deps.clock.now()) : first;
  if (agrees(first)) return first;
  await deps.clock.sleep(deps.client.connection.provider.facts.settleMs);
  const second = await lookAt(deps, target);
  return second.seen === 'unknown' ? first : second;
}

export function agrees({ seen }: Sight, wish: 'on' | 'off'): boolean {
  return wish === 'on' ? seen === 'on' : seen === 'off' || seen === 'gone';
}

/** The provider said yes to a change and did not make it. */
export function notDone(client: Client, verb: string, target: LookTarget, { status }: Sight): AppError {
  const is = status === null ? 'not there' : `still ${status}`;
  return contradicted(client, { id: target.id, request: `${verb} ${nameOf(target)}`, is });
}

export interface Contradiction {
  readonly id: string;
  /** What was asked for: `revoke "ci" (id 7)`. */
  readonly request: string;
  /** What a look showed: `still active`. */
  readonly is: string;
}

/** A look contradicts the success that a change was answered with. */
export function contradicted({ connection }: Client, { id, request, is }: Contradiction): AppError {
  const { provider } = connection;
  return new AppError({
    code: 'failure',
    message: `${provider.title} accepted the request to ${request}, but it is ${is}`,
    hint: `try again in a minute; if it stays so, look at ${provider.credential.page}`,
    provider: provider.id,
    id,
  });
}

/** Told where nothing but the answer speaks for a change. */
export function unconfirmed(client: Client, verb: string, target: LookTarget, { error }: Sight): string {
  return `the request to ${verb} ${nameOf(target)} at ${whereOf(client.connection)}, was accepted; whether it took effect could not be looked up (${error?.message ?? 'no answer'})`;
}

/** `"ci" (id 7)` */
export function nameOf(target: LookTarget): string {
  const name = 'name' in target ? target.name : null;
  return name === null || name === target.id ? `"${target.id}"` : `"${name}" (id ${target.id})`;
}

async function find(client: Client, target: LookTarget): Promise<Token | ProjectKey | null | 'no list'> {
  const { tokens, keys } = client.connection.provider;
  if ('project' in target) {
    return keys ? foundIn(await client.all(keys.list, { project: target.project }), target.id) : 'no list';
  }
  if (!tokens.get && !tokens.list) return 'no list';
  return readToken(client, target);
}

/** A list that is not whole proves no absence. */
function foundIn<T extends Token | ProjectKey>({ items, why }: WholeOrNot<T>, id: string): T | null {
  const found = items.find((item) => item.id === id) ?? null;
  if (found === null && why !== null) throw new CannotBeSure(`no "${id}"`, why);
  return found;
}

function isOwn({ connection }: Client, target: LookTarget): boolean {
  const { claims, tokenId } = connection;
  if ('project' in target) return false;
  return tokenId === null ? (claims?.includes(target.id) ?? false) : tokenId === target.id;
}

function sightOf(item: Token | ProjectKey | null | 'no list', now: number): Sight {
  if (item === 'no list') return unknown(NO_LIST);
  if (item === null) return ABSENT;
  const status = statusAt(item.status, item.expiresAt, now);
  const seen = status === 'active' ? 'on' : status === 'disabled' ? 'off' : 'gone';
  return { seen, status, error: null, item };
}

function unknown(error: AppError): Sight {
  return { seen: 'unknown', status: null, error, item: null };
}

const NO_LIST = new AppError({ code: 'unsupported', message: 'the provider shows no such thing' });
const ABSENT: Sight = { seen: 'gone', status: null, error: null, item: null };
