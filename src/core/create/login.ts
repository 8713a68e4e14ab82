import type { Token } from '../../domain/token.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import type { Profile } from '../../ports/profiles.ts';
import type { TokenSpec } from '../../ports/provider.ts';
import type { LoginEntry } from '../login-entry.ts';
import { refuseInTheWay } from '../operation/conflicts.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { makeHeader, newOperationId, subjectOf } from '../operation/operation.ts';
import { plainCreate, readPlan } from '../operation/plan.ts';
import { isToken } from '../operation/records.ts';
import type { OperationResult } from '../operation/result.ts';
import { narrowItem } from '../operation/result.ts';
import { startOperation } from '../operation/start.ts';
import { idempotencyKey } from './token.ts';

export interface SessionLogin {
  readonly spec: TokenSpec;
  /** The profile to make; its credential names the store's entry for the new token. */
  readonly profile: Profile;
  readonly entry: LoginEntry;
}

/**
 * Issues one token with a session credential (`deps.client` acts as it) and keeps it as the profile's managing
 * credential. The session is used for this request and never stored; the profile is saved once its token is safe.
 */
export async function issueForLogin(
  deps: OperationDeps,
  login: SessionLogin,
): Promise<OperationResult<Token>> {
  const { profile } = login;
  const { connection } = deps.client;
  await refuseInTheWay(deps, { entry: login.entry.name, target: null });
  const id = newOperationId(deps);
  const checked = connection.provider.tokens.checkSpec(login.spec);
  const spec = { ...checked, idempotencyKey: idempotencyKey(deps, checked, id) };
  const plan = {
    ...plainCreate(connection),
    thing: 'token',
    spec,
    // A second login replaces the first one's secret in the store; the token itself is left to the person.
    entry: { ...login.entry, kind: 'managing' },
    scopes: spec.scopes.length > 0 ? spec.scopes : null,
    login: profile,
  } as const;
  const subject = subjectOf(connection, `login ${profile.name}`);
  const header = makeHeader(deps, { id, kind: 'login', subject, plan });
  const delivery = { saveAs: plan.entry.name, destinations: [], print: null };
  return narrowItem(await startOperation(deps, { header, plan, delivery }), isToken);
}

/** The profile that an unfinished login was to make; null for any other operation. */
export function loginProfile(header: OperationHeader): Profile | null {
  return readPlan(header.plan).login;
}
