import { absolutePath } from './absolute-path.ts';
import type { Runtime } from './runtime.ts';

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
  const { readInput } = await import('../adapters/disk/read-input.ts');
  return readInput(absolutePath(runtime, path), limit, runtime.stop);
}
