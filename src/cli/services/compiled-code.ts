import type { Runtime } from '../runtime.ts';
import { VERSION } from '../version.ts';

/** Node keeps compiled code itself from 22.1 on. `of` tells the folder of the bundle. */
export function compileCacheOf(
  own: Pick<NodeJS.Process, 'getBuiltinModule' | 'once' | 'version'>,
  of: () => string,
): Required<Pick<Runtime, 'keepCompiledCode'>> {
  const enable: unknown = Reflect.get(own.getBuiltinModule('node:module'), 'enableCompileCache');
  if (typeof enable === 'function') return { keepCompiledCode: (folder) => void enable(folder) };
  const onExit = (write: () => void) => void own.once('exit', write);
  const version = `${VERSION}-${own.version}`;
  return {
    keepCompiledCode: async (folder) => {
      const { keepScripts } = await import('../../adapters/disk/script-cache.ts');
      keepScripts({ folder, version, of: of(), onExit });
    },
  };
}

/**
 * Keeps compiled code in keyturn's own folder, and nowhere else: V8 runs what lies there in place of the source. Node's own variable
 * NODE_DISABLE_COMPILE_CACHE turns it off.
 */
export async function keepCompiledCode(
  runtime: Pick<Runtime, 'env' | 'platform' | 'home' | 'keepCompiledCode'>,
): Promise<void> {
  if (!runtime.keepCompiledCode || runtime.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return;
  try {
    const [{ resolvePaths }, { isSafeForCode }] = await Promise.all([
      import('../../adapters/config/paths.ts'),
      import('../../adapters/disk/compile-cache.ts'),
    ]);
    // Not where a variable says: the `.envrc` of a repository could name a folder that came with it.
    const folder = `${resolvePaths({}, runtime.platform, runtime.home).cache}/compiled`;
    if (await isSafeForCode(folder)) await runtime.keepCompiledCode(folder);
  } catch {
    // Without a home folder nothing is kept.
  }
}
