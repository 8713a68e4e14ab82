import { type AppError, usage } from '../domain/errors.ts';
import type { Setting } from '../ports/provider.ts';
import type { Settings } from '../ports/request.ts';

/** A setting that the request cannot do without. */
export function need(settings: Settings, setting: Setting): string {
  const value = find(settings, setting.name);
  if (value !== null) return value;
  throw needed(setting);
}

export function needed({ name, placeholder }: Setting): AppError {
  const variable = `KEYTURN_${name.toUpperCase().replaceAll('-', '_')}`;
  return usage(`the setting "${name}" is missing`, `give \`--${name} ${placeholder}\` or set ${variable}`);
}

export function find(settings: Settings, name: string): string | null {
  const value = Object.hasOwn(settings, name) ? settings[name] : undefined;
  return value === undefined || value === '' ? null : value;
}

/** A check by pattern; the message never repeats a value that may be a secret in the wrong place. */
export function matches(pattern: RegExp, what: string, hint: string): (value: string) => string {
  return (value) => {
    const trimmed = value.trim();
    if (pattern.test(trimmed)) return trimmed;
    throw usage(`that is not ${what}`, hint);
  };
}
