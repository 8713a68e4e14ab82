import { usage } from '../domain/errors.ts';

/**
 * An absolute path with each value percent-encoded once, so that a value stays within its segment:
 * ``path`/ws/accounts/${domain}/credentials` ``. `@` stays literal (Devo's `child@parent`).
 * Throws a usage error for a value that would name another endpoint: empty, `.`, `..`, control characters.
 */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts
    .map((part, index) => part + (index < values.length ? segment(values[index] ?? '') : ''))
    .join('');
}

function segment(value: string): string {
  if (
    value === '' ||
    value === '.' ||
    value === '..' ||
    value.length > 512 ||
    /[\p{Cc}\p{Cs}]/u.test(value)
  ) {
    throw usage('that cannot be part of an address', 'give the id or the name as `list` shows it');
  }
  return encodeURIComponent(value).replaceAll('%40', '@');
}
