import { isAppError } from '../domain/errors.ts';
import type { Local } from './local.ts';

/** keyturn's own folders, into which nothing is written because a person, a policy or an operation names a file there. */
export async function findOwnFolders(local: Pick<Local, 'paths'>): Promise<readonly string[]> {
  try {
    const { configDir, state } = await local.paths();
    return [configDir, state];
  } catch (error) {
    // Without a home folder there are none.
    if (isAppError(error)) return [];
    throw error;
  }
}
