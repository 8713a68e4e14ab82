import { dirname, join } from 'node:path';
import { AppError, isAppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { PathFacts } from '../../ports/disk.ts';
import type { SinkDeps } from './sink-deps.ts';

/** What is at the path, refusing everything that a secret should not be written to; null for nothing. */
export async function examineTarget(deps: SinkDeps, path: string): Promise<PathFacts | null> {
  const facts = await deps.disk.facts(path);
  if (!facts) return null;
  const shown = safeText(path, 200);
  if (facts.kind === 'link') {
    throw usage(`"${shown}" is a symbolic link`, 'name the file behind it');
  }
  if (facts.kind !== 'file') throw usage(`"${shown}" is not a regular file`, 'name a file');
  if (!facts.owned) throw usage(`"${shown}" belongs to another user`, 'choose a file of your own');
  return facts;
}

/** Proves that a file can be made in the target's folder, by making and removing one. */
export async function proveFolder(deps: SinkDeps, path: string): Promise<void> {
  const folder = await existingFolder(deps, path);
  const id = Buffer.from(deps.random.bytes(9)).toString('hex');
  const trial = join(folder, `.keyturn-trial-${id}.tmp`);
  const file = await deps.disk.create(trial, 0o600);
  try {
    await file.write(new Uint8Array([0]));
  } finally {
    await file.close();
    await deps.disk.remove(trial);
  }
}

async function existingFolder(deps: SinkDeps, path: string): Promise<string> {
  const given = dirname(path);
  const missing = usage(
    `the folder "${safeText(given, 200)}" does not exist`,
    given.startsWith('~')
      ? 'write "$HOME" for your home folder: "~" is not expanded here'
      : 'make it first, or choose another path',
  );
  const folder = await resolveOrNull(deps, given);
  const facts = folder === null ? null : await deps.disk.facts(folder);
  if (folder === null || facts?.kind !== 'folder') throw missing;
  return folder;
}

async function resolveOrNull(deps: SinkDeps, path: string): Promise<string | null> {
  try {
    return await deps.disk.resolve(path);
  } catch (error) {
    if (isAppError(error)) return null;
    throw error;
  }
}

/** The error for a target that does not hold what was written to it. */
export function notKept(label: string): AppError {
  return new AppError({
    code: 'unavailable',
    message: `"${safeText(label, 200)}" does not hold what was written to it`,
    hint: 'something else writes to it at the same time; choose another target',
  });
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
