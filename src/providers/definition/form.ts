import { CHARACTER_SETS } from './character-sets.ts';
import type { FormDefinition } from './value-tables.ts';

const LONGEST = 65_536;

/** Whether the value has the form: its prefix, its length, and the characters after the prefix. */
export function hasForm(value: string, { starts, chars = 'visible', length = [] }: FormDefinition): boolean {
  const prefixes = starts === undefined ? [''] : typeof starts === 'string' ? [starts] : starts;
  const [least = 1, most = LONGEST] = length;
  if (value.length < least || value.length > most) return false;
  return prefixes.some(
    (prefix) => value.startsWith(prefix) && CHARACTER_SETS[chars].test(value.slice(prefix.length)),
  );
}

export function formsOf(
  forms: FormDefinition | readonly FormDefinition[] | undefined,
): readonly FormDefinition[] {
  if (forms === undefined) return [];
  return isList(forms) ? forms : [forms];
}

function isList(forms: FormDefinition | readonly FormDefinition[]): forms is readonly FormDefinition[] {
  return Array.isArray(forms);
}
