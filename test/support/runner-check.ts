import { readOutput, startActionsJob } from './runner-model.ts';

interface Shown {
  readonly stdout: string;
  readonly stderr: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What a CI runner would obey in the output of a command; null for nothing. Only keyturn's own mask lines may be obeyed, and
 * only where GitHub's runner reads them.
 */
export function findCommand({ stdout, stderr, env }: Shown): string | null {
  const ownMasks = env['GITHUB_ACTIONS'] === 'true' ? /^::add-mask::.*\n/gm : /(?!)/g;
  const rest = stderr.replace(ownMasks, '');
  const [found] = [...readOutput(stdout), ...readOutput(rest)];
  if (found) return `${found.runner} would obey "${found.name}"`;
  const job = startActionsJob();
  job.take(stderr);
  const masks = [...stderr.matchAll(ownMasks)].length;
  return job.masks.length === masks ? null : 'a mask line is not obeyed';
}

/** Throws where a runner would obey something that is not keyturn's. */
export function checkShown(shown: Shown): void {
  const found = findCommand(shown);
  if (found !== null) throw new Error(`${found}:\n${JSON.stringify(shown.stdout + shown.stderr)}`);
}
