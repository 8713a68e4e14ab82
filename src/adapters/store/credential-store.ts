import type { StoreKind } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import { noCredential } from '../../domain/missing.ts';
import { toInstant } from '../../domain/time.ts';
import type { CredentialStore, StoreFacts } from '../../ports/store.ts';
import { proveReplaceable } from '../disk/atomic-file.ts';
import { currentVersion, requireVersion, toCredential } from './credential-view.ts';
import {
  dropVersion,
  type EditTools,
  promoteVersion,
  removeEntry,
  renameEntry,
  saveEntry,
  stageVersion,
} from './edits.ts';
import { openSecret, type Unlocked } from './entry-secret.ts';
import { type CredentialStoreOptions, createStoreFile, type StoreFile } from './store-file.ts';
import { sweepVaults } from './vault-markers.ts';

/** The store, and the key under it for what else this installation seals. */
export interface LocalCredentialStore extends CredentialStore {
  /** Null when there is no file. Throws unavailable or auth when the key cannot be had. */
  unlock(): Promise<Unlocked | null>;
}

/** `credentials.yaml`. See `format.ts` for its layout. */
export function createCredentialStore(options: CredentialStoreOptions): LocalCredentialStore {
  const file = createStoreFile(options);
  const tools = (): EditTools => ({ random: options.random, now: toInstant(options.clock.now()) });
  const find: CredentialStore['find'] = async (name) => {
    const entry = (await file.read())?.entries.get(name);
    return entry ? toCredential(entry) : null;
  };

  return {
    find,
    unlock: () => file.open(({ unlocked }) => unlocked),
    async facts() {
      return { kind: (await file.read())?.header.kind ?? null, path: options.path };
    },
    async list() {
      return [...((await file.read())?.entries.values() ?? [])].map(toCredential);
    },
    async open(name, version) {
      const secret = await file.open(({ document, unlocked }) => {
        const entry = document.entries.get(name);
        if (!entry) throw noCredential(name);
        const wanted = version === undefined ? currentVersion(entry) : requireVersion(entry, version);
        return openSecret(unlocked, { ...entry, version: wanted.version }, wanted.stored);
      });
      if (!secret) throw noCredential(name);
      return secret;
    },
    prove: () => prove(options, file),
    async save(entry, secret) {
      const isNew = !(await file.read());
      const saved = await file.edit((draft) => saveEntry(draft, tools(), entry, secret));
      if (isNew) await tidy(options, file);
      return toCredential(saved);
    },
    async stage(entry, version, secret) {
      const isNew = !(await file.read());
      const staged = await file.edit((draft) => stageVersion(draft, tools(), { ...entry, version }, secret));
      if (isNew) await tidy(options, file);
      return toCredential(staged);
    },
    async promote(name, from, to) {
      const entry = await file.editSealed((document) => promoteVersion(document, name, from, to));
      if (!entry) throw noCredential(name);
      return toCredential(entry);
    },
    async dropVersion(name, version) {
      await file.editSealed((document) => dropVersion(document, name, version));
    },
    async remove(name) {
      return (await file.editSealed((document) => removeEntry(document, name))) ?? false;
    },
    async rename(name, newName) {
      if (!(await file.read())) throw noCredential(name);
      return toCredential(await file.edit((draft) => renameEntry(draft, tools(), name, newName)));
    },
  };
}

/** Refuses to act on one kind of store when another was asked for; what is there never changes silently. */
export function checkStoreKind(facts: StoreFacts, wanted: StoreKind | null): void {
  if (wanted === null || facts.kind === null || facts.kind === wanted) return;
  throw new AppError({
    code: 'usage',
    message: `the credentials are kept in the "${facts.kind}" store, not in "${wanted}"`,
    hint: `keyturn credentials migrate --from ${facts.kind} --to ${wanted}`,
  });
}

async function prove(options: CredentialStoreOptions, file: StoreFile): Promise<void> {
  const size = await file.open(({ document }) => document.toBytes().length);
  if (size === null) await file.edit(() => ({ result: null, changed: false }));
  // Twice the size: the next write may be a longer file.
  else await proveReplaceable(options.disk, options.random, options.path, size * 2 + 4096);
  await tidy(options, file);
}

/** Clears away keys that unfinished beginnings and migrations left in the keychain. */
async function tidy(options: CredentialStoreOptions, file: StoreFile): Promise<void> {
  const { shared } = file;
  await options.locks.hold(shared.lockName, shared.waitMs, async () => {
    const document = await file.read();
    await sweepVaults(options.disk, options.keychain, options.path, document?.header.vault?.id ?? null);
  });
}
