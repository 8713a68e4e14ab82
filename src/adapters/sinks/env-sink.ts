import { isAppError, usage } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import { checkVariableName } from '../../domain/variable-name.ts';
import type { Sink } from '../../ports/sink.ts';
import { replaceFile, sweepLeftovers } from '../disk/atomic-file.ts';
import { assign, findAssignments, quote, toBytes } from './dotenv.ts';
import { warnOfGit } from './git-exposure.ts';
import { MAX_TARGET_BYTES, type SinkDeps } from './sink-deps.ts';
import { examineTarget, notKept, proveFolder } from './target-file.ts';

/** `env:PATH#NAME`: one variable of a dotenv file, which is edited and not rewritten. */
export function createEnvSink(deps: SinkDeps, path: string, name: string): Sink {
  checkVariableName(name);
  const label = `env:${path}#${name}`;
  return {
    label,
    async prove() {
      const facts = await examineTarget(deps, path);
      await readText(deps, path);
      await proveFolder(deps, path);
      if (facts && (facts.mode & 0o177) !== 0) {
        deps.note(`"${safeText(path, 200)}" can be read by others: its mode will become 0600`);
      }
      await warnOfGit(deps, path);
    },
    async deliver(secret) {
      const value = toBytes(secret.reveal());
      quote(value);
      const facts = await examineTarget(deps, path);
      const edited = assign(await readText(deps, path), name, value);
      const mode = facts ? facts.mode & 0o600 : 0o600;
      // A delivery that was killed left the secret beside the file.
      await sweepLeftovers(deps.disk, path);
      await replaceFile(deps.disk, deps.random, path, Buffer.from(edited, 'latin1'), mode);
      if (!holdsOnly(await readText(deps, path), name, value)) throw notKept(label);
    },
    async holds(secret: Secret) {
      try {
        return holdsOnly(await readText(deps, path), name, toBytes(secret.reveal()));
      } catch (error) {
        if (isAppError(error)) return null;
        throw error;
      }
    },
  };
}

/** The file, one character a byte; empty when there is none. */
async function readText(deps: SinkDeps, path: string): Promise<string> {
  const bytes = await deps.disk.read(path, MAX_TARGET_BYTES);
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
