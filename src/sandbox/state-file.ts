import { randomBytes } from 'node:crypto';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { AppError, usage } from '../domain/errors.ts';
import type { Json } from './vendor.ts';

/**
 * Keeps a sandbox over restarts: one JSON file, readable by its owner only. It holds SHA-256 hashes instead of
 * secrets, with one exception: Devo's values are in it as they are, because Devo shows them again. They open
 * nothing but this sandbox.
 */
export interface StateFile {
  /** What was saved before, for `Sandbox.load`; undefined for a new file. */
  readonly state: unknown;
  /** Replaces the file in one step. Calls are served in their order. */
  save(state: Json): Promise<void>;
}

/** Throws a usage error where the file is not JSON, and `failure` where it cannot be read or written. */
export async function openStateFile(path: string): Promise<StateFile> {
  const state = await readState(path);
  let last: Promise<void> = Promise.resolve();
  return {
    state,
    save(next) {
      // A failed save is reported to its own caller and must not stop the ones behind it.
      last = last.catch(() => undefined).then(() => replaceFile(path, JSON.stringify(next)));
      return last;
    },
  };
}

async function readState(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new AppError({
      code: 'failure',
      message: `cannot read the state file "${path}"`,
      hint: 'name a file that you may read, or one that is not there yet',
    });
  }
  try {
    const state: unknown = JSON.parse(text);
    return state;
  } catch {
    throw usage(
      `the state file "${path}" is not JSON`,
      'name another file, or delete this one to start afresh',
    );
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch {
    await unlink(temporary).catch(() => undefined);
    throw new AppError({
      code: 'failure',
      message: `cannot write the state file "${path}"`,
      hint: 'name a file in a folder that you may write to, with space left',
    });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
