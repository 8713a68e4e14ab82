import { isAbsolute, resolve } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Services } from './services.ts';

/** Names of our own standard input. By name a socket could not be opened, and what is there is read only once. */
const STDIN = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

export function isStdin(path: string): boolean {
  return STDIN.includes(path);
}

/** What a person named to be read: a file, a link to one, a pipe, or standard input. Null when there is no such file. */
export async function readNamedInput(
  runtime: Runtime,
  path: string,
  limit: number,
): Promise<Uint8Array | null> {
  if (isStdin(path)) return runtime.stdin.read(limit);
  const { readInput } = await import('../../adapters/disk/read-input.ts');
  return readInput(absolutePath(runtime, path), limit, runtime.stop);
}

/** A path as the person wrote it. The working folder is asked for only when it is needed: it may be gone. */
export function absolutePath(runtime: Runtime, path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(runtime.cwd, path);
}

/** keyturn's own folders, into which nothing is written because a person, a policy or an operation names a file there. */
export async function findOwnFolders(local: Pick<Services, 'paths'>): Promise<readonly string[]> {
  try {
    const { configDir, state } = await local.paths();
    return [configDir, state];
  } catch (error) {
    // Without a home folder there are none.
    if (isAppError(error)) return [];
    throw error;
  }
}
