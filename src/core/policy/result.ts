import { AppError } from '../../domain/errors.ts';
import type { Instant } from '../../domain/time.ts';
import type { MintResult } from '../mint/result.ts';
import type { PolicyTarget } from './target.ts';

/** What became of one token of a policy. */
export interface PolicyResult {
  readonly target: PolicyTarget;
  readonly outcome: 'nothing' | 'created' | 'rotated' | 'resumed' | 'delivered' | 'waiting' | 'failed';
  /** The provider's id of the token that is in force. */
  readonly id: string | null;
  readonly attempt: string | null;
  /** When the replaced one's grace ends; a later `apply` retires it then. */
  readonly dueAt: Instant | null;
  readonly error: AppError | null;
}

export function resultOf(target: PolicyTarget, more: Partial<PolicyResult>): PolicyResult {
  return { target, outcome: 'nothing', id: null, attempt: null, dueAt: null, error: null, ...more };
}

export function failed(target: PolicyTarget, error: AppError): PolicyResult {
  return resultOf(target, { outcome: 'failed', error });
}

/** An attempt that did not come to its end, nor to its grace. */
export function isFailure(result: MintResult<unknown>): boolean {
  return result.kind !== 'done' && (result.kind !== 'pending' || result.error !== null);
}

export function minted(
  target: PolicyTarget,
  outcome: PolicyResult['outcome'],
  result: MintResult,
): PolicyResult {
  const facts = { id: result.item?.id ?? null, attempt: result.attempt, dueAt: result.dueAt };
  if (!isFailure(result)) return resultOf(target, { ...facts, outcome });
  const orphan = result.orphanId === null ? '' : `; id ${result.orphanId} lives at the provider`;
  const error = new AppError({
    ...result.error?.facts,
    code: result.exit === 'ok' ? 'failure' : result.exit,
    message: `${result.error?.facts.message ?? 'it could not be finished'}${orphan}`,
    hint:
      result.manual ??
      (result.kind === 'pending' ? 'apply again: it goes on where it stopped' : result.error?.facts.hint),
  });
  return resultOf(target, { ...facts, outcome: 'failed', error });
}
