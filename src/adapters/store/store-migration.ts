import type { KeyObject } from 'node:crypto';
import type { StoreKind } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import type { Guard, Resealed, StoreMigration } from '../../ports/store-migration.ts';
import { commitShared } from '../disk/commit-file.ts';
import { itemName } from './data-key.ts';
import { markDataKey, placeCode, sweepDataKeys } from './data-key-markers.ts';
import type { NewDataKey } from './data-keys.ts';
import { keepSecret, openSecret, type Unlocked } from './entry-secret.ts';
import type { Entry } from './format.ts';
import { type Expected, toChange } from './store-change.ts';
import type { StoreDocument } from './store-document.ts';
import { StoreEdit } from './store-edit.ts';
import { type CredentialStoreOptions, createStoreFile, type StoreFile } from './store-file.ts';

export interface StoreMigrationOptions extends CredentialStoreOptions {
  /** Called once, before the file is replaced, with the key that the store is to have: null where it lies in clear. */
  beforeSwitch?(key: KeyObject | null): Promise<void>;
}

/** Changes the kind of `credentials.yaml`, or its key. */
export function createStoreMigration(options: StoreMigrationOptions): StoreMigration {
  const file = createStoreFile(options);
  return {
    async inventory() {
      const found = await file.open(({ document, unlocked }) => ({
        kind: document.header.kind,
        ...count(openAll(document, unlocked), document),
      }));
      return { path: options.path, ...(found ?? { kind: null, credentials: [], secrets: 0 }) };
    },
    reseal: (from, to, guard = (work) => work()) => reseal(options, file, { from, to, guard }),
  };
}

interface Committed {
  readonly credentials: readonly string[];
  readonly secrets: number;
  /** The keychain's item that this store does not need any more. */
  readonly oldDataKey: string | null;
  /** Whether the store was made elsewhere, as far as the file tells: another store may need the item. */
  readonly isShared: boolean;
}

async function reseal(
  options: StoreMigrationOptions,
  file: StoreFile,
  { from, to, guard }: { readonly from: StoreKind; readonly to: StoreKind; readonly guard: Guard },
): Promise<Resealed> {
  const { disk, keychain, path } = options;
  // Whatever a person has to type is asked for before the lock is taken.
  await file.open(() => null);
  const passphrase = to === 'passphrase' ? await (options.newPassphrase ?? options.passphrase)() : undefined;
  let made: NewDataKey | null = null;
  const commit = (): Promise<Committed> =>
    commitShared(file.shared, async (current) => {
      const document = current && new StoreEdit(await file.parse(current));
      if (!document || document.header.kind !== from) throw changedKind(from);
      const { dataKey } = document.header;
      const { key: oldKey } = await file.dataKeys.unlock(document.header);
      const secrets = openAll(document, { dataKeyId: dataKey?.id ?? null, key: oldKey });
      if (made === null) {
        made = await file.dataKeys.create(to, passphrase);
        await options.beforeSwitch?.(made.unlocked.key);
      }
      const old = from === 'keychain' && dataKey && oldKey ? { id: dataKey.id, key: oldKey } : null;
      // The store may be a copy, and the file that it was copied from needs the key.
      const isShared = old !== null && dataKey?.place !== (await placeCode(disk, path, old));
      if (old && !isShared) await markDataKey(disk, path, old);
      document.setHeader({ ...document.header, kind: to, dataKey: made.dataKey });
      for (const entry of [...document.entries.values()]) {
        document.put(sealUnder(options, made.unlocked, entry, secrets));
      }
      const draft = { document, unlocked: made.unlocked };
      // A key in the keychain; what other runs left there is swept too, and not told of as this store's.
      const oldDataKey = from === 'keychain' ? (dataKey?.id ?? null) : null;
      const result = { ...count(secrets, document), oldDataKey, isShared };
      return toChange(file.shared, (bytes) => file.parse(bytes), draft, {
        result,
        changed: true,
        expect: secrets,
      });
    });
  const done = await guard(commit);
  const { shared } = file;
  const left = await options.locks.hold(shared.lockName, shared.waitMs, async () => {
    const now = await file.read();
    return sweepDataKeys(disk, keychain, path, now?.header.dataKey?.id ?? null);
  });
  const { credentials, secrets, oldDataKey, isShared } = done;
  const oldKeyRemains = oldDataKey !== null && (isShared || left.includes(oldDataKey));
  return {
    credentials,
    secrets,
    oldKeyRemains,
    sharedItem: isShared && oldDataKey ? itemName(oldDataKey) : null,
  };
}

function openAll(document: StoreDocument, unlocked: Unlocked): readonly Expected[] {
  return [...document.entries.values()].flatMap((entry) =>
    entry.versions.map((version) => ({
      name: entry.name,
      version: version.version,
      secret: openSecret(unlocked, entry, version),
    })),
  );
}

/** Under another key; every secret was opened before. */
function sealUnder(
  options: CredentialStoreOptions,
  unlocked: Unlocked,
  entry: Entry,
  secrets: readonly Expected[],
): Entry {
  return {
    ...entry,
    versions: entry.versions.map((version) => {
      const opened = secrets.find((one) => one.name === entry.name && one.version === version.version);
      if (!opened) {
        throw new AppError({
          code: 'failure',
          message: `"${entry.name}" was not opened`,
          hint: 'nothing was changed; run it again',
        });
      }
      return { ...version, stored: keepSecret(unlocked, options.random, { entry, version }, opened.secret) };
    }),
  };
}

function count(
  secrets: readonly Expected[],
  document: StoreDocument,
): { credentials: readonly string[]; secrets: number } {
  return { credentials: [...document.entries.keys()], secrets: secrets.length };
}

function changedKind(from: StoreKind): AppError {
  return new AppError({
    code: 'conflict',
    message: `the store is not of kind "${from}" any more`,
    hint: 'another process migrated it; see `keyturn doctor`',
  });
}
