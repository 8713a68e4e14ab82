import { isAbsolute, resolve } from 'node:path';
import type { Runtime } from './runtime.ts';

/** A path as the person wrote it. The working folder is asked for only when it is needed: it may be gone. */
export function absolutePath(runtime: Runtime, path: string): string {
  return isAbsolute(path) ? resolve(path) : resolve(runtime.cwd, path);
}
