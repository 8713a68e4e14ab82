import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Keychain } from '../../ports/keychain.ts';
import { deriveKey, forgetKeychainKey } from './data-key.ts';

/** A data key that is kept in the keychain. */
export interface MarkedDataKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** More than a run leaves behind; the rest is for the next write. */
const MOST_SWEPT = 16;
/** Of a code, HMAC-SHA-256 as base64url. In bytes. */
const CODE_LENGTH = 43;

/**
 * A marker is a file beside the store that names a data key whose keychain item may have to go: one that is being made, or one
 * that a migration leaves behind. It is durable before the item is touched, so that no kill leaves an item that nobody
 * knows of. It holds a code under the data key itself, so that nobody else can make keyturn delete an item.
 */
export async function markDataKey(disk: Disk, path: string, dataKey: MarkedDataKey): Promise<void> {
  const marker = join(dirname(path), markerName(path, dataKey.id));
  const code = new TextEncoder().encode(codeOf(await placeOf(disk, path), dataKey));
  // What lies there was torn by a kill, or planted.
  await disk.remove(marker);
  const file = await disk.create(marker, 0o600);
  try {
    await file.write(code);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.syncFolder(dirname(path));
}

/** Says in the store's file for which place the store was made. Nobody without its key can say so. */
export async function placeCode(disk: Disk, path: string, dataKey: MarkedDataKey): Promise<string> {
  return codeOf(await placeOf(disk, path), dataKey, 'place');
}

/** Of this dataKey and this store: a marker that was copied from another store says nothing here. */
function codeOf(place: string, { id, key }: MarkedDataKey, what: 'marker' | 'place' = 'marker'): string {
  return createHmac('sha256', deriveKey(key, what))
    .update(JSON.stringify([`keyturn ${what}`, id, place]))
    .digest('base64url');
}

/** Whether a run that was killed, or a keychain that was out of reach, left something to sweep. Needs no lock. */
export async function hasMarkers(disk: Disk, path: string): Promise<boolean> {
  return (await disk.list(dirname(path))).some((name) => markedDataKey(path, name) !== null);
}

/**
 * Forgets the keychain items of the marked data keys but the one in use, where the marker's code fits the key in the item. A
 * marker that does not fit goes, and the item stays. Only under the store's lock. Returns the data keys whose item could not be
 * deleted now; their markers stay for the next time.
 */
export async function sweepDataKeys(
  disk: Disk,
  keychain: Keychain,
  path: string,
  inUse: string | null,
): Promise<readonly string[]> {
  const folder = dirname(path);
  const left: string[] = [];
  const marked = (await disk.list(folder)).flatMap((name) => markedDataKey(path, name) ?? []);
  for (const id of marked.slice(0, MOST_SWEPT)) {
    const isDone = id === inUse || (await sweep({ disk, keychain, path }, id));
    if (!isDone || !(await removed(disk, join(folder, markerName(path, id))))) left.push(id);
  }
  return left;
}

interface Sweeping {
  readonly disk: Disk;
  readonly keychain: Keychain;
  readonly path: string;
}

/** Whether nothing is left to do for the marker of this data key. */
async function sweep({ disk, keychain, path }: Sweeping, id: string): Promise<boolean> {
  const bytes = await readCode(disk, join(dirname(path), markerName(path, id)));
  if (!bytes) return true;
  const place = await placeOf(disk, path);
  return forgetKeychainKey(keychain, id, (key) => isSame(bytes, codeOf(place, { id, key })));
}

/** Null where it is none of ours: of another length, or no file at all. */
async function readCode(disk: Disk, marker: string): Promise<Uint8Array | null> {
  const facts = await disk.facts(marker);
  if (facts?.kind !== 'file' || facts.size !== CODE_LENGTH) return null;
  return disk.read(marker, CODE_LENGTH);
}

/** A folder of that name, or a file that cannot be removed, must not stand in the way of a write. */
async function removed(disk: Disk, marker: string): Promise<boolean> {
  try {
    await disk.remove(marker);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

async function placeOf(disk: Disk, path: string): Promise<string> {
  return join(await disk.resolve(dirname(path)), basename(path));
}

function markedDataKey(path: string, name: string): string | null {
  const start = markerName(path, '');
  const id = name.startsWith(start) ? name.slice(start.length) : '';
  return /^[0-9a-f]{32}$/.test(id) ? id : null;
}

function isSame(bytes: Uint8Array, code: string): boolean {
  const expected = new TextEncoder().encode(code);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}

function markerName(path: string, dataKeyId: string): string {
  return `.${basename(path)}.vault-${dataKeyId}`;
}
