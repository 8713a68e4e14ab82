import type { StoreKind } from '../../domain/credential.ts';
import { AppError, isAppError, usage } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Keychain } from '../../ports/keychain.ts';
import type { Unlocked } from './entry-secret.ts';
import type { Header, KdfFacts, Vault } from './format.ts';
import { toBase64Url } from './seal.ts';
import {
  derivePassphraseKey,
  makeCheck,
  newKey,
  newVaultId,
  passesCheck,
  readKeychainKey,
  requireReachable,
  SCRYPT_COST,
  saveKeychainKey,
  wrongPassphrase,
} from './vault-key.ts';
import { markVault } from './vault-markers.ts';

export interface VaultsOptions {
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

export interface NewVault {
  readonly vault: Vault | null;
  readonly unlocked: Unlocked;
}

/** The keys of the store, each unlocked once per process. */
export interface Vaults {
  unlock(header: Pick<Header, 'kind' | 'vault'>): Promise<Unlocked>;
  /** A fresh key. `passphrase` is given where it differs from the one that opens the store. */
  create(kind: StoreKind, passphrase?: Secret): Promise<NewVault>;
}

const IN_CLEAR: Unlocked = { vaultId: null, key: null };
const LEAST_PASSPHRASE = 8;

export function createVaults(options: VaultsOptions): Vaults {
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

  const open = async (kind: StoreKind, vault: Vault): Promise<Unlocked> => {
    if (kind === 'keychain') {
      return { vaultId: vault.id, key: await readKeychainKey(keychain, vault, safeText(path, 300)) };
    }
    if (!vault.kdf) {
      throw new AppError({
        code: 'failure',
        message: 'the passphrase store has no "kdf"',
        hint: `bring back "${safeText(path, 300)}" from a backup, or move it away and log in again`,
      });
    }
    const key = await derivePassphraseKey(await ask(), vault.kdf, options.signal);
    if (passesCheck(key, vault)) return { vaultId: vault.id, key };
    asked = null;
    throw wrongPassphrase();
  };

  return {
    unlock({ kind, vault }) {
      if (kind === 'file' || !vault) return Promise.resolve(IN_CLEAR);
      const known = unlocked.get(vault.id);
      if (known) return known;
      const opening = open(kind, vault).catch((error: unknown) => {
        unlocked.delete(vault.id);
        throw error;
      });
      unlocked.set(vault.id, opening);
      return opening;
    },
    async create(kind, passphrase) {
      if (kind === 'file') return { vault: null, unlocked: IN_CLEAR };
      const id = newVaultId(random);
      if (kind === 'keychain') {
        const key = await offering(options, async () => {
          // A keychain that is out of reach is found out before anything is left for it.
          await requireReachable(keychain, id);
          const made = newKey(random);
          await markVault(disk, path, { id, key: made });
          await saveKeychainKey(keychain, id, made);
          return made;
        });
        const vault = { id, check: makeCheck(key, random, id), kdf: null };
        return remember(unlocked, vault, { vaultId: id, key });
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
      return remember(unlocked, { id, check: makeCheck(key, random, id), kdf }, { vaultId: id, key });
    },
  };
}

/** A failure of the keychain says what else there is, while nothing depends on it yet. */
async function offering<T>(options: VaultsOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const instead = options.insteadOfKeychain?.();
    if (!isAppError(error, 'unavailable') || instead === undefined) throw error;
    const { hint } = error.facts;
    throw error.with({ hint: hint === undefined ? instead : `${hint}; or ${instead}` });
  }
}

function remember(cache: Map<string, Promise<Unlocked>>, vault: Vault, unlocked: Unlocked): NewVault {
  cache.set(vault.id, Promise.resolve(unlocked));
  return { vault, unlocked };
}
