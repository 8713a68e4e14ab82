import type { Runtime } from '../runtime.ts';

/** Since Node 22.1; older versions compile keyturn at every start. */
export function compileCacheOf(
  own: Pick<NodeJS.Process, 'getBuiltinModule'>,
): Pick<Runtime, 'keepCompiledCode'> {
  const enable: unknown = Reflect.get(own.getBuiltinModule('node:module'), 'enableCompileCache');
  return typeof enable === 'function' ? { keepCompiledCode: (folder) => void enable(folder) } : {};
}

/** Has Node keep compiled code in keyturn's own folder, and nowhere else: V8 runs what lies there in place of the source. */
export async function keepCompiledCode(
  runtime: Pick<Runtime, 'env' | 'platform' | 'home' | 'keepCompiledCode'>,
): Promise<void> {
  if (!runtime.keepCompiledCode) return;
  try {
    const [{ resolvePaths }, { isSafeForCode }] = await Promise.all([
      import('../../adapters/config/paths.ts'),
      import('../../adapters/disk/compile-cache.ts'),
    ]);
    const folder = `${resolvePaths(runtime.env, runtime.platform, runtime.home).cache}/compiled`;
    if (await isSafeForCode(folder)) runtime.keepCompiledCode(folder);
  } catch {
    // Without a home folder nothing is kept.
  }
}
