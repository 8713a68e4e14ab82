import { usage } from '../../domain/errors.ts';
import type { Destination } from '../../ports/destination.ts';
import type { DestinationDeps } from './destination-deps.ts';
import { createEnvDestination } from './env-destination.ts';
import { createExecDestination } from './exec-destination.ts';
import { createFileDestination } from './file-destination.ts';
import { createGithubDestination } from './github-destination.ts';

const FORMS = 'file:PATH, env:PATH#NAME, github-output:NAME, github-env:NAME or exec:COMMAND';

/** The destination that `--to TEXT` names. Throws `AppError` (usage); touches nothing yet. */
export function parseDestination(text: string, deps: DestinationDeps): Destination {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  // The text may be a secret that somebody put here by mistake: it is not repeated.
  if (text.includes('\0')) throw usage('the destination has a NUL in it', `write ${FORMS}`);
  switch (kind) {
    case 'file':
      return createFileDestination(deps, checkPath(rest));
    case 'env': {
      const hash = rest.lastIndexOf('#');
      if (hash < 0) throw usage('"env:" names no variable', 'write env:PATH#NAME');
      return createEnvDestination(deps, checkPath(rest.slice(0, hash)), rest.slice(hash + 1));
    }
    case 'github-output':
    case 'github-env':
      return createGithubDestination(deps, kind, rest);
    case 'exec':
      return createExecDestination(deps, rest);
    default:
      throw usage('that is not a destination', `write ${FORMS}`);
  }
}

/** The file that the destination writes; null for one that names none itself. */
export function pathOfDestination(text: string): string | null {
  const [, kind, rest = ''] = /^(file|env):(.*)$/s.exec(text) ?? [];
  if (kind === undefined) return null;
  const hash = kind === 'env' ? rest.lastIndexOf('#') : -1;
  return hash < 0 ? rest : rest.slice(0, hash);
}

function checkPath(path: string): string {
  if (path === '' || /[/\\]$/.test(path)) throw usage('the destination names no file', `write ${FORMS}`);
  return path;
}
