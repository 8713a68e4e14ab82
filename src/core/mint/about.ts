import type { AttemptHeader } from '../../ports/journal.ts';
import { readPlanOrNull } from './attempt-plan.ts';

/** An attempt in words: `rotate token "etl" (id 42)`. A plan that cannot be read says no more than the kind. */
export function aboutAttempt({ kind, plan: from }: Pick<AttemptHeader, 'kind' | 'plan'>): string {
  const name = nameOf(from);
  return name === null ? kind : `${kind} ${name}`;
}

function nameOf(from: AttemptHeader['plan']): string | null {
  const plan = readPlanOrNull(from);
  if (!plan) return null;
  const { alias, key, login, spec, target } = plan;
  const name = alias ?? target?.name ?? spec?.name ?? key?.name ?? login?.name ?? null;
  const id = target && `id ${target.id}`;
  if (name === null) return id;
  return id === null ? `"${name}"` : `"${name}" (${id})`;
}
