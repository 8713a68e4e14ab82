import { closestNames } from './closest.ts';
import { AppError } from './errors.ts';
import { safeText } from './text.ts';

/** `not-found`. The name is what a person typed: it is cut and made safe for a terminal. */
export function noCredential(name: string, known: readonly string[] = []): AppError {
  return missing('credential', name, didYouMean(name, known, 'see `keyturn credentials list`'));
}

/** `not-found`; see {@link noCredential}. */
export function noProfile(name: string): AppError {
  return missing('profile', name, 'see `keyturn profiles list`');
}

/** The hint of a name that fits nothing: the closest names, and where all are. */
export function didYouMean(typed: string, known: Iterable<string>, all: string): string {
  const names = closestNames(typed, known).map((name) => `"${safeText(name, 80)}"`);
  return names.length === 0 ? all : `did you mean ${names.join(', ')}? ${all}`;
}

function missing(what: string, name: string, hint: string): AppError {
  return new AppError({ code: 'not-found', message: `no ${what} "${safeText(name, 128)}"`, hint });
}
