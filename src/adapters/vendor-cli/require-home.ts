import { isAbsolute } from 'node:path';
import { usage } from '../../domain/errors.ts';

/** A relative home is the current folder, and whoever made that folder would choose the credential. */
export function requireHome(home: string): string {
  if (isAbsolute(home)) return home;
  throw usage(
    'the home folder is not known: "HOME" is not an absolute path, or unset for a user without one',
    'set "HOME" to your home folder',
  );
}
