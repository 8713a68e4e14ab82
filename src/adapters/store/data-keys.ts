import type { StoreKind } from '../../domain/credential.ts';
import { AppError, isAppError, usage } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Keychain } from '../../ports/keychain.ts';
import {
  derivePassphraseKey,
  makeCheck,
  newDataKeyId,
  newKey,
  passesCheck,
  readKeychainKey,
  requireReachable,
  SCRYPT_COST,
  saveKeychainKey,
  wrongPassphrase,
} from './data-key.ts';
import { markDataKey, placeCode } from './data-key-markers.ts';
import type { Unlocked } from './entry-secret.ts';
import type { DataKeyFacts, Header, KdfFacts } from './format.ts';
import { toBase64Url } from './seal.ts';

export interface DataKeysOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly keychain: Keychain;
  /** `credentials.yaml`. */
  readonly path: string;
  /** From the environment or a prompt; asked once. */
  readonly passphrase: () => Promise<Secret>;
  /** What the person may do instead of having a key in the keychain, for the hint of a failure. */
  readonly insteadOfKeychain?: (() => string) | undefined;
  /** scrypt's N for new passphrase stores; 2^17 where not given. */
  readonly scryptN?: number | undefined;
  /** Ends the wait for a key that is being derived; its reason is an `AppError`. */
  readonly signal?: AbortSignal | undefined;
}

export interface NewDataKey {
  readonly dataKey: DataKeyFacts | null;
  readonly unlocked: Unlocked;
}

/** The keys of the store, each unlocked once per process. */
export interface DataKeys {
  unlock(header: Pick<Header, 'kind' | 'dataKey'>): Promise<Unlocked>;
  /** A fresh key. `passphrase` is given where it differs from the one that opens the store. */
  create(kind: StoreKind, passphrase?: Secret): Promise<NewDataKey>;
}

const IN_CLEAR: Unlocked = { dataKeyId: null, key: null };
const LEAST_PASSPHRASE = 8;

export function createDataKeys(options: DataKeysOptions): DataKeys {
  const { disk, random, keychain, path } = options;
  const unlocked = new Map<string, Promise<Unlocked>>();
  let asked: Promise<Secret> | null = null;

  const ask = (): Promise<Secret> => {
    asked ??= options.passphrase().catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  };

  const open = async (kind: StoreKind, dataKey: DataKeyFacts): Promise<Unlocked> => {
    if (kind === 'keychain') {
      return { dataKeyId: dataKey.id, key: await readKeychainKey(keychain, dataKey, safeText(path, 300)) };
    }
    if (!dataKey.kdf) {
      throw new AppError({
        code: 'failure',
        message: 'the passphrase store has no "kdf"',
        hint: `bring back "${safeText(path, 300)}" from a backup, or move it away and log in again`,
      });
    }
    const key = await derivePassphraseKey(await ask(), dataKey.kdf, options.signal);
    if (passesCheck(key, dataKey)) return { dataKeyId: dataKey.id, key };
    asked = null;
    throw wrongPassphrase();
  };

  return {
    unlock({ kind, dataKey }) {
      if (kind === 'file' || !dataKey) return Promise.resolve(IN_CLEAR);
      const known = unlocked.get(dataKey.id);
      if (known) return known;
      const opening = open(kind, dataKey).catch((error: unknown) => {
        unlocked.delete(dataKey.id);
        throw error;
      });
      unlocked.set(dataKey.id, opening);
      return opening;
    },
    async create(kind, passphrase) {
      if (kind === 'file') return { dataKey: null, unlocked: IN_CLEAR };
      const id = newDataKeyId(random);
      if (kind === 'keychain') {
        const key = await offering(options, async () => {
          // A keychain that is out of reach is found out before anything is left for it.
          await requireReachable(keychain, id);
          const made = newKey(random);
          await markDataKey(disk, path, { id, key: made });
          await saveKeychainKey(keychain, id, made);
          return made;
        });
        const place = await placeCode(disk, path, { id, key });
        const dataKey = { id, check: makeCheck(key, random, id), kdf: null, place };
        return remember(unlocked, dataKey, { dataKeyId: id, key });
      }
      const salt = toBase64Url(random.bytes(16));
      const kdf: KdfFacts = { ...SCRYPT_COST, N: options.scryptN ?? SCRYPT_COST.N, salt };
      const chosen = passphrase ?? (await ask());
      if (chosen.length < LEAST_PASSPHRASE) {
        asked = null;
        throw usage(
          `the passphrase is shorter than ${LEAST_PASSPHRASE} characters`,
          'choose a longer one; several words are best',
        );
      }
      const key = await derivePassphraseKey(chosen, kdf, options.signal);
      return remember(
        unlocked,
        { id, check: makeCheck(key, random, id), kdf, place: null },
        { dataKeyId: id, key },
      );
    },
  };
}

/** A failure of the keychain says what else there is, while nothing depends on it yet. */
async function offering<T>(options: DataKeysOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const instead = options.insteadOfKeychain?.();
    if (!isAppError(error, 'unavailable') || instead === undefined) throw error;
    const { hint } = error.facts;
    throw error.with({ hint: hint === undefined ? instead : `${hint}; or ${instead}` });
  }
}

function remember(
  cache: Map<string, Promise<Unlocked>>,
  dataKey: DataKeyFacts,
  unlocked: Unlocked,
): NewDataKey {
  cache.set(dataKey.id, Promise.resolve(unlocked));
  return { dataKey, unlocked };
}
