import { makeAnonymousPipes } from './anonymous-pipes.ts';
import { makeFifos } from './fifos.ts';
import { locateCommand } from './locate.ts';
import type { Pipe } from './pipe.ts';

/**
 * Pipes that a child can open by name. What Node calls a pipe is a socket pair: a child that opens `/dev/stdout`,
 * `/dev/stderr` or `/dev/stdin` gets ENXIO, and a reader that leaves raises no SIGPIPE. Null where none can be made.
 */
export async function createPipes(
  count: number,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Promise<readonly Pipe[] | null> {
  if (platform === 'win32' || count === 0) return null;
  const shell = platform === 'linux' ? await locateCommand('sh', env, platform) : null;
  const pipes = shell?.kind === 'found' ? await makeAnonymousPipes(shell.path, count) : null;
  if (pipes) return pipes;
  const program = await locateCommand('mkfifo', env, platform);
  return program.kind === 'found' ? makeFifos(program.path, count, env) : null;
}
