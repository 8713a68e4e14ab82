import type { StoreKind } from '../../domain/credential.ts';
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import { safeText } from '../../domain/text.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Keychain } from '../../ports/keychain.ts';
import type { Locks } from '../../ports/lock.ts';
import { type Change, commitShared, readShared, type SharedFile } from '../disk/commit-file.ts';
import { ParsedOnce } from '../disk/parsed-once.ts';
import { openOrNull, type Unlocked } from './entry-secret.ts';
import { FILE_LIMIT, type Header } from './format.ts';
import { renewSeals } from './renew-seals.ts';
import {
  newStoreContent,
  readStoreContent,
  type StoreContent,
  type StoreDocument,
} from './store-document.ts';
import { StoreEdit } from './store-edit.ts';
import type { NewVault, Vaults } from './vaults.ts';

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
  /** Called when the first secret was saved in a file that keeps secrets in clear. */
  readonly onClearStore?: ((path: string) => void) | undefined;
  /** How long a write waits for another process, in ms; 10 s where not given. */
  readonly waitMs?: number | undefined;
  readonly insteadOfKeychain?: (() => string) | undefined;
  readonly scryptN?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A document being edited, with the key to seal in it. */
export interface Draft {
  readonly document: StoreEdit;
  readonly unlocked: Unlocked;
}

export interface Opened {
  readonly document: StoreContent;
  readonly unlocked: Unlocked;
}

export interface Outcome<T> {
  readonly result: T;
  /** False when the document stands as it was. */
  readonly changed: boolean;
  /** Secrets that must read back. */
  readonly expect?: readonly Expected[];
}

export interface Expected {
  readonly name: string;
  readonly version: string;
  readonly secret: Secret;
}

/** Reading and committing `credentials.yaml` as a whole. */
export interface StoreFile {
  readonly shared: SharedFile;
  readonly vaults: Vaults;
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
  const { disk, random, locks, path } = options;
  const vaults = lazyVaults(options);
  const shared: SharedFile = {
    disk,
    random,
    locks,
    path,
    lockName: 'credentials',
    waitMs: options.waitMs ?? USUAL_WAIT_MS,
    limit: FILE_LIMIT,
  };
  const parsed = new ParsedOnce((bytes) => readStoreContent(bytes, path));
  const parse = (bytes: Uint8Array): Promise<StoreContent> => parsed.read(bytes);
  const read = async (): Promise<StoreContent | null> => {
    const bytes = await readShared(shared);
    return bytes && parse(bytes);
  };

  const tidy = async (): Promise<void> => {
    try {
      const { hasMarkers, sweepVaults } = await import('./vault-markers.ts');
      if (!(await hasMarkers(disk, path))) return;
      await locks.hold(shared.lockName, shared.waitMs, async () => {
        const document = await read();
        await sweepVaults(disk, options.keychain, path, document?.header.vault?.id ?? null);
      });
    } catch (error) {
      // What was written stands, whatever becomes of the leftovers.
      if (!isAppError(error)) throw error;
    }
  };

  return {
    shared,
    vaults,
    read,
    parse,
    tidy,
    async open(use) {
      let document = await read();
      for (;;) {
        if (!document) return null;
        try {
          return use({ document, unlocked: await vaults.unlock(document.header) });
        } catch (error) {
          // A migration may have replaced file and key since the file was read.
          if (!isAppError(error, 'unavailable') && !isAppError(error, 'auth')) throw error;
          const newer = await read();
          if (!newer || newer.header.vault?.id === document.header.vault?.id) throw error;
          document = newer;
        }
      }
    },
    async edit(change) {
      const before = await read();
      let passphrase: Secret | undefined;
      // Asked for before the lock is taken, so that nobody waits behind it for a person to type.
      if (before) await vaults.unlock(before.header);
      else if (options.kindForNewFile === 'passphrase')
        passphrase = await (options.newPassphrase ?? options.passphrase)();
      let made: NewVault | null = null;
      let isFirstClear = false;
      const result = await commitShared(shared, async (current) => {
        let draft: Draft;
        if (current) {
          const document = new StoreEdit(await parse(current));
          draft = { document, unlocked: await vaults.unlock(document.header) };
        } else {
          const kind = options.kindForNewFile;
          made ??= await vaults.create(kind, passphrase);
          const header: Header = { generation: 0, kind, vault: made.vault };
          draft = { document: new StoreEdit(newStoreContent(header)), unlocked: made.unlocked };
        }
        const wasEmpty = draft.document.entries.size === 0;
        const outcome = change(draft);
        if (!outcome.changed && current) return { bytes: null, result: outcome.result };
        isFirstClear = wasEmpty && draft.document.entries.size > 0 && draft.document.header.kind === 'file';
        const renewed = renewSeals(draft, random);
        const expect = [...(outcome.expect ?? []), ...renewed];
        return toChange(shared, parse, draft, { ...outcome, expect });
      });
      if (isFirstClear) options.onClearStore?.(path);
      await tidy();
      return result;
    },
    async editSealed<T>(change: (document: StoreEdit) => Outcome<T>): Promise<T | null> {
      if (!(await read())) return null;
      const result = await commitShared(shared, async (current): Promise<Change<T | null>> => {
        if (!current) return { bytes: null, result: null };
        const document = new StoreEdit(await parse(current));
        const outcome = change(document);
        if (!outcome.changed) return { bytes: null, result: outcome.result };
        const draft = { document, unlocked: { vaultId: null, key: null } };
        return toChange(shared, parse, draft, outcome);
      });
      await tidy();
      return result;
    },
  };
}

/** A list unlocks nothing, and does not load what would. */
function lazyVaults(options: CredentialStoreOptions): Vaults {
  let made: Promise<Vaults> | null = null;
  const load = (): Promise<Vaults> => {
    made ??= import('./vaults.ts').then(({ createVaults }) => createVaults(options));
    return made;
  };
  return {
    unlock: async (header) => (await load()).unlock(header),
    create: async (kind, passphrase) => (await load()).create(kind, passphrase),
  };
}

/** What `commitShared` writes and how it proves that it was kept. */
export async function toChange<T>(
  shared: SharedFile,
  parse: (bytes: Uint8Array) => Promise<StoreDocument>,
  draft: Draft,
  outcome: Outcome<T>,
): Promise<{
  bytes: Uint8Array;
  result: T;
  check: (written: Uint8Array) => Promise<void>;
  includedIn: (other: Uint8Array) => Promise<boolean>;
}> {
  const { document, unlocked } = draft;
  const generation = document.header.generation + 1;
  document.setHeader({ ...document.header, generation });
  const meant = describe(document);
  return {
    bytes: await document.toBytes(),
    result: outcome.result,
    async check(written) {
      const back = await parse(written);
      if (describe(back) !== meant || !holds(back, unlocked, outcome.expect ?? []))
        throw notKept(shared.path);
    },
    async includedIn(other) {
      const back = await parse(other);
      return back.header.generation > generation && holds(back, unlocked, outcome.expect ?? []);
    },
  };
}

function holds(document: StoreDocument, unlocked: Unlocked, expected: readonly Expected[]): boolean {
  return expected.every(({ name, version, secret }) => {
    const entry = document.entries.get(name);
    const kept = entry?.versions.find((candidate) => candidate.version === version);
    return entry && kept ? (openOrNull(unlocked, entry, kept)?.equals(secret) ?? false) : false;
  });
}

/** Everything but secrets in clear, which hide themselves and are compared on their own. */
function describe(document: StoreDocument): string {
  return JSON.stringify([document.header, [...document.entries.values()]]);
}

function notKept(path: string): AppError {
  return new AppError({
    code: 'unavailable',
    message: `a change of "${safeText(path, 300)}" does not read back as it was meant`,
    hint: 'nothing was changed; please report this',
  });
}
