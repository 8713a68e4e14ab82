import { AppError, usage } from '../domain/errors.ts';
import { SHORTEST_MASKED } from '../domain/masking.ts';
import { ownSecrets } from '../domain/own-secrets.ts';
import type { Secret } from '../domain/secret.ts';
import { safeText } from '../domain/text.ts';
import { checkVariableName, withoutOwnVariables } from '../domain/variable-name.ts';
import type { ChildEnd, Children } from '../ports/child.ts';
import type { CredentialStore } from '../ports/store.ts';

/** `--env VAR=CREDENTIAL`. */
export interface SecretVariable {
  readonly variable: string;
  readonly credential: string;
}

export interface RunRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: readonly SecretVariable[];
  /** keyturn's own environment; what is keyturn's in it is not handed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The child's streams that have secrets replaced. */
  readonly mask: { readonly stdout: boolean; readonly stderr: boolean };
}

export interface RunTools {
  readonly store: Pick<CredentialStore, 'open'>;
  readonly children: Children;
  /** One line on stderr. */
  readonly note: (line: string) => void;
}

/** The exit codes that shells give for what could not be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** `VAR=CREDENTIAL`. */
export function parseSecretVariable(text: string): SecretVariable {
  const equals = text.indexOf('=');
  if (equals <= 0 || equals === text.length - 1) {
    throw usage('"--env" takes VAR=CREDENTIAL', 'write the variable, "=" and the name of a saved credential');
  }
  return { variable: checkVariableName(text.slice(0, equals)), credential: text.slice(equals + 1) };
}

/** How to end in the place of the program. */
export interface RunEnd {
  /** The child's own, 128 + n for a signal, 127 and 126 for what is not there or cannot be executed. */
  readonly code: number;
  /** The signal that ended the child. */
  readonly signal: NodeJS.Signals | null;
}

/** Runs a program with secrets in its environment, and with nothing else of keyturn's. */
export async function runWithSecrets(tools: RunTools, request: RunRequest): Promise<RunEnd> {
  const env = withoutOwnVariables(request.env);
  const located = await tools.children.locate(request.command, env);
  // Before anything is unlocked: a mistyped command needs no secret.
  if (located.kind !== 'found') return endOf(tools, request.command, located);
  const secrets = await openSecrets(tools, request.variables);
  if (request.mask.stdout || request.mask.stderr) warnOfShort(tools, secrets);
  const { command, args } = request;
  const alsoMasked = ownSecrets(request.env);
  // Without a secret the program writes straight to our streams: masking takes pipes, and processes that make them.
  const isBare = Object.keys(secrets).length === 0 && alsoMasked.length === 0;
  const mask = isBare ? { stdout: false, stderr: false } : request.mask;
  return endOf(
    tools,
    command,
    await tools.children.attach({ command, args, env, secrets, alsoMasked, mask }),
  );
}

async function openSecrets(tools: RunTools, variables: readonly SecretVariable[]) {
  const secrets: Record<string, Secret> = {};
  for (const { variable, credential } of variables) {
    checkVariableName(variable);
    if (Object.hasOwn(secrets, variable)) {
      throw usage(`"${variable}" is given twice`, 'give each variable one credential');
    }
    const secret = await tools.store.open(credential);
    if (secret.reveal().includes('\0')) {
      throw new AppError({
        code: 'conflict',
        message: `"${safeText(credential, 128)}" has a NUL in it and fits in no variable`,
        hint: 'store it again without one, or deliver it with `--to file:PATH`',
      });
    }
    secrets[variable] = secret;
  }
  return secrets;
}

function warnOfShort(tools: RunTools, secrets: Readonly<Record<string, Secret>>): void {
  for (const [variable, secret] of Object.entries(secrets)) {
    if (secret.length >= SHORTEST_MASKED) continue;
    tools.note(`"${variable}" is shorter than ${SHORTEST_MASKED} characters and is not masked in the output`);
  }
}

function endOf(tools: RunTools, command: string, end: ChildEnd): RunEnd {
  return { code: explain(tools, command, end), signal: end.kind === 'signal' ? end.name : null };
}

function explain(tools: RunTools, command: string, end: ChildEnd): number {
  const shown = safeText(command, 200);
  switch (end.kind) {
    case 'exit':
      return end.code;
    case 'signal':
      return 128 + end.number;
    case 'not-executable':
      tools.note(`"${shown}" cannot be executed`);
      return NOT_EXECUTABLE;
    case 'batch-file':
      tools.note(`"${shown}" is a batch file, which only cmd.exe runs; run \`cmd /c ${shown} …\` instead`);
      return NOT_EXECUTABLE;
    case 'not-found':
    case 'timeout':
      tools.note(`there is no command "${shown}"`);
      return NOT_FOUND;
  }
}
