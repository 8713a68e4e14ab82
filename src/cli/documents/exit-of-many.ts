import type { AppError, ErrorCode } from '../../domain/errors.ts';

/** How a command over several things ends: the one error when all failed alike, `partial` when some did. */
export function exitOfMany(count: number, errors: readonly AppError[]): ErrorCode | undefined {
  const [first, ...others] = errors;
  if (!first) return undefined;
  const isAlike = others.every(({ code }) => code === first.code);
  // What is locked is being done by somebody else, however well the others went.
  return isAlike && (errors.length === count || first.code === 'locked') ? first.code : 'partial';
}
