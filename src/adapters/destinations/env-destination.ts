import { AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import { checkVariableName } from '../../domain/variable-name.ts';
import type { Destination } from '../../ports/destination.ts';
import { changeTarget } from './change-target.ts';
import { type DestinationDeps, MAX_TARGET_BYTES } from './destination-deps.ts';
import { assign, findAssignments, quote, toBytes } from './dotenv.ts';
import { warnOfGit } from './git-exposure.ts';
import { proveTarget } from './prove-target.ts';

/** `env:PATH#NAME`: one variable of a dotenv file, which is edited and not rewritten. */
export function createEnvDestination(deps: DestinationDeps, path: string, name: string): Destination {
  checkVariableName(name);
  const label = `env:${path}#${name}`;
  /** Where the variable holds another value than `own`; a variable without a value is free. */
  const refuseOther = (file: string, own: string | null) => {
    if (deps.force || !deps.keepVariables) return;
    if (findAssignments(file, name).some(({ value }) => value !== '' && value !== own))
      throw isSet(path, name);
  };
  return {
    label,
    async prove() {
      const facts = await proveTarget(deps, path);
      refuseOther(await readText(deps, path), null);
      if (facts && (facts.mode & 0o177) !== 0) {
        deps.note(`"${safeText(path, 200)}" can be read by others: its mode will become 0600`);
      }
      await warnOfGit(deps, path);
    },
    async deliver(secret) {
      const value = toBytes(secret.reveal());
      quote(value);
      await changeTarget(deps, path, {
        label,
        edit(current) {
          const file = toText(path, current);
          refuseOther(file, value);
          return Buffer.from(assign(file, name, value), 'latin1');
        },
        mode: (facts) => (facts ? facts.mode & 0o600 : 0o600),
        exclusive: false,
        isKept: (now) => holdsOnly(toText(path, now), name, value),
      });
    },
    holds: async (secret) => holdsOnly(await readText(deps, path), name, toBytes(secret.reveal())),
  };
}

async function readText(deps: DestinationDeps, path: string): Promise<string> {
  return toText(path, await deps.disk.read(path, MAX_TARGET_BYTES));
}

/** The file, one character a byte; empty when there is none. */
function toText(path: string, bytes: Uint8Array | null): string {
  if (!bytes) return '';
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw usage(`"${safeText(path, 200)}" is UTF-16`, 'save it as UTF-8 first');
  }
  return Buffer.from(bytes).toString('latin1');
}

function holdsOnly(file: string, name: string, value: string): boolean {
  const found = findAssignments(file, name);
  return found.length > 0 && found.every((one) => one.value === value);
}

function isSet(path: string, name: string): AppError {
  return new AppError({
    code: 'conflict',
    message: `"${name}" is set already in "${safeText(path, 200)}"`,
    hint: 'replace its value with `--force`, or choose another variable',
  });
}
