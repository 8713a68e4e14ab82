// What the scripts share. Node's own modules only: they run before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** There only while npm packs (scripts/shrinkwrap.mjs). */
export const SHRINKWRAP = join(ROOT, 'npm-shrinkwrap.json');

/** Runs a program with our terminal; ends the script with its exit code when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (done.error) fail(`${command} could not be started`);
  if (done.status !== 0) process.exit(done.status ?? 1);
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The program of a development dependency. */
export function tool(name) {
  return join(ROOT, 'node_modules', '.bin', name);
}

/** Installs exactly what the lock file says, when that is not there already. */
export function ensureInstalled() {
  // A pack that was killed leaves it, and npm would read it instead of package-lock.json.
  rmSync(SHRINKWRAP, { force: true });
  const stamp = join(ROOT, 'node_modules', '.package-lock.json');
  const fresh =
    existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
  if (!fresh) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
}

/**
 * Checks the types, and bundles into a folder beside `dist` first, so that a failed build leaves the old one, and a running command
 * does not lose its files for long.
 */
export async function build() {
  const dist = join(ROOT, 'dist');
  const fresh = join(ROOT, '.tmp', `dist-${process.pid}`);
  run(tool('tsc'), ['-p', 'tsconfig.json', '--noEmit']);
  // The bundler is there when `ensureInstalled` has run.
  const { bundle } = await import('./bundle.mjs');
  await bundle(ROOT, fresh);
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
}

export function packageJson() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

/** `name@version` of each package whose licence stands in this file of the build. */
export function packagesOf(path) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return [...text.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) (\d+\.\d+\.\d+\S*) \([^)]+\)$/gm)].map(
    ([, name, version]) => `${name}@${version}`,
  );
}

/** The first line of a stream; what there is where it ends without one. */
export async function firstLine(stream) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0];
}
