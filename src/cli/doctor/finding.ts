import { isAppError } from '../../domain/errors.ts';

/** `ok`, `warning` (works, but look at it), `wrong` (does not work). */
export interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'warning' | 'wrong';
  readonly what: string;
  /** How to mend it, as a command where there is one. */
  readonly mend: string | null;
}

export function ok(check: string, what: string): Finding {
  return { check, result: 'ok', what, mend: null };
}

export function warning(check: string, what: string, mend: string | null): Finding {
  return { check, result: 'warning', what, mend };
}

export function wrong(check: string, what: string, mend: string | null): Finding {
  return { check, result: 'wrong', what, mend };
}

/** A check that could not be made is a finding like any other. */
export async function runCheck(
  check: string,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [wrong(check, error.facts.message, error.facts.hint ?? null)];
  }
}

/** `1 profile`, `2 profiles` */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
