import { isAppError } from '../../../domain/errors.ts';
import type { Finding } from '../../documents/doctor.ts';

export function ok(check: string, message: string): Finding {
  return { check, result: 'ok', message, fix: null };
}

export function warning(check: string, message: string, fix: string | null): Finding {
  return { check, result: 'warning', message, fix };
}

export function wrong(check: string, message: string, fix: string | null): Finding {
  return { check, result: 'wrong', message, fix };
}

/** A check that fails to run is reported as wrong. */
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
