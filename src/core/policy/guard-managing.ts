import { AppError } from '../../domain/errors.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { OperationDeps } from '../operation/deps.ts';
import { readPlanOrNull } from '../operation/plan.ts';
import { type Ownership, ownershipOf } from '../own-token.ts';
import type { Decision } from './decision.ts';
import type { PolicyFacts } from './facts.ts';

/** What somebody allowed a policy to do with managing credentials; nothing unless it was said. */
export interface Allowed {
  /** `--allow-self`: replace and end one, as the verbs `tokens rotate`, `revoke` and `disable` may. */
  readonly self: boolean;
  /** `--allow-managing`: deliver the secret of one. */
  readonly managing: boolean;
}

export const NOTHING_ALLOWED: Allowed = { self: false, managing: false };

interface Guarded {
  readonly deps: OperationDeps;
  readonly facts: PolicyFacts;
  /** Every token that is listed. */
  readonly listed: readonly ListedToken[];
}

/**
 * The same decision, where it leaves managing credentials alone or somebody allowed it. Throws `conflict` where it would end or
 * replace what is, or may be, the credential that keyturn is using, or what another profile uses, or deliver its secret.
 */
export async function guardManaging(
  decision: Decision,
  guarded: Guarded,
  allowed: Allowed,
): Promise<Decision> {
  const { facts } = guarded;
  switch (decision.action) {
    case 'rotate':
      return guardRotate(decision, guarded, allowed);
    case 'create':
      if (!decision.replaces || !isManagingEntry(guarded) || allowed.self) return decision;
      throw needsAllowSelf('own', decision.why, 'replace', facts.entry?.current.id ?? null);
    case 'resume':
      return guardResume(decision, guarded, allowed);
    case 'deliver':
      if (allowed.managing || !(await isManagingSecret(guarded, decision.entry))) return decision;
      throw new AppError({
        code: 'conflict',
        message: `${decision.why}, but "${decision.entry}" is a managing credential: keyturn itself uses it`,
        hint: 'let the policy deliver a token made for the job, or add "--allow-managing" to hand it out anyway',
        id: decision.id ?? undefined,
      });
    default:
      return decision;
  }
}

async function guardRotate(
  decision: Extract<Decision, { action: 'rotate' }>,
  guarded: Guarded,
  allowed: Allowed,
): Promise<Decision> {
  const { deps, facts } = guarded;
  const { credentialName } = deps.client.connection;
  const isOurEntry = facts.entry !== null && facts.entry.name === credentialName;
  const own = isOurEntry ? 'own' : await ownership(deps, decision.live);
  const told = own === 'other' && isManagingEntry(guarded) ? 'own' : own;
  if (told === 'other') return decision;
  if (!allowed.self) throw needsAllowSelf(told, decision.why, 'rotate', decision.live.id);
  return { ...decision, why: `${decision.why}; ${isWhat(told)}`, replacesOwn: own === 'own' };
}

/**
 * What was begun with `--allow-self` is finished; else the old token may have become the managing credential meanwhile. One whose
 * secret was in the store before its successor's is known by that secret not to be it.
 */
async function guardResume(
  decision: Extract<Decision, { action: 'resume' }>,
  { deps, listed }: Guarded,
  allowed: Allowed,
): Promise<Decision> {
  const plan = readPlanOrNull(decision.operation.header.plan);
  if (allowed.self || plan === null || plan.self) return decision;
  const old = listed.find(({ id }) => id === plan.target?.id);
  const own = old ? await ownership(deps, old) : 'other';
  const wasKept = plan.entry !== null && plan.entry.from !== null;
  if (own === 'other' || (own === 'maybe' && wasKept)) return decision;
  throw needsAllowSelf(own, decision.why, 'end', plan.target?.id ?? null);
}

function ownership(deps: OperationDeps, token: ListedToken): Promise<Ownership> {
  return ownershipOf({ client: deps.client, openStore: async () => deps.store })(token);
}

/** Another profile's managing credential is as much keyturn's own as this one's. */
function isManagingEntry({ deps, facts: { entry } }: Guarded): boolean {
  if (entry === null) return false;
  return entry.kind === 'managing' || entry.name === deps.client.connection.credentialName;
}

async function isManagingSecret(guarded: Guarded, entry: string): Promise<boolean> {
  if (isManagingEntry(guarded)) return true;
  const { client, store } = guarded.deps;
  return (await store.open(entry)).equals(client.connection.secret);
}

function isWhat(own: Exclude<Ownership, 'other'>): string {
  return own === 'own'
    ? 'it is a credential that keyturn is using'
    : 'it may be the credential that keyturn is using';
}

function needsAllowSelf(
  own: Exclude<Ownership, 'other'>,
  why: string,
  verb: 'rotate' | 'replace' | 'end',
  id: string | null,
): AppError {
  const learn = own === 'own' ? '' : ', or log in again with "--token-id ID"';
  return new AppError({
    code: 'conflict',
    message: `${why}, but ${isWhat(own)}`,
    hint: `add "--allow-self" to ${verb} it anyway${learn}`,
    id: id ?? undefined,
  });
}
