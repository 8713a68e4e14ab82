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

/** Whether a run that was killed, or a keychain that was out of reach, left something to sweep. Needs no lock. */
export async function hasMarkers(disk: Disk, path: string): Promise<boolean> {
  return (await disk.list(dirname(path))).some((name) => markedVault(path, name) !== null);
}

/**
 * Forgets the keychain items of all marked vaults but the one in use. Only under the store's lock. Returns the vaults
 * whose item could not be deleted now; their markers stay for the next time.
 */
export async function sweepVaults(
  disk: Disk,
  keychain: Keychain,
  path: string,
  inUse: string | null,
): Promise<readonly string[]> {
  const folder = dirname(path);
  const left: string[] = [];
  for (const name of await disk.list(folder)) {
    const id = markedVault(path, name);
    if (id === null) continue;
    const done = id === inUse || (await forgetKeychainKey(keychain, id));
    if (done) await disk.remove(join(folder, name));
    else left.push(id);
  }
  return left;
}

function markedVault(path: string, name: string): string | null {
  const start = markerName(path, '');
  const id = name.startsWith(start) ? name.slice(start.length) : '';
  return /^[0-9a-f]{32}$/.test(id) ? id : null;
}

function markerPath(path: string, vaultId: string): string {
  return join(dirname(path), markerName(path, vaultId));
}

function markerName(path: string, vaultId: string): string {
  return `.${basename(path)}.vault-${vaultId}`;
}
