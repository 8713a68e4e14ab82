import { AppError } from './errors.ts';
import { safeText } from './text.ts';

/** `not-found`. The name is what a person typed: it is cut and made safe for a terminal. */
export function noCredential(name: string): AppError {
  return missing('credential', name, 'see `keyturn credentials list`');
}

/** `not-found`; see {@link noCredential}. */
export function noProfile(name: string): AppError {
  return missing('profile', name, 'see `keyturn profiles list`');
}

function missing(what: string, name: string, hint: string): AppError {
  return new AppError({ code: 'not-found', message: `no ${what} "${safeText(name, 128)}"`, hint });
}
