import { AppError, isAppError } from '../../domain/errors.ts';
import type { Locks } from '../../ports/lock.ts';
import { carryOutCreate, carryOutResume, carryOutRotate } from './carry-out.ts';
import type { Decision } from './decision.ts';
import { endsSomething, isChange, replacesOwn } from './decision.ts';
import { deliverAgain } from './drift.ts';
import { createListings, type Listings } from './facts.ts';
import { type Allowed, NOTHING_ALLOWED } from './guard-managing.ts';
import { decideFor, type PlannedToken } from './plan-policy.ts';
import { failed, issued, type PolicyResult, resultOf } from './result.ts';
import type { PolicyTarget } from './target.ts';

export interface ApplyDeps {
  readonly locks: Locks;
  /** Whether somebody agreed that tokens end. */
  readonly mayEnd: boolean;
  readonly allowed?: Allowed;
  /** One line for a person when something was done. */
  progress(line: string): void;
}

/** After a resumed operation the token may be due again; more rounds would mean that it always is. */
const MOST_RESUMES = 3;

/**
 * Does what was planned: what is unfinished first, each token by itself, a result for each. May be stopped anywhere and
 * run again, or twice at once: each change is decided anew under a lock of its token, so what another run has done
 * meanwhile is found done, and what it is doing is reported as `locked`.
 */
export async function applyPolicy(
  deps: ApplyDeps,
  planned: readonly PlannedToken[],
): Promise<readonly PolicyResult[]> {
  const results = new Map<PlannedToken, PolicyResult>();
  for (const each of inOrder(planned)) {
    const result = await applyOne(deps, each);
    results.set(each, result);
    tell(deps, result);
  }
  return planned.flatMap((each) => results.get(each) ?? []);
}

/** What is unfinished first; last what ends the managing credential, which all the others need. */
function inOrder(planned: readonly PlannedToken[]): readonly PlannedToken[] {
  const rank = ({ decision }: PlannedToken) =>
    replacesOwn(decision) ? 2 : decision.action === 'resume' ? 0 : 1;
  return [...planned].sort((a, b) => rank(a) - rank(b));
}

async function applyOne(deps: ApplyDeps, { target, decision }: PlannedToken): Promise<PolicyResult> {
  if (!isChange(decision)) return standing(target, decision);
  try {
    return await deps.locks.hold(lockName(target), 0, () => settle(deps, target));
  } catch (error) {
    if (!isAppError(error)) throw error;
    return failed(target, error);
  }
}

async function settle(
  { allowed = NOTHING_ALLOWED, mayEnd }: ApplyDeps,
  target: PolicyTarget,
): Promise<PolicyResult> {
  let before: PolicyResult | null = null;
  for (let round = 0; round <= MOST_RESUMES; round += 1) {
    const listings = createListings();
    const decision = await decideFor(target, listings, allowed);
    if (!isChange(decision)) return before ?? standing(target, decision);
    if (endsSomething(decision) && !mayEnd) return failed(target, becameDue());
    if (decision.action !== 'resume') return carryOut(target, decision, { allowed, listings });
    const result = await carryOutResume(target, decision);
    // Taken back, as a person had begun to: the token is looked at afresh.
    if (result.kind === 'aborted' && result.error === null) continue;
    before = issued(target, 'resumed', result);
    if (result.kind !== 'done') return before;
  }
  return before ?? resultOf(target, {});
}

async function carryOut(
  target: PolicyTarget,
  decision: Exclude<Decision, { action: 'resume' }>,
  { allowed, listings }: { readonly allowed: Allowed; readonly listings: Listings },
): Promise<PolicyResult> {
  switch (decision.action) {
    case 'create':
      return issued(target, 'created', await carryOutCreate(target, decision));
    case 'rotate':
      return issued(
        target,
        'rotated',
        await carryOutRotate(target, decision, { allowSelf: allowed.self, listings }),
      );
    case 'deliver':
      await deliverAgain(await target.connect(), decision);
      return resultOf(target, { outcome: 'delivered', id: decision.id, dueAt: decision.dueAt });
    default:
      return standing(target, decision);
  }
}

/** The plan that was agreed to had nothing that ends. */
function becameDue(): AppError {
  return new AppError({
    code: 'conflict',
    message: 'it became due while this ran, and nobody agreed to end the old token',
    hint: 'apply again, with `--yes` where nobody can be asked',
  });
}

/** The result of what needs no change. */
function standing(target: PolicyTarget, decision: Decision): PolicyResult {
  switch (decision.action) {
    case 'blocked':
      return failed(target, decision.error);
    case 'wait':
      return resultOf(target, {
        outcome: 'waiting',
        operation: decision.operation.header.id,
        dueAt: decision.dueAt,
      });
    default:
      return resultOf(target, { id: decision.action === 'nothing' ? decision.live.id : null });
  }
}

/** What two runs may not work on at once: the entry, wherever its token lives, or else the name at its provider. */
function lockName({ token, provider }: PolicyTarget): string {
  return token.save === null
    ? `policy token ${provider.id} ${token.name}`
    : `policy credential ${token.save}`;
}

function tell({ progress }: ApplyDeps, { target, id, outcome, error }: PolicyResult): void {
  if (outcome === 'nothing' || outcome === 'waiting') return;
  const shown = id === null ? `"${target.token.name}"` : `"${target.token.name}" (id ${id})`;
  progress(`${shown}: ${error === null ? outcome : error.code}`);
}
