import type { Credential } from '../domain/credential.ts';
import { compareAccounts } from '../domain/same-settings.ts';
import type { OperationHeader } from '../ports/journal.ts';
import type { Profile } from '../ports/profiles.ts';
import { accountOf, readPlanOrNull } from './operation/plan.ts';

/** Who logs in with it. */
export function usersOf(credential: Credential, profiles: readonly Profile[]): readonly string[] {
  return profiles
    .filter(({ credential: used }) => used.kind === 'store' && used.name === credential.name)
    .map(({ name }) => name);
}

/**
 * Whether the operation puts its secret here, or replaces the token or key that this is the secret of, or may: where its
 * plan cannot be read.
 */
export function replaces(operation: OperationHeader, credential: Credential): boolean {
  if (compareAccounts(accountOf(operation), credential) === 'other') return false;
  const { name, versions } = credential;
  const plan = readPlanOrNull(operation.plan);
  if (plan?.entry?.name === name) return true;
  return plan === null || versions.some(({ id }) => plan.target !== null && id === plan.target.id);
}
