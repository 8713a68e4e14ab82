import { timingSafeEqual } from 'node:crypto';
import { isAppError } from '../../domain/errors.ts';
import type { Random } from '../../ports/clock.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { broken } from './decode-line.ts';
import type { OperationLog } from './read-operation.ts';
import { codeOf, type SealedKey } from './records.ts';

/**
 * Each operation has a random key of its own for the codes of its records, sealed in its first record. Without the
 * installation's key nobody can write a record that verifies: an edited, spliced or invented journal revokes nothing.
 */
export interface OperationKey extends SealedKey {
  readonly open: Uint8Array;
}

const KEY_BYTES = 32;

export function createOperationKey(sealer: Sealer, random: Random, id: string): OperationKey {
  const open = random.bytes(KEY_BYTES);
  const sealed = sealer.seal(open, contextOf(id, 'key'));
  return { open, keyId: sealer.keyId, key: toText(sealed) };
}

export function openOperationKey(sealer: Sealer, sealed: SealedKey, id: string): OperationKey {
  if (sealed.keyId !== sealer.keyId)
    throw broken('it was sealed under another key than the one that is here');
  return { ...sealed, open: openSealed(sealer, sealed.key, contextOf(id, 'key')) };
}

/** Every record was written by a holder of the key, in this order. Throws `failure`. */
export function verifyCodes(log: OperationLog, key: OperationKey): void {
  for (const { link, code } of log.lines) {
    const expected = Buffer.from(codeOf(link, key.open));
    const found = Buffer.from(code);
    if (found.length !== expected.length || !timingSafeEqual(found, expected)) {
      throw broken('a record was not written by this installation');
    }
  }
}

export function openSealed(sealer: Sealer, sealed: string, context: string): Uint8Array {
  try {
    return sealer.open(new Uint8Array(Buffer.from(sealed, 'base64url')), context);
  } catch (error) {
    throw isAppError(error, 'lost') ? broken('its sealed bytes do not open') : error;
  }
}

export function sealText(sealer: Sealer, bytes: Uint8Array, context: string): string {
  return toText(sealer.seal(bytes, context));
}

/** Where in which operation sealed bytes belong: moved elsewhere they do not open. */
export function contextOf(id: string, ...place: readonly (string | number)[]): string {
  return JSON.stringify(['keyturn journal', id, ...place]);
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
