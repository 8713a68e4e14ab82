import { isAbsolute, resolve } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Services } from './services.ts';

/** Names of standard input. It may be a socket, which cannot be opened by name, and it can be read only once. */
const STDIN = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

export function isStdin(path: string): boolean {
  return STDIN.includes(path);
}

/** The bytes of a file, a link to one, a pipe, or standard input. Null when there is no such file. */
export async function readNamedInput(
  runtime: Runtime,
  path: string,
  limit: number,
): Promise<Uint8Array | null> {
  if (isStdin(path)) return runtime.stdin.read(limit);
  const { readInput } = await import('../../adapters/disk/read-input.ts');
  return readInput(absolutePath(runtime, path), limit, runtime.stop);
}

/** An absolute path. The working folder is read only for a relative path: it may have been deleted. */
export function absolutePath(runtime: Runtime, path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(runtime.cwd, path);
}

/** keyturn's own folders: no secret is delivered to a file in them, whoever names it. */
export async function findOwnFolders(local: Pick<Services, 'paths'>): Promise<readonly string[]> {
  try {
    const { configDir, state } = await local.paths();
    return [configDir, state];
  } catch (error) {
    // Without a home folder keyturn has no folders.
    if (isAppError(error)) return [];
    throw error;
  }
}
