import type { Token } from '../../domain/token.ts';
import type { AttemptHeader } from '../../ports/journal.ts';
import type { Profile } from '../../ports/profiles.ts';
import type { TokenSpec } from '../../ports/provider.ts';
import type { LoginEntry } from '../login-entry.ts';
import { makeHeader, newAttemptId, subjectOf } from './attempt.ts';
import { readPlan } from './attempt-plan.ts';
import { createSteps } from './create-steps.ts';
import { idempotencyKey } from './create-token.ts';
import type { MintDeps } from './deps.ts';
import { refuseInTheWay } from './in-the-way.ts';
import { isToken } from './item.ts';
import { plainCreate } from './plain-create.ts';
import type { MintResult } from './result.ts';
import { narrowItem } from './result.ts';
import { startAttempt } from './start.ts';

export interface SessionLogin {
  readonly spec: TokenSpec;
  /** The profile to make; its credential names the store's entry for the new token. */
  readonly profile: Profile;
  readonly entry: LoginEntry;
}

/**
 * Mints one token with a session credential (`deps.client` acts as it) and keeps it as the profile's managing
 * credential. The session is used for this request and never stored; the profile is saved once its token is safe.
 */
export async function mintForLogin(deps: MintDeps, login: SessionLogin): Promise<MintResult<Token>> {
  const { profile } = login;
  const { connection } = deps.client;
  await refuseInTheWay(deps, { entry: login.entry.name, target: null });
  const id = newAttemptId(deps);
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
  const delivery = { saveAs: plan.entry.name, sinks: [], print: null };
  return narrowItem(await startAttempt(deps, { header, plan, delivery }, createSteps), isToken);
}

/** The profile that an unfinished login was to make; null for any other attempt. */
export function loginProfile(header: AttemptHeader): Profile | null {
  return readPlan(header.plan).login;
}
