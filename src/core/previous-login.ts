import { AppError, isAppError } from '../domain/errors.ts';
import { compareAccounts } from '../domain/same-settings.ts';
import type { Secret } from '../domain/secret.ts';
import type { Profile } from '../ports/profiles.ts';
import type { CredentialStore } from '../ports/store.ts';
import { type ChangeDeps, type ChangeResult, changeToken } from './change-tokens.ts';
import { connectedAccount } from './connected-account.ts';
import { checkCredential } from './create-command.ts';
import { probe } from './inferred-lists.ts';
import { clientOf, type LoginDeps, type LoginTarget } from './login.ts';
import { findToken } from './tokens.ts';

/** The token that a profile has before somebody logs in to it again. */
export interface PreviousToken {
  /** Null where its id is not known. */
  readonly id: string | null;
  readonly secret: Secret;
}

/**
 * The token whose secret a new login replaces in the store; null where there is none, or where the vendor does not accept
 * it any more. A person's session (Bluebricks) is replaced as a matter of course.
 */
export async function findPrevious(
  deps: LoginDeps,
  target: LoginTarget,
  before: Profile | null,
): Promise<PreviousToken | null> {
  if (before?.credential.kind !== 'store' || deps.provider.facts.managerIsSession) return null;
  const store = await deps.store();
  const kept = await store.find(before.credential.name);
  const place = connectedAccount({ ...target, provider: deps.provider });
  if (!kept || compareAccounts(kept, place) === 'other') return null;
  const secret = await openOrNull(store, kept.name);
  if (!secret || (await isRefused(deps, target, secret))) return null;
  return { id: kept.current.id, secret };
}

/** Whether the previous token is another one than the one that the profile has now, as far as that is known. */
export async function isReplaced(
  store: Pick<CredentialStore, 'open'>,
  previous: PreviousToken,
  profile: Profile,
): Promise<boolean> {
  if (previous.id !== null && previous.id === profile.tokenId) return false;
  if (profile.credential.kind !== 'store') return true;
  return !(await store.open(profile.credential.name)).equals(previous.secret);
}

/** Ends the previous token with the new one. A token whose id may be the new one's is not touched (`conflict`). */
export async function endPrevious(
  deps: ChangeDeps,
  previous: PreviousToken,
  profile: Profile,
): Promise<ChangeResult> {
  if (previous.id === null || profile.tokenId === null) {
    throw new AppError({
      code: 'conflict',
      message: 'the ids of both tokens must be known, so that the right one is ended',
      hint: 'log in with "--token-id ID"',
    });
  }
  const { id } = previous;
  const token = await findToken(deps, { by: 'id', value: id });
  return changeToken(deps, 'revoke', token);
}

/** Null for a secret that does not open any more: to log in again is the way out of that. */
async function openOrNull(store: Pick<CredentialStore, 'open'>, name: string): Promise<Secret | null> {
  try {
    return await store.open(name);
  } catch (error) {
    if (isAppError(error, 'conflict')) return null;
    throw error;
  }
}

async function isRefused(deps: LoginDeps, target: LoginTarget, secret: Secret): Promise<boolean> {
  try {
    checkCredential({ ...target, provider: deps.provider }, secret, deps.clock.now());
    await probe(clientOf(deps, target, secret));
    return false;
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'interrupted' || error.code === 'terminated') throw error;
    return error.code === 'auth' && (error.facts.status === undefined || error.facts.status === 401);
  }
}
