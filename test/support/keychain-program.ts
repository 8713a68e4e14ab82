import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `keychain-child.ts` compiled, since the node that runs it takes no TypeScript. Inside the repository, where it finds
 * the binding. `remove` when done.
 */
export function compileKeychainProgram(): { readonly path: string; readonly remove: () => void } {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, '.tmp', 'keychain-'));
  const source = join(root, 'src/adapters/keychain/keychain-child.ts');
  const options = {
    module: 'nodenext',
    target: 'es2023',
    outDir: folder,
    types: 'node',
    skipLibCheck: 'true',
    strict: 'true',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['--ignoreConfig', ...args, source], {
      cwd: root,
      stdio: 'pipe',
    });
  } catch {
    // tsc emits in spite of errors in other files; what counts is whether the program is there.
  }
  const path = join(folder, 'keychain-child.js');
  if (!existsSync(path)) throw new Error('keychain-child.ts was not compiled');
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
