import { isAppError } from '../../domain/errors.ts';
import type { AttemptHeader } from '../../ports/journal.ts';
import { readPlan } from './attempt-plan.ts';

/** An attempt in words: `rotate token "etl" (id 42)`. A plan that cannot be read says no more than the kind. */
export function aboutAttempt({ kind, plan: from }: Pick<AttemptHeader, 'kind' | 'plan'>): string {
  const name = nameOf(from);
  return name === null ? kind : `${kind} ${name}`;
}

function nameOf(from: AttemptHeader['plan']): string | null {
  try {
    const { alias, key, login, spec, target } = readPlan(from);
    const name = alias ?? target?.name ?? spec?.name ?? key?.name ?? login?.name ?? null;
    const id = target && `id ${target.id}`;
    if (name === null) return id;
    return id === null ? `"${name}"` : `"${name}" (${id})`;
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}
