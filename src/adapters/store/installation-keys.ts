import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { AppError, usage } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import type { KeySource } from '../../ports/sealer.ts';
import { replaceFile, sweepLeftovers } from '../disk/atomic-file.ts';
import { ensureDurableFolder, refuseLooseFile } from '../disk/private.ts';
import type { LocalCredentialStore } from './credential-store.ts';
import { deriveKey, fingerprintKey, KEY_BYTES } from './data-key.ts';

export interface InstallationKeysOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly locks: Locks;
  /** Holds `journal.key`, a file of 32 random bytes. It counts only where neither a sealed store nor the variable is in use. */
  readonly stateDir: string;
  readonly store: Pick<LocalCredentialStore, 'facts' | 'prove' | 'unlock'>;
  /**
   * Whether a store that does not exist yet shall be made for its key: when the person chose `keychain` or
   * `passphrase`. Otherwise (CI with KEYTURN_TOKEN) the variable or the key file serves.
   */
  readonly makeStore: boolean;
  /** The value of KEYTURN_JOURNAL_KEY; undefined or empty when it is not set. */
  readonly variable: string | undefined;
  /** Called once, where the journal is about to be sealed under the key file because there is no store at all. */
  onKeyFile?(path: string): void;
}

export interface InstallationKey {
  readonly source: KeySource;
  readonly keyId: string;
  readonly key: KeyObject;
  /**
   * Makes the key outlive a power cut: before anything is sealed under it for the first time. The process that made its file
   * may have died before the file's name was on the device.
   */
  settle(): Promise<void>;
}

/** The keys under which this installation seals its journal and signs its audit log. */
export interface InstallationKeys {
  /** For new records. `mayUnlock: false` leaves a store that would have to be unlocked for it alone. */
  current(purpose: KeyPurpose, options?: { readonly mayUnlock: boolean }): Promise<InstallationKey>;
  /** By the `keyId` of an existing record; null when that key is gone, and for the key file where it does not count. */
  find(purpose: KeyPurpose, keyId: string): Promise<InstallationKey | null>;
  /**
   * What keeps this installation's keys out of the state folder, so that `journal.key` does not count: whoever may write that
   * folder could put a key file there, and records made under it. Null where the key file counts.
   */
  insteadOfFile(): Promise<'store' | 'variable' | null>;
}

export type KeyPurpose = 'journal' | 'audit' | 'session';

export const KEY_VARIABLE = 'KEYTURN_JOURNAL_KEY';
/** Shorter than this, a text can be guessed. In characters. */
const SHORTEST_VARIABLE = 32;
const MOST_WAIT_MS = 5_000;

export function createInstallationKeys(options: InstallationKeysOptions): InstallationKeys {
  const { disk, store } = options;
  let told = false;

  function settling(key: InstallationKey, path: string): InstallationKey {
    return { ...key, settle: async () => disk.syncFolder(dirname(await disk.resolve(path))) };
  }

  async function fromStore(purpose: KeyPurpose): Promise<InstallationKey | null> {
    const unlocked = await store.unlock();
    return unlocked?.key ? keyOfStore(unlocked.key, purpose) : null;
  }

  function fromVariable(purpose: KeyPurpose): InstallationKey | null {
    const key = readVariable(options.variable);
    return key && named('variable', deriveKey(key, purpose));
  }

  /** The file's key seals the journal as it is, as it always did. */
  function fromFile(key: KeyObject, purpose: KeyPurpose): InstallationKey {
    return named('file', purpose === 'journal' ? key : deriveKey(key, purpose));
  }

  async function insteadOfFile(): Promise<'store' | 'variable' | null> {
    const { kind } = await store.facts();
    if (kind === 'keychain' || kind === 'passphrase') return 'store';
    return readVariable(options.variable) ? 'variable' : null;
  }

  return {
    insteadOfFile,
    async current(purpose, { mayUnlock } = { mayUnlock: true }) {
      // A vendor CLI's session needs no store: none is made for its seal, and none unlocked where the variable serves.
      const isSession = purpose === 'session';
      const first = isSession ? fromVariable(purpose) : null;
      if (first) return first;
      const { kind, path } = await store.facts();
      if (mayUnlock && !isSession && kind === null && options.makeStore) await store.prove();
      const stored = mayUnlock ? await fromStore(purpose) : null;
      if (stored) return settling(stored, path);
      const key = fromVariable(purpose);
      if (key) return key;
      const file = await makeKeyFile(options);
      if (purpose === 'journal' && kind === null && !told) options.onKeyFile?.(keyPath(options));
      told ||= purpose === 'journal';
      return settling(fromFile(file, purpose), keyPath(options));
    },
    async find(purpose, keyId) {
      const source = keyId.slice(0, keyId.indexOf('-'));
      // The installation decides which keys count, not the record.
      const file = source === 'file' && !(await insteadOfFile()) ? await readKeyFile(options) : null;
      const key =
        source === 'store'
          ? await fromStore(purpose)
          : source === 'variable'
            ? fromVariable(purpose)
            : file && fromFile(file, purpose);
      return key?.keyId === keyId ? key : null;
    },
  };
}

/** What the key of a store is to this installation. */
export function keyOfStore(storeKey: KeyObject, purpose: KeyPurpose): InstallationKey {
  return named('store', deriveKey(storeKey, purpose));
}

function named(source: KeySource, key: KeyObject): InstallationKey {
  return { source, key, keyId: `${source}-${fingerprintKey(key)}`, settle: async () => undefined };
}

function readVariable(text: string | undefined): KeyObject | null {
  if (text === undefined || text === '') return null;
  if (text.length < SHORTEST_VARIABLE) {
    throw usage(
      `${KEY_VARIABLE} is shorter than ${SHORTEST_VARIABLE} characters`,
      'make one with `openssl rand -base64 32`',
    );
  }
  return createSecretKey(
    Buffer.from(hkdfSync('sha256', Buffer.from(text, 'utf8'), '', `keyturn ${KEY_VARIABLE}`, KEY_BYTES)),
  );
}

async function makeKeyFile(options: InstallationKeysOptions): Promise<KeyObject> {
  const known = await readKeyFile(options);
  if (known) return known;
  const { disk, random } = options;
  const path = keyPath(options);
  await ensureDurableFolder(disk, dirname(path));
  // Of two processes that both find no key, the second must take the first one's.
  return options.locks.hold('journal-key', MOST_WAIT_MS, async (stillHeld) => {
    const others = await readKeyFile(options);
    if (others) return others;
    await sweepLeftovers(disk, path);
    await replaceFile(disk, random, path, random.bytes(KEY_BYTES), 0o600, stillHeld);
    const made = await readKeyFile(options);
    if (!made) throw new AppError({ code: 'lost', message: `"${safeText(path, 300)}" does not read back` });
    return made;
  });
}

async function readKeyFile(options: InstallationKeysOptions): Promise<KeyObject | null> {
  const path = keyPath(options);
  await refuseLooseFile(options.disk, path);
  const bytes = await options.disk.read(path, 1024);
  if (!bytes) return null;
  if (bytes.length !== KEY_BYTES) {
    throw new AppError({
      code: 'unavailable',
      message: `"${safeText(path, 300)}" is damaged`,
      hint: 'bring it back from a backup; without it unfinished rotations cannot be resumed',
    });
  }
  return createSecretKey(bytes);
}

function keyPath(options: InstallationKeysOptions): string {
  return join(options.stateDir, 'journal.key');
}
