import { usage } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { MAX_SECRET_LENGTH, readSecretBytes, readSecretInput } from '../../domain/secret-input.ts';
import type { Input } from '../arguments/input.ts';
import { isStdin, readNamedInput } from '../services/named-paths.ts';
import type { Services } from '../services/services.ts';

/** A newline at the end, of two characters at most, is not part of the secret. */
const LIMIT = MAX_SECRET_LENGTH + 2;

/**
 * A secret from `--token-file`, from stdin (`--with-token`), else from a prompt without echo. `fromStdin` reads stdin without
 * `--with-token`, where that is the command's only input.
 */
export async function readSecret(
  app: Pick<Services, 'prompter' | 'runtime'>,
  input: Input,
  { what, fromStdin }: { readonly what: string; readonly fromStdin?: boolean },
): Promise<Secret> {
  const file = input.text('token-file');
  const stdin = input.flag('with-token');
  if (file !== undefined && stdin) {
    throw usage('"--token-file" and "--with-token" exclude each other', 'give one of them');
  }
  if (file !== undefined) return readFrom(app, file, what);
  if (stdin || (fromStdin && !app.runtime.stdin.isTerminal)) return readFromStdin(app, what);
  return ask(app, what, 'add "--with-token" and pipe it in, or "--token-file PATH"');
}

/** Errova's cookie: the environment, a pipe, or a prompt. */
export async function readSession(
  app: Pick<Services, 'prompter' | 'runtime'>,
  what: string,
): Promise<Secret> {
  const given = app.runtime.env['KEYTURN_SESSION'];
  if (given !== undefined) return readSecretInput(given, 'KEYTURN_SESSION');
  if (!app.runtime.stdin.isTerminal) return readFromStdin(app, what);
  return ask(app, what, 'pipe it in, or set KEYTURN_SESSION');
}

async function readFrom(
  app: Pick<Services, 'prompter' | 'runtime'>,
  path: string,
  what: string,
): Promise<Secret> {
  if (isStdin(path)) return readFromStdin(app, what);
  const bytes = await readNamedInput(app.runtime, path, LIMIT);
  if (bytes === null) throw usage('there is no such file', 'check the path');
  return readSecretBytes(bytes, what);
}

async function readFromStdin(app: Pick<Services, 'prompter' | 'runtime'>, what: string): Promise<Secret> {
  if (app.runtime.stdin.isTerminal) return ask(app, what, 'pipe it in');
  return readSecretBytes(await app.runtime.stdin.read(LIMIT), what);
}

async function ask(app: Pick<Services, 'prompter'>, what: string, instead: string): Promise<Secret> {
  return readSecretInput((await app.prompter.askSecret(`${what}: `, instead)).reveal(), what);
}
