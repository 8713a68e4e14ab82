import { createHash } from 'node:crypto';
import { AppError, usage } from '../../domain/errors.ts';
import { isShortExecLabel, shortExecLabel } from '../../domain/exec-label.ts';
import { ownSecrets } from '../../domain/own-secrets.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import { withoutOwnVariables } from '../../domain/variable-name.ts';
import type { Captured, ChildEnd } from '../../ports/child.ts';
import type { Destination } from '../../ports/destination.ts';
import { maskText } from '../child/masker.ts';
import type { DestinationDeps } from './destination-deps.ts';
import { splitWords } from './shell-words.ts';

const TIMEOUT_MS = 60_000;
const MAX_LINES = 40;

/** `exec:COMMAND`: the bytes of the secret, and nothing else, on the stdin of a program. */
export function createExecDestination(deps: DestinationDeps, text: string): Destination {
  if (isShortExecLabel(`exec:${text}`))
    throw usage(
      'that names a command, and is not the command itself',
      'write the whole command: exec:COMMAND',
    );
  const [command, ...args] = splitWords(text);
  if (!command) throw usage('"exec:" names no command', 'write exec:COMMAND');
  // As hints show it, which do not know the rest.
  if (args.at(-1) === '…')
    throw usage('"…" stands for the rest of the command', 'write the whole command: exec:COMMAND');
  const env = withoutOwnVariables(deps.env);
  const shown = safeText(command, 100);
  return {
    label: shortExecLabel(command, createHash('sha256').update(text).digest('hex')),
    async prove() {
      const located = await deps.children.locate(command, env);
      if (located.kind === 'found') return;
      if (located.kind === 'batch-file')
        throw usage(`"${shown}" is a batch file, which only cmd.exe runs`, `write exec:cmd /c ${shown} …`);
      throw usage(
        located.kind === 'not-found' ? `there is no command "${shown}"` : `"${shown}" cannot be executed`,
        'give its whole path, or install it',
      );
    },
    async deliver(secret) {
      const timeoutMs = deps.commandTimeoutMs ?? TIMEOUT_MS;
      const captured = await deps.children.capture({ command, args, env, input: secret, timeoutMs });
      tell(deps, shown, captured, secret);
      if (captured.end.kind === 'exit' && captured.end.code === 0) return;
      throw new AppError({
        code: captured.end.kind === 'timeout' ? 'unavailable' : 'failure',
        message: `the command "${shown}" ${describe(captured.end, timeoutMs)}`,
        hint: 'it was given the secret on its stdin; its own messages are above',
      });
    },
    // A program that takes a secret has no common way to be asked for it.
    holds: async () => null,
  };
}

/** Both streams go to stderr: stdout is the product of keyturn. */
function tell(deps: DestinationDeps, command: string, captured: Captured, secret: Secret): void {
  const bytes = Buffer.concat([captured.stdout, captured.stderr]);
  const lines = maskText(bytes, [secret, ...ownSecrets(deps.env)])
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  for (const line of lines.slice(0, MAX_LINES)) deps.note(`${command}: ${safeText(line, 500)}`);
  if (lines.length > MAX_LINES) deps.note(`${command}: and ${lines.length - MAX_LINES} more lines`);
}

function describe(end: ChildEnd, timeoutMs: number): string {
  switch (end.kind) {
    case 'exit':
      return `ended with ${end.code}`;
    case 'signal':
      return `was ended by ${end.name}`;
    case 'timeout':
      return `did not end within ${Math.round(timeoutMs / 1000)} s`;
    case 'not-found':
      return 'was not found';
    case 'not-executable':
    case 'batch-file':
      return 'cannot be executed';
  }
}
