import { basename, dirname } from 'node:path';
import { safeText } from '../../domain/text.ts';
import type { DestinationDeps } from './destination-deps.ts';
import { gitCommand } from './git-command.ts';

/** How git would treat a file. `none`: no repository, or no git. */
export type GitExposure = 'none' | 'ignored' | 'not-ignored' | 'tracked';

const TIMEOUT_MS = 3_000;

/** Asks git whether the file would be published with the repository that it lies in. */
async function readGitExposure(deps: DestinationDeps, path: string): Promise<GitExposure> {
  if ((await ask(deps, path, ['--literal-pathspecs', 'ls-files', '--error-unmatch'])) === 0) return 'tracked';
  const ignored = await ask(deps, path, ['check-ignore', '-q']);
  return ignored === 0 ? 'ignored' : ignored === 1 ? 'not-ignored' : 'none';
}

/** One line for the person when git would publish the file, else null. */
export async function warnOfGit(deps: DestinationDeps, path: string): Promise<void> {
  const exposure = await readGitExposure(deps, path);
  const shown = safeText(path, 200);
  if (exposure === 'tracked') deps.note(`"${shown}" is tracked by git: the secret would be committed`);
  if (exposure === 'not-ignored') deps.note(`"${shown}" is not ignored by git: add it to .gitignore`);
}

/** git's exit code; null when it did not run or did not end by itself. */
async function ask(deps: DestinationDeps, path: string, verb: readonly string[]): Promise<number | null> {
  const { end } = await deps.children.capture({
    // "./", because a name such as ":(top)x" is a pattern to `check-ignore`, which knows no literal names.
    ...gitCommand(deps.env, dirname(path), [...verb, '--', `./${basename(path)}`]),
    input: null,
    timeoutMs: TIMEOUT_MS,
  });
  return end.kind === 'exit' ? end.code : null;
}
