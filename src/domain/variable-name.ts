import { usage } from './errors.ts';
import { changesPrograms } from './loader-variables.ts';

/**
 * A name for an environment variable that is to hold a secret: letters, digits and `_`, not starting with a digit,
 * and none that changes how programs are loaded (CWE-427, CWE-454).
 */
export function checkVariableName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)) {
    throw usage(
      'that is not a name for a variable',
      'use letters, digits and "_", not starting with a digit',
    );
  }
  if (changesPrograms(name)) {
    throw usage(`"${name}" changes how programs run and cannot hold a secret`, 'choose another variable');
  }
  return name;
}

/** The environment for another program: everything but what is keyturn's own (`KEYTURN_*`). */
export function withoutOwnVariables(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !/^KEYTURN_/i.test(name)) kept[name] = value;
  }
  return kept;
}
