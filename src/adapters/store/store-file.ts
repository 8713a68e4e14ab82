import type { StoreKind } from '../../domain/credential.ts';
import { isAppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Keychain } from '../../ports/keychain.ts';
import type { Locks } from '../../ports/lock.ts';
import { type Change, commitShared, readShared, type SharedFile } from '../disk/commit-file.ts';
import { LastRead } from '../disk/last-read.ts';
import { ParsedOnce } from '../disk/parsed-once.ts';
import type { DataKeys, NewDataKey } from './data-keys.ts';
import type { Unlocked } from './entry-secret.ts';
import { FILE_LIMIT, type Header } from './format.ts';
import { renewSeals } from './renew-seals.ts';
import { type Draft, type Outcome, toChange } from './store-change.ts';
import { newStoreContent, readStoreContent, type StoreContent } from './store-document.ts';
import { StoreEdit } from './store-edit.ts';

export interface CredentialStoreOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly clock: Clock;
  readonly locks: Locks;
  readonly keychain: Keychain;
  /** From the environment or a prompt without echo; asked at most once, and only for a passphrase store. */
  readonly passphrase: () => Promise<Secret>;
  /** The passphrase of a file that is new, or that gets a new one; as `passphrase` where not given. */
  readonly newPassphrase?: (() => Promise<Secret>) | undefined;
  /** `credentials.yaml`, absolute. */
  readonly path: string;
  /** What a file that does not exist yet will be; one that exists keeps its own kind. */
  readonly kindForNewFile: StoreKind;
  /** Called before a store is made, and nothing is locked. Throws where it must not be made now. */
  readonly beforeNewStore?: ((kind: StoreKind) => Promise<void>) | undefined;
  /** Called when the first secret was saved in a file that keeps secrets in clear. */
  readonly onClearStore?: ((path: string) => void) | undefined;
  /** How long a write waits for another process, in ms; 10 s where not given. */
  readonly waitMs?: number | undefined;
  readonly insteadOfKeychain?: (() => string) | undefined;
  readonly scryptN?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Opened {
  readonly document: StoreContent;
  readonly unlocked: Unlocked;
}

/** Reading and committing `credentials.yaml` as a whole. */
export interface StoreFile {
  readonly shared: SharedFile;
  readonly dataKeys: DataKeys;
  read(): Promise<StoreContent | null>;
  parse(bytes: Uint8Array): Promise<StoreContent>;
  /** Runs `use` with a document and its key; again from the newest file when a migration came in between. */
  open<T>(use: (opened: Opened) => T): Promise<T | null>;
  /** Changes the document under the lock. `change` is run again when another process came first. */
  edit<T>(change: (draft: Draft) => Outcome<T>): Promise<T>;
  /** As `edit`, without the key: for changes that seal nothing. Null when there is no file. */
  editSealed<T>(change: (document: StoreEdit) => Outcome<T>): Promise<T | null>;
  /**
   * Clears away keys that unfinished beginnings and migrations left in the keychain. Part of every write and of none
   * that reads; what cannot be cleared now waits for the next one.
   */
  tidy(): Promise<void>;
}

const USUAL_WAIT_MS = 10_000;

export function createStoreFile(options: CredentialStoreOptions): StoreFile {
  return new FileStore(options);
}

class FileStore implements StoreFile {
  readonly shared: SharedFile;
  readonly dataKeys: DataKeys;
  readonly #options: CredentialStoreOptions;
  readonly #parsed: ParsedOnce<StoreContent>;

  constructor(options: CredentialStoreOptions) {
    const { disk, random, locks, path } = options;
    this.#options = options;
    this.dataKeys = lazyDataKeys(options);
    this.shared = {
      disk,
      random,
      locks,
      path,
      lockName: 'credentials',
      waitMs: options.waitMs ?? USUAL_WAIT_MS,
      limit: FILE_LIMIT,
      lastRead: new LastRead(),
    };
    this.#parsed = new ParsedOnce((bytes, before) => readStoreContent(bytes, path, before));
  }

  async read(): Promise<StoreContent | null> {
    const bytes = await readShared(this.shared);
    return bytes && this.parse(bytes);
  }

  parse(bytes: Uint8Array): Promise<StoreContent> {
    return this.#parsed.read(bytes);
  }

  async open<T>(use: (opened: Opened) => T): Promise<T | null> {
    let document = await this.read();
    for (;;) {
      if (!document) return null;
      try {
        return use({ document, unlocked: await this.dataKeys.unlock(document.header) });
      } catch (error) {
        // A migration may have replaced file and key since the file was read.
        if (!isAppError(error, 'unavailable') && !isAppError(error, 'auth')) throw error;
        const newer = await this.read();
        if (!newer || newer.header.dataKey?.id === document.header.dataKey?.id) throw error;
        document = newer;
      }
    }
  }

  async edit<T>(change: (draft: Draft) => Outcome<T>): Promise<T> {
    const newFile = new NewFile(this.#options, this.dataKeys);
    // Asked for before the lock is taken, so that no process waits for a person to type.
    const before = await this.read();
    if (before) await this.dataKeys.unlock(before.header);
    else {
      await this.#options.beforeNewStore?.(this.#options.kindForNewFile);
      await newFile.askPassphrase();
    }
    let isFirstClear = false;
    const result = await commitShared(this.shared, async (current) => {
      const draft = current ? await this.#draftOf(current) : await newFile.draft();
      const wasEmpty = draft.document.entries.size === 0;
      const outcome = change(draft);
      if (!outcome.changed && current) return { bytes: null, result: outcome.result };
      isFirstClear = wasEmpty && draft.document.entries.size > 0 && draft.document.header.kind === 'file';
      const renewed = renewSeals(draft, this.#options.random);
      return this.#toChange(draft, { ...outcome, expect: [...(outcome.expect ?? []), ...renewed] });
    });
    if (isFirstClear) this.#options.onClearStore?.(this.shared.path);
    await this.tidy();
    return result;
  }

  async editSealed<T>(change: (document: StoreEdit) => Outcome<T>): Promise<T | null> {
    if (!(await this.read())) return null;
    const result = await commitShared(this.shared, async (current): Promise<Change<T | null>> => {
      if (!current) return { bytes: null, result: null };
      const document = new StoreEdit(await this.parse(current));
      const outcome = change(document);
      if (!outcome.changed) return { bytes: null, result: outcome.result };
      return this.#toChange({ document, unlocked: { dataKeyId: null, key: null } }, outcome);
    });
    await this.tidy();
    return result;
  }

  async tidy(): Promise<void> {
    const { disk, locks, keychain, path } = this.#options;
    try {
      const { hasMarkers, sweepDataKeys } = await import('./data-key-markers.ts');
      if (!(await hasMarkers(disk, path))) return;
      await locks.hold(this.shared.lockName, this.shared.waitMs, async () => {
        const document = await this.read();
        await sweepDataKeys(disk, keychain, path, document?.header.dataKey?.id ?? null);
      });
    } catch (error) {
      // A failed clean-up must not fail the write.
      if (!isAppError(error)) throw error;
    }
  }

  async #draftOf(current: Uint8Array): Promise<Draft> {
    const document = new StoreEdit(await this.parse(current));
    return { document, unlocked: await this.dataKeys.unlock(document.header) };
  }

  #toChange<T>(draft: Draft, outcome: Outcome<T>): ReturnType<typeof toChange<T>> {
    return toChange(this.shared, (bytes) => this.parse(bytes), draft, outcome);
  }
}

/** The beginning of a file that does not exist yet: its data key is made once, however often the change is run. */
class NewFile {
  readonly #options: CredentialStoreOptions;
  readonly #dataKeys: DataKeys;
  #passphrase: Secret | undefined;
  #made: NewDataKey | null = null;

  constructor(options: CredentialStoreOptions, dataKeys: DataKeys) {
    this.#options = options;
    this.#dataKeys = dataKeys;
  }

  async askPassphrase(): Promise<void> {
    const { kindForNewFile, newPassphrase, passphrase } = this.#options;
    if (kindForNewFile === 'passphrase') this.#passphrase = await (newPassphrase ?? passphrase)();
  }

  async draft(): Promise<Draft> {
    const kind = this.#options.kindForNewFile;
    this.#made ??= await this.#dataKeys.create(kind, this.#passphrase);
    const header: Header = { generation: 0, kind, dataKey: this.#made.dataKey };
    return { document: new StoreEdit(newStoreContent(header)), unlocked: this.#made.unlocked };
  }
}

/** Listing needs no key, so the code for keys is loaded on first use. */
function lazyDataKeys(options: CredentialStoreOptions): DataKeys {
  let made: Promise<DataKeys> | null = null;
  const load = (): Promise<DataKeys> => {
    made ??= import('./data-keys.ts').then(({ createDataKeys }) => createDataKeys(options));
    return made;
  };
  return {
    unlock: async (header) => (await load()).unlock(header),
    create: async (kind, passphrase) => (await load()).create(kind, passphrase),
  };
}
