import { AppError } from '../../domain/errors.ts';
import type { Random } from '../../ports/clock.ts';
import type { Sealer } from '../../ports/sealer.ts';
import { type InstallationKey, type InstallationKeys, KEY_VARIABLE } from './installation-keys.ts';
import { seal, unseal } from './seal.ts';

export interface JournalSealers {
  /** For new records. */
  openSealer(): Promise<Sealer>;
  /**
   * For records that exist: by the `keyId` that stands in them. Throws `AppError`: `lost` when that key is gone or does not
   * count here, `unavailable` when only KEYTURN_JOURNAL_KEY is missing or has another value.
   */
  openSealerFor(keyId: string): Promise<Sealer>;
}

/** Seals what the journal keeps of an answer to a create or rotate, under a key of this installation. */
export function createJournalSealer(keys: InstallationKeys, random: Random): JournalSealers {
  return {
    openSealer: async () => toSealer(await keys.current('journal'), random),
    async openSealerFor(keyId) {
      const key = await keys.find('journal', keyId);
      if (key) return toSealer(key, random);
      if (keyId.startsWith('variable-')) throw otherVariable();
      const instead = keyId.startsWith('file-') ? await keys.insteadOfFile() : null;
      if (instead) throw fileDoesNotCount(instead);
      throw lost('the key that it was sealed under is gone', SET_ASIDE);
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

const SET_ASIDE =
  'nothing was sent; look at the tokens at the provider, then set the record aside with `keyturn rotations abort`';

/** A missing key, not a broken record: with the right value the record opens. */
function otherVariable(): AppError {
  return new AppError({
    code: 'unavailable',
    message: `the operation is sealed under another value of ${KEY_VARIABLE} than the one that is set`,
    hint: `nothing was sent; set ${KEY_VARIABLE} to the value that it had when the operation began; if that value is lost for good, move the operation’s files out of the state folder`,
  });
}

/** Whoever may write the state folder can write such a key and such a record. */
function fileDoesNotCount(instead: 'store' | 'variable'): AppError {
  return instead === 'store'
    ? lost(
        'it is sealed under the file journal.key, which does not count where the credential store is sealed',
        SET_ASIDE,
      )
    : lost(
        `it is sealed under the file journal.key, which does not count where ${KEY_VARIABLE} is set`,
        `nothing was sent; if you began the operation before ${KEY_VARIABLE} was set, unset it and resume; otherwise set the record aside with \`keyturn rotations abort\``,
      );
}

function lost(
  message: string,
  hint = 'it was changed, moved, or sealed before the key was replaced; make a new token and revoke the old one',
): AppError {
  return new AppError({ code: 'lost', message, hint });
}
