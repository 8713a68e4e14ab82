import { fileURLToPath } from 'node:url';

/**
 * The programs that keyturn starts beside itself, as paths in the package. `scripts/bundle.mjs` writes each as one file that needs no other.
 */
export const PROGRAMS = {
  keychain: 'dist/cli/keychain-child.cjs',
  relay: 'dist/cli/relay-output.cjs',
} as const;

/**
 * The absolute path of a file of the package. No other file of `src` asks where it lies: the bundler moves code between files. It
 * leaves all of them in `dist/cli`, which is as deep in the package as this folder.
 */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
