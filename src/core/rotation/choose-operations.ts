import { usage } from '../../domain/errors.ts';
import type { OperationHeader, OperationSummary } from '../../ports/journal.ts';
import { isUnfinished } from '../../ports/journal.ts';

/** Which operations a person meant. `id` and `all` exclude each other. */
export interface OperationChoice {
  readonly id?: string | undefined;
  /** Every open one; those that need a person are left to one. */
  readonly all?: boolean;
  /** Only operations of this profile, where one was named. */
  readonly profile?: string | undefined;
  readonly provider?: string | undefined;
}

/**
 * The operations that shall be gone on with, as far as they are known: an id that is nobody's is left to the journal, which
 * says what became of it. Throws `usage` when several would do, or the one that was named is of another profile.
 */
export function chooseOperations(
  operations: readonly OperationSummary[],
  { id, all = false, ...where }: OperationChoice,
): readonly OperationSummary[] {
  if (all && id !== undefined) throw usage('"--all" and an id exclude each other', 'give one of them');
  const unfinished = operations.filter(isUnfinished);
  if (id !== undefined) {
    const named = unfinished.filter(({ header }) => header.id === id);
    for (const { header } of named) requireOf(header, where);
    return named;
  }
  const chosen = unfinished.filter(({ header }) => isOf(header, where));
  if (all) return chosen.filter(({ state }) => state === 'open');
  if (chosen.length > 1) {
    throw usage(
      `${chosen.length} operations are unfinished`,
      'name one, or add `--all`; see `keyturn rotations list`',
    );
  }
  return chosen;
}

type Where = Pick<OperationChoice, 'profile' | 'provider'>;

export function isOf(header: OperationHeader, { profile, provider }: Where): boolean {
  if (profile !== undefined && header.profile !== profile) return false;
  return provider === undefined || header.provider === provider;
}

/** Said where nothing was found: with a choice it tells nothing of the rest. */
export function nothingUnfinished({ profile, provider }: Where): string {
  if (profile !== undefined) return `nothing of the profile "${profile}" is unfinished`;
  return provider === undefined ? 'nothing is unfinished' : `nothing of ${provider} is unfinished`;
}

/** An operation resumes as it was started: another profile cannot be chosen for it. */
function requireOf(header: OperationHeader, where: Where): void {
  if (isOf(header, where)) return;
  const of = header.profile === null ? header.provider : `the profile "${header.profile}"`;
  throw usage(
    `that operation was started with ${of}`,
    'an operation resumes as it was started: leave out `--profile` and `--provider`',
  );
}
