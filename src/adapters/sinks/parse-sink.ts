import { usage } from '../../domain/errors.ts';
import type { Sink } from '../../ports/sink.ts';
import { createEnvSink } from './env-sink.ts';
import { createExecSink } from './exec-sink.ts';
import { createFileSink } from './file-sink.ts';
import { createGithubSink } from './github-sink.ts';
import type { SinkDeps } from './sink-deps.ts';

const FORMS = 'file:PATH, env:PATH#NAME, github-output:NAME, github-env:NAME or exec:COMMAND';

/** The sink that `--to TEXT` names. Throws `AppError` (usage); touches nothing yet. */
export function parseSink(text: string, deps: SinkDeps): Sink {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  // The text may be a secret that somebody put here by mistake: it is not repeated.
  if (text.includes('\0')) throw usage('the sink has a NUL in it', `write ${FORMS}`);
  switch (kind) {
    case 'file':
      return createFileSink(deps, checkPath(rest));
    case 'env': {
      const hash = rest.lastIndexOf('#');
      if (hash < 0) throw usage('"env:" names no variable', 'write env:PATH#NAME');
      return createEnvSink(deps, checkPath(rest.slice(0, hash)), rest.slice(hash + 1));
    }
    case 'github-output':
    case 'github-env':
      return createGithubSink(deps, kind, rest);
    case 'exec':
      return createExecSink(deps, rest);
    default:
      throw usage('that is not a sink', `write ${FORMS}`);
  }
}

/** The file that the destination writes; null for one that names none itself. */
export function pathOfSink(text: string): string | null {
  const [, kind, rest = ''] = /^(file|env):(.*)$/s.exec(text) ?? [];
  if (kind === undefined) return null;
  const hash = kind === 'env' ? rest.lastIndexOf('#') : -1;
  return hash < 0 ? rest : rest.slice(0, hash);
}

function checkPath(path: string): string {
  if (path === '' || /[/\\]$/.test(path)) throw usage('the sink names no file', `write ${FORMS}`);
  return path;
}
