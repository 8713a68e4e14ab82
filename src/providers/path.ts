import { type AppError, usage } from '../domain/errors.ts';

/**
 * An absolute path with each value percent-encoded once, so that a value stays within its segment:
 * ``path`/ws/accounts/${domain}/credentials` ``. `@` stays literal (Devo's `child@parent`).
 * Throws a usage error, which says why, for a value that would name another endpoint: empty, `..`, `*`, control characters.
 */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts
    .map((part, index) => part + (index < values.length ? segment(values[index] ?? '') : ''))
    .join('');
}

function segment(value: string): string {
  const reason = unaddressable(value);
  if (reason !== null) throw notAddressable(reason);
  return encodeURIComponent(value).replaceAll('%40', '@');
}

export function notAddressable(reason: string): AppError {
  return usage(
    `nothing was sent: ${reason} cannot be part of an address`,
    'give the id or the name as `list` shows it; what cannot be addressed can only be changed on the provider’s own pages',
  );
}

/** Why a value would name another endpoint, or several things: some servers read `*` as "all". */
function unaddressable(value: string): string | null {
  if (value === '') return 'an empty id or name';
  if (value === '*') return 'the id or name "*"';
  if (value === '.' || value === '..') return `the id or name "${value}"`;
  if (value.length > 512) return 'an id or name of more than 512 characters';
  return /[\p{Cc}\p{Cs}]/u.test(value) ? 'an id or name with control characters' : null;
}
