import { createSecretKey, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { replaceFile, sweepLeftovers } from '../disk/atomic-file.ts';
import { ensureDurableFolder, refuseLooseFile } from '../disk/private.ts';
import type { LocalCredentialStore } from './credential-store.ts';
import { seal, unseal } from './seal.ts';
import { deriveKey, fingerprintKey, KEY_BYTES } from './vault-key.ts';

export interface JournalSealerOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly locks: Locks;
  /** Holds `journal.key`, a file of 32 random bytes, where no sealed store is in use. */
  readonly stateDir: string;
  readonly store: LocalCredentialStore;
  /**
   * Whether a store that does not exist yet shall be made for its key: when the person chose `keychain` or
   * `passphrase`. Otherwise (CI with KEYTURN_TOKEN) the key file serves.
   */
  readonly makeStore: boolean;
}

export interface JournalSealers {
  /** For new records: under the store's key where secrets are sealed there, else under the key file. */
  openSealer(): Promise<Sealer>;
  /** For records that exist: by the `keyId` that stands in them. Throws `AppError` (lost) when that key is gone. */
  openSealerFor(keyId: string): Promise<Sealer>;
}

const MOST_WAIT_MS = 5_000;

/** Seals what the journal keeps of an answer to a mint. The key is one derived for this, never the store's own. */
export function createJournalSealer(options: JournalSealerOptions): JournalSealers {
  const { random, store } = options;
  const fromStore = async (): Promise<Sealer | null> => {
    const unlocked = await store.unlock();
    return unlocked?.key ? toSealer('store', deriveKey(unlocked.key, 'journal'), random) : null;
  };
  return {
    async openSealer() {
      const { kind, path } = await store.facts();
      if (kind === null && options.makeStore) await store.prove();
      const stored = await fromStore();
      const sealer = stored ?? toSealer('file', await keyFromFile(options), random);
      await settle(options.disk, stored ? path : keyPath(options));
      return sealer;
    },
    async openSealerFor(keyId) {
      const key = keyId.startsWith('store-') ? null : await readKeyFile(options);
      const sealer = keyId.startsWith('store-') ? await fromStore() : key && toSealer('file', key, random);
      if (sealer?.keyId === keyId) return sealer;
      throw lost('the key of this record is gone');
    },
  };
}

function toSealer(source: 'store' | 'file', key: KeyObject, random: Random): Sealer {
  const keyId = `${source}-${fingerprintKey(key)}`;
  const place = (context: string): string => JSON.stringify(['keyturn', 'journal', keyId, context]);
  return {
    keyId,
    seal: (bytes, context) => seal(key, random, bytes, place(context)),
    open(sealed, context) {
      const bytes = unseal(key, sealed, place(context));
      if (!bytes) throw lost('a sealed record does not open');
      return bytes;
    },
  };
}

async function keyFromFile(options: JournalSealerOptions): Promise<KeyObject> {
  const known = await readKeyFile(options);
  if (known) return known;
  const { disk, random } = options;
  const path = keyPath(options);
  await ensureDurableFolder(disk, dirname(path));
  // Of two processes that both find no key, the second must take the first one's.
  return options.locks.hold('journal-key', MOST_WAIT_MS, async () => {
    const others = await readKeyFile(options);
    if (others) return others;
    await sweepLeftovers(disk, path);
    await replaceFile(disk, random, path, random.bytes(KEY_BYTES), 0o600);
    const made = await readKeyFile(options);
    if (!made) throw lost(`"${safeText(path, 300)}" does not read back`);
    return made;
  });
}

/**
 * Whoever put the file there may have died before its name was on the device: nothing is sealed under a key that a power cut
 * takes away.
 */
async function settle(disk: Disk, path: string): Promise<void> {
  await disk.syncFolder(dirname(await disk.resolve(path)));
}

async function readKeyFile(options: JournalSealerOptions): Promise<KeyObject | null> {
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

function keyPath(options: JournalSealerOptions): string {
  return join(options.stateDir, 'journal.key');
}

function lost(message: string): AppError {
  return new AppError({
    code: 'lost',
    message,
    hint: 'it was changed, moved, or sealed before the key was replaced; make a new token and revoke the old one',
  });
}
