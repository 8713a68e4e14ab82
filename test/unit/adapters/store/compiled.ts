import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `src` compiled for child processes, inside the repository so that its packages are found. `remove` when done. */
export function compileSource(): { readonly folder: string; readonly remove: () => void } {
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  mkdirSync(join(root, '.tmp'), { recursive: true });
  const folder = mkdtempSync(join(root, '.tmp', 'src-'));
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json', '--outDir', folder], {
      cwd: root,
      stdio: 'pipe',
    });
  } catch {
    // It emits in spite of type errors; whether the program is there is what counts.
  }
  if (!existsSync(join(folder, 'adapters/store/credential-store.js')))
    throw new Error('src was not compiled');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
