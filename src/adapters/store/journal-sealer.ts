import { AppError } from '../../domain/errors.ts';
import type { Random } from '../../ports/clock.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { type InstallationKey, type InstallationKeys, KEY_VARIABLE } from './installation-keys.ts';
import { seal, unseal } from './seal.ts';

export interface JournalSealers {
  /** For new records. */
  openSealer(): Promise<Sealer>;
  /** For records that exist: by the `keyId` that stands in them. Throws `AppError` (lost) when that key is gone. */
  openSealerFor(keyId: string): Promise<Sealer>;
}

/** Seals what the journal keeps of an answer to a create or rotate, under a key of this installation. */
export function createJournalSealer(keys: InstallationKeys, random: Random): JournalSealers {
  return {
    openSealer: async () => toSealer(await keys.current('journal'), random),
    async openSealerFor(keyId) {
      const key = await keys.find('journal', keyId);
      if (key) return toSealer(key, random);
      const variable = keyId.startsWith('variable-');
      throw lost(
        'the key of this record is gone',
        variable ? `set ${KEY_VARIABLE} to the value that it had when the operation began` : undefined,
      );
    },
  };
}

function toSealer({ keyId, key, settle }: InstallationKey, random: Random): Sealer {
  const place = (context: string): string => JSON.stringify(['keyturn', 'journal', keyId, context]);
  return {
    keyId,
    settle,
    seal: (bytes, context) => seal(key, random, bytes, place(context)),
    open(sealed, context) {
      const bytes = unseal(key, sealed, place(context));
      if (!bytes) throw lost('a sealed record does not open');
      return bytes;
    },
  };
}

function lost(
  message: string,
  hint = 'it was changed, moved, or sealed before the key was replaced; make a new token and revoke the old one',
): AppError {
  return new AppError({ code: 'lost', message, hint });
}
