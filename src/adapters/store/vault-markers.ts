import { basename, dirname, join } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Keychain } from '../../ports/keychain.ts';
import { forgetKeychainKey } from './vault-key.ts';

/**
 * A marker is an empty file beside the store that names a vault whose keychain item may have to go: one that is being
 * made, or one that a migration leaves behind. It is durable before the item is touched, so that no kill leaves an item
 * that nobody knows of.
 */
export async function markVault(disk: Disk, path: string, vaultId: string): Promise<void> {
  const marker = markerPath(path, vaultId);
  try {
    const file = await disk.create(marker, 0o600);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
  }
  await disk.syncFolder(dirname(path));
}

/**
 * Forgets the keychain items of all marked vaults but the one in use. Only under the store's lock. False when an
 * item could not be deleted now; its marker stays for the next time.
 */
export async function sweepVaults(
  disk: Disk,
  keychain: Keychain,
  path: string,
  inUse: string | null,
): Promise<boolean> {
  const folder = dirname(path);
  const start = markerName(path, '');
  let clean = true;
  for (const name of await disk.list(folder)) {
    const id = name.startsWith(start) ? name.slice(start.length) : '';
    if (!/^[0-9a-f]{32}$/.test(id)) continue;
    const done = id === inUse || (await forgetKeychainKey(keychain, id));
    if (done) await disk.remove(join(folder, name));
    else clean = false;
  }
  return clean;
}

function markerPath(path: string, vaultId: string): string {
  return join(dirname(path), markerName(path, vaultId));
}

function markerName(path: string, vaultId: string): string {
  return `.${basename(path)}.vault-${vaultId}`;
}
