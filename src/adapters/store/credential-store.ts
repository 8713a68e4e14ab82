import { dirname } from 'node:path';
import type { StoreKind } from '../../domain/credential.ts';
import { AppError } from '../../domain/errors.ts';
import { noCredential } from '../../domain/missing.ts';
import { MAX_SECRET_LENGTH } from '../../domain/secret-input.ts';
import { safeText } from '../../domain/text.ts';
import { toInstant } from '../../domain/time.ts';
import type { NewStore, StoreFacts } from '../../ports/store.ts';
import { proveReplaceable } from '../disk/atomic-file.ts';
import { tooLarge } from '../disk/commit-file.ts';
import { currentVersion, requireVersion, toCredential } from './credential-view.ts';
import {
  dropVersion,
  type EditTools,
  markVersion,
  promoteVersion,
  removeEntry,
  renameEntry,
  saveEntry,
  stageVersion,
} from './edits.ts';
import { openSecret, type Unlocked } from './entry-secret.ts';
import { type CredentialStoreOptions, createStoreFile, type StoreFile } from './store-file.ts';

/** The store, and the key under it for what else this installation seals. */
export interface LocalCredentialStore extends NewStore {
  /** Null when there is no file. Throws unavailable or auth when the key cannot be had. */
  unlock(): Promise<Unlocked | null>;
}

/** The longest secret, sealed and in base64, with all that stands beside it. In bytes. */
const ROOM_FOR_A_SECRET = 2 * MAX_SECRET_LENGTH;

/** `credentials.yaml`. See `format.ts` for its layout. */
export function createCredentialStore(options: CredentialStoreOptions): LocalCredentialStore {
  const file = createStoreFile(options);
  const tools = (): EditTools => ({ random: options.random, now: toInstant(options.clock.now()) });
  let madeByProve = false;
  const find: NewStore['find'] = async (name) => {
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
        return openSecret(unlocked, entry, wanted);
      });
      if (!secret) throw noCredential(name);
      return secret;
    },
    async prove() {
      const size = await file.open(({ document }) => Buffer.byteLength(document.file?.text ?? ''));
      if (size === null) {
        await file.edit(() => ({ result: null, changed: false }));
        madeByProve = true;
        return;
      }
      if (size + ROOM_FOR_A_SECRET > file.shared.limit) throw tooLarge(file.shared);
      // Twice the size: the next write may be a longer file.
      await proveReplaceable(options.disk, options.random, options.path, size * 2 + 4096);
      await file.tidy();
    },
    async withdraw() {
      if (madeByProve) await withdrawEmpty(options, file);
    },
    async save(fresh, secret, replacing) {
      const saved = await file.edit((draft) => saveEntry(draft, tools(), { fresh, replacing }, secret));
      return toCredential(saved);
    },
    async stage(entry, version, secret) {
      const staged = await file.edit((draft) => stageVersion(draft, tools(), { ...entry, version }, secret));
      return toCredential(staged);
    },
    async promote(name, from, to) {
      if (!(await file.read())) throw noCredential(name);
      return toCredential(await file.edit((draft) => promoteVersion(draft, tools(), name, { from, to })));
    },
    async dropVersion(name, version) {
      await file.editSealed((document) => dropVersion(document, name, version));
    },
    async mark(name, version, inactive) {
      await file.editSealed((document) => markVersion(document, { name, version }, inactive));
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
  const replaced =
    facts.kind === 'file'
      ? `if they were sealed before, somebody replaced "${safeText(facts.path, 300)}"; otherwise `
      : '';
  throw new AppError({
    code: 'usage',
    message: `the credentials are kept in the "${facts.kind}" store, not in "${wanted}"`,
    hint: `${replaced}leave "--store" and KEYTURN_STORE out, or run \`keyturn credentials migrate --from ${facts.kind} --to ${wanted}\``,
  });
}

/** Another process may have put something in meanwhile: then it stays. */
async function withdrawEmpty(options: CredentialStoreOptions, file: StoreFile): Promise<void> {
  const { markDataKey, sweepDataKeys } = await import('./data-key-markers.ts');
  const { disk, keychain, path } = options;
  const { shared } = file;
  await options.locks.hold(shared.lockName, shared.waitMs, async (stillHeld) => {
    const document = await file.read();
    if (!document || document.entries.size > 0) return;
    const { kind, dataKey } = document.header;
    const { key } = await file.dataKeys.unlock(document.header);
    if (kind === 'keychain' && dataKey && key) await markDataKey(disk, path, { id: dataKey.id, key });
    await stillHeld();
    await disk.remove(path);
    await disk.syncFolder(dirname(path));
    await sweepDataKeys(disk, keychain, path, null);
  });
}
