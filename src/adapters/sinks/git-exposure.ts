import { basename, dirname } from 'node:path';
import { withoutOwnVariables } from '../../domain/variable-name.ts';
import type { SinkDeps } from './sink-deps.ts';

/** How git would treat a file. `none`: no repository, or no git. */
export type GitExposure = 'none' | 'ignored' | 'not-ignored' | 'tracked';

const TIMEOUT_MS = 3_000;

/** Asks git whether the file would be published with the repository that it lies in. */
async function readGitExposure(deps: SinkDeps, path: string): Promise<GitExposure> {
  if ((await ask(deps, path, ['ls-files', '--error-unmatch'])) === 0) return 'tracked';
  const ignored = await ask(deps, path, ['check-ignore', '-q']);
  return ignored === 0 ? 'ignored' : ignored === 1 ? 'not-ignored' : 'none';
}

/** One line for the person when git would publish the file, else null. */
export async function warnOfGit(deps: SinkDeps, path: string): Promise<void> {
  const exposure = await readGitExposure(deps, path);
  if (exposure === 'tracked') deps.note(`"${path}" is tracked by git: the secret would be committed`);
  if (exposure === 'not-ignored') deps.note(`"${path}" is not ignored by git: add it to .gitignore`);
}

/** git's exit code; null when it did not run or did not end by itself. */
async function ask(deps: SinkDeps, path: string, verb: readonly string[]): Promise<number | null> {
  const { end } = await deps.children.capture({
    command: 'git',
    // fsmonitor is a program named by the repository's own configuration: never run it.
    args: ['-C', dirname(path), '-c', 'core.fsmonitor=false', ...verb, '--', basename(path)],
    env: withoutOwnVariables(deps.env),
    input: null,
    timeoutMs: TIMEOUT_MS,
  });
  return end.kind === 'exit' ? end.code : null;
}
