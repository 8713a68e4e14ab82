import type { AppError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { ListedToken } from '../../domain/token.ts';
import type { Destination } from '../../ports/destination.ts';
import type { OperationSummary } from '../../ports/journal.ts';
import { readPlanOrNull } from '../operation/plan.ts';

/** What is to be done about one token of a policy. */
export type Decision =
  | { readonly action: 'nothing'; readonly live: ListedToken }
  | {
      readonly action: 'create';
      readonly why: string;
      /** Whether the store's entry holds a secret that has ended, and may go. */
      readonly replaces: boolean;
      /** Every token that carries the name; none of them works. */
      readonly sameNamed: readonly ListedToken[];
    }
  | {
      readonly action: 'rotate';
      readonly why: string;
      readonly live: ListedToken;
      /** It is a credential that keyturn is using, and somebody allowed that. */
      readonly replacesOwn?: boolean;
    }
  | { readonly action: 'resume'; readonly why: string; readonly operation: OperationSummary }
  /** The replaced token works on until then. */
  | { readonly action: 'wait'; readonly operation: OperationSummary; readonly dueAt: Instant }
  /** Destinations that do not hold the current secret. */
  | {
      readonly action: 'deliver';
      readonly why: string;
      readonly entry: string;
      readonly id: string | null;
      /** The token as the provider lists it, where it was looked up. */
      readonly live: ListedToken | null;
      readonly destinations: readonly Destination[];
      /** As for `wait`, where that is the case besides. */
      readonly dueAt: Instant | null;
    }
  /** Not to be decided by a machine, or not possible now. */
  | { readonly action: 'blocked'; readonly error: AppError };

export type PolicyAction = Decision['action'];

/** Whether `apply` would change something. */
export function isChange({ action }: Decision): boolean {
  return action === 'create' || action === 'rotate' || action === 'resume' || action === 'deliver';
}

/** Whether the managing credential ends with it: what else is done needs that one, and comes before. */
export function replacesOwn(decision: Decision): boolean {
  if (decision.action === 'resume') return readPlanOrNull(decision.operation.header.plan)?.self === true;
  return decision.action === 'rotate' && decision.replacesOwn === true;
}

/** Whether a token ends, now or after its grace. */
export function endsSomething(decision: Decision): boolean {
  if (decision.action === 'resume') return decision.operation.header.kind === 'rotate token';
  return decision.action === 'rotate';
}
