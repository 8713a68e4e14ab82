import { AppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';

/** A vendor CLI's session that was not found: says where it was looked for and how to get one. */
export function notLoggedIn(vendor: string, looked: readonly string[], hint: string): AppError {
  const places = looked.map((path) => `"${safeText(path, 300)}"`).join(', ');
  return new AppError({
    code: 'auth',
    message: `no ${vendor} session was found; looked at ${places}`,
    hint,
  });
}
