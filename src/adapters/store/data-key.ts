import { createHash, createSecretKey, hkdfSync, type KeyObject, scrypt } from 'node:crypto';
import { AppError, interruption, isAppError } from '../../domain/errors.ts';
import { Secret } from '../../domain/secret.ts';
import type { Random } from '../../ports/clock.ts';
import type { Keychain } from '../../ports/keychain.ts';
import type { DataKeyFacts, KdfFacts } from './format.ts';
import { fromBase64Url, seal, toBase64Url, unseal } from './seal.ts';

const KEYCHAIN_SERVICE = 'keyturn';
export const KEY_BYTES = 32;
const PROBE = new TextEncoder().encode('keyturn');

/** The keychain's name for a data key. */
function keychainAccount(dataKeyId: string): string {
  return `vault:${dataKeyId}`;
}

/** For a person who looks for it in the keychain. */
export function itemName(dataKeyId: string): string {
  return `"${keychainAccount(dataKeyId)}" of "${KEYCHAIN_SERVICE}"`;
}

export function newDataKeyId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString('hex');
}

export function makeCheck(key: KeyObject, random: Random, dataKeyId: string): Uint8Array {
  return seal(key, random, PROBE, checkContext(dataKeyId));
}

export function passesCheck(key: KeyObject, dataKey: DataKeyFacts): boolean {
  const opened = unseal(key, dataKey.check, checkContext(dataKey.id));
  return opened !== null && Buffer.compare(opened, PROBE) === 0;
}

/** Throws what stands in the way; changes nothing. */
export async function requireReachable(keychain: Keychain, dataKeyId: string): Promise<void> {
  await keychain.getPassword(KEYCHAIN_SERVICE, keychainAccount(dataKeyId));
}

export function newKey(random: Random): KeyObject {
  return createSecretKey(random.bytes(KEY_BYTES));
}

/** Puts a key into the keychain and reads it back. */
export async function saveKeychainKey(keychain: Keychain, dataKeyId: string, key: KeyObject): Promise<void> {
  const text = Secret.of(toBase64Url(key.export()));
  const account = keychainAccount(dataKeyId);
  await keychain.setPassword(KEYCHAIN_SERVICE, account, text);
  if (!(await keychain.getPassword(KEYCHAIN_SERVICE, account))?.equals(text)) {
    throw unavailable('the keychain does not give back what was put into it', 'see `keyturn doctor`');
  }
}

/** An existing data key. Throws `AppError` (unavailable) when it is missing or another one. */
export async function readKeychainKey(
  keychain: Keychain,
  dataKey: DataKeyFacts,
  path: string,
): Promise<KeyObject> {
  const text = await keychain.getPassword(KEYCHAIN_SERVICE, keychainAccount(dataKey.id));
  if (text === null) {
    throw unavailable(
      `the keychain has no key for "${path}"`,
      `bring back the item "${keychainAccount(dataKey.id)}" of "${KEYCHAIN_SERVICE}", or move the file away and log in again`,
    );
  }
  const key = toKey(text);
  if (!key) {
    throw unavailable(
      `the keychain's key for "${path}" is damaged`,
      `the item "${keychainAccount(dataKey.id)}" of "${KEYCHAIN_SERVICE}" must hold 43 characters and nothing else`,
    );
  }
  if (!passesCheck(key, dataKey)) {
    throw unavailable(
      `the keychain holds another key than "${path}" was sealed with`,
      'bring back the keychain or the file from the same backup, or move the file away and log in again',
    );
  }
  return key;
}

/** What keyturn writes: about half a second and 128 MiB. */
export const SCRYPT_COST = { N: 2 ** 17, r: 8, p: 1 } as const;
/** A weaker header is an attack on the passphrase. Of N. */
const LEAST_N = 2 ** 15;

/** Says what is wrong with stored parameters; null when they are fine. A costlier header than our own is an attack on the machine. */
export function kdfProblem(kdf: KdfFacts): string | null {
  const { N, r, p } = kdf;
  const salt = fromBase64Url(kdf.salt);
  if (!Number.isSafeInteger(N) || N < LEAST_N || Math.log2(N) % 1 !== 0)
    return 'N is too low or no power of two';
  if (N > SCRYPT_COST.N || r !== SCRYPT_COST.r || p !== SCRYPT_COST.p)
    return 'it asks for another cost than keyturn writes';
  if (!salt || salt.length < 16 || salt.length > 64) return 'the salt has a wrong length';
  return null;
}

/** Takes about half a second on a thread of its own; rejects as soon as `signal` says so. */
export async function derivePassphraseKey(
  passphrase: Secret,
  kdf: KdfFacts,
  signal?: AbortSignal,
): Promise<KeyObject> {
  const salt = Buffer.from(kdf.salt, 'base64url');
  const { N, r, p } = kdf;
  // Different keyboards write the same letters differently; NFKC makes them one.
  const password = Buffer.from(passphrase.reveal().normalize('NFKC'), 'utf8');
  // Node's own limit is 32 MiB, less than any safe cost needs.
  const maxmem = 128 * N * r + 128 * r * p + 64 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    const giveUp = (): void => signal && reject(interruption(signal));
    if (signal?.aborted) return giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem }, (error, key) => {
      signal?.removeEventListener('abort', giveUp);
      if (error) reject(unavailable('the key cannot be derived from the passphrase', 'free some memory'));
      else resolve(createSecretKey(key));
    });
  });
}

export function wrongPassphrase(): AppError {
  return new AppError({
    code: 'auth',
    message: 'the passphrase is wrong',
    hint: 'set KEYTURN_PASSPHRASE to the right one, or answer the prompt again',
  });
}

/** Another key for another purpose, from the same root (HKDF, RFC 5869). */
export function deriveKey(root: KeyObject, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', root.export(), '', `keyturn ${purpose}`, KEY_BYTES)));
}

/** Names a key without telling it: a hash of something only the key gives. */
export function fingerprintKey(key: KeyObject): string {
  return createHash('sha256').update('keyturn key id').update(key.export()).digest('hex').slice(0, 32);
}

function toKey(text: Secret): KeyObject | null {
  const bytes = fromBase64Url(text.reveal());
  return bytes?.length === KEY_BYTES ? createSecretKey(bytes) : null;
}

/**
 * Forgets the keychain's item of a data key where `isOurs` says so of the key in it. False when the keychain cannot be reached
 * now, so that somebody must ask again.
 */
export async function forgetKeychainKey(
  keychain: Keychain,
  dataKeyId: string,
  isOurs: (key: KeyObject) => boolean,
): Promise<boolean> {
  try {
    const account = keychainAccount(dataKeyId);
    const text = await keychain.getPassword(KEYCHAIN_SERVICE, account);
    const key = text === null ? null : toKey(text);
    if (key && isOurs(key)) await keychain.deletePassword(KEYCHAIN_SERVICE, account);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

function checkContext(dataKeyId: string): string {
  return JSON.stringify(['keyturn', 'check', dataKeyId]);
}

function unavailable(message: string, hint: string): AppError {
  return new AppError({ code: 'unavailable', message, hint });
}
