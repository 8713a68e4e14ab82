import type { AppError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import { idOf } from '../operation/records.ts';
import { failureOf, isFailure, type OperationResult } from '../operation/result.ts';
import type { PolicyTarget } from './target.ts';

/** What became of one token of a policy. */
export interface PolicyResult {
  readonly target: PolicyTarget;
  readonly outcome: 'nothing' | 'created' | 'rotated' | 'resumed' | 'delivered' | 'waiting' | 'failed';
  /** The provider's id of the token that is in force. */
  readonly id: string | null;
  readonly operation: string | null;
  /** When the replaced one's grace ends; a later `apply` retires it then. */
  readonly dueAt: Instant | null;
  readonly error: AppError | null;
}

export function resultOf(target: PolicyTarget, more: Partial<PolicyResult>): PolicyResult {
  return { target, outcome: 'nothing', id: null, operation: null, dueAt: null, error: null, ...more };
}

export function failed(target: PolicyTarget, error: AppError): PolicyResult {
  return resultOf(target, { outcome: 'failed', error });
}

export function issued(
  target: PolicyTarget,
  outcome: PolicyResult['outcome'],
  result: OperationResult,
): PolicyResult {
  const facts = { id: result.item && idOf(result.item), operation: result.operation, dueAt: result.dueAt };
  if (!isFailure(result)) return resultOf(target, { ...facts, outcome });
  const error = failureOf(result, 'apply again: it goes on where it stopped');
  return resultOf(target, { ...facts, outcome: 'failed', error });
}
