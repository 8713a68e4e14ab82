import { execFileSync } from 'node:child_process';
import { describe } from 'vitest';

/**
 * `describe` for tests that need programs of the machine. Where one is missing the suite is skipped under a name that
 * says so; with `CI=true` it fails, since there `test/setup-system.sh` has run.
 */
export function describeWithTools(name: string, tools: readonly string[], suite: () => void): void {
  const reason = requireTools(...tools);
  if (reason === null) describe(name, suite);
  else describe.skip(`${name} (skipped: ${reason})`, suite);
}

/** Null when every program is here, else why the tests that need them are skipped. Throws with `CI=true`. */
export function requireTools(...tools: readonly string[]): string | null {
  const missing = tools.filter((tool) => !isHere(tool));
  if (missing.length === 0) return null;
  const reason = `${missing.join(', ')} not installed; run test/setup-system.sh`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

function isHere(tool: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', 'command -v "$0"', tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
