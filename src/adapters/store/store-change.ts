import { AppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { SharedFile } from '../disk/commit-file.ts';
import { openOrNull, type Unlocked } from './entry-secret.ts';
import type { StoreDocument } from './store-document.ts';
import type { StoreEdit } from './store-edit.ts';

/** A document being edited, with the key to seal in it. */
export interface Draft {
  readonly document: StoreEdit;
  readonly unlocked: Unlocked;
}

export interface Outcome<T> {
  readonly result: T;
  /** False when the document stands as it was. */
  readonly changed: boolean;
  /** Secrets that must read back. */
  readonly expect?: readonly Expected[];
}

export interface Expected {
  readonly name: string;
  readonly version: string;
  readonly secret: Secret;
}

/** What `commitShared` writes and how it proves that it was kept. */
export async function toChange<T>(
  shared: SharedFile,
  parse: (bytes: Uint8Array) => Promise<StoreDocument>,
  draft: Draft,
  outcome: Outcome<T>,
): Promise<{
  bytes: Uint8Array;
  result: T;
  check: (written: Uint8Array) => Promise<void>;
  includedIn: (other: Uint8Array) => Promise<boolean>;
}> {
  const { document, unlocked } = draft;
  const generation = document.header.generation + 1;
  document.setHeader({ ...document.header, generation });
  const meant: StoreDocument = { header: document.header, entries: new Map(document.entries) };
  return {
    bytes: await document.toBytes(),
    result: outcome.result,
    async check(written) {
      const back = await parse(written);
      if (!isSame(back, meant) || !holds(back, unlocked, outcome.expect ?? [])) throw notKept(shared.path);
    },
    async includedIn(other) {
      const back = await parse(other);
      return back.header.generation > generation && holds(back, unlocked, outcome.expect ?? []);
    },
  };
}

function holds(document: StoreDocument, unlocked: Unlocked, expected: readonly Expected[]): boolean {
  return expected.every(({ name, version, secret }) => {
    const entry = document.entries.get(name);
    const kept = entry?.versions.find((candidate) => candidate.version === version);
    return entry && kept ? (openOrNull(unlocked, entry, kept)?.equals(secret) ?? false) : false;
  });
}

/**
 * Compares everything but secrets in clear, which hide themselves and are compared on their own. An entry whose lines are the
 * same is the same object.
 */
function isSame(back: StoreDocument, meant: StoreDocument): boolean {
  const entries = [...meant.entries.values()];
  if (back.entries.size !== entries.length || !isSameText(back.header, meant.header)) return false;
  return [...back.entries.values()].every((entry, index) => {
    const other = entries[index];
    return entry === other || isSameText(entry, other);
  });
}

function isSameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function notKept(path: string): AppError {
  return new AppError({
    code: 'unavailable',
    message: `a change of "${safeText(path, 300)}" does not read back as it was meant`,
    hint: 'nothing was changed; please report this',
  });
}
