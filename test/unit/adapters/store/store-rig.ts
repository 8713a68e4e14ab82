import { randomBytes } from 'node:crypto';
import {
  createCredentialStore,
  type LocalCredentialStore,
} from '../../../../src/adapters/store/credential-store.ts';
import type { CredentialStoreOptions } from '../../../../src/adapters/store/store-file.ts';
import type { StoreKind } from '../../../../src/domain/credential.ts';
import { AppError } from '../../../../src/domain/errors.ts';
import { Secret } from '../../../../src/domain/secret.ts';
import type { Clock, Random } from '../../../../src/ports/clock.ts';
import type { Disk } from '../../../../src/ports/disk.ts';
import type { Keychain } from '../../../../src/ports/keychain.ts';
import type { Locks } from '../../../../src/ports/lock.ts';
import type { NewVersion } from '../../../../src/ports/store.ts';

export const random: Random = { bytes: (count) => new Uint8Array(randomBytes(count)) };
export const START = Date.parse('2026-11-22T12:00:00Z');
export const clock: Clock = {
  now: () => START,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** One process at a time, as far as one process can tell. */
export function createQueueLocks(): Locks {
  let last: Promise<unknown> = Promise.resolve();
  return {
    hold: (_name, _waitMs, work) => {
      const run = () => work(async () => undefined);
      const mine = last.then(run, run);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** No lock at all: every writer goes on at once. */
export const noLocks: Locks = { hold: (_name, _waitMs, work) => work(async () => undefined) };

export interface FakeKeychain extends Keychain {
  readonly items: Map<string, string>;
  /** How it misbehaves from now on. */
  mood: 'well' | 'locked' | 'lying' | 'newline' | 'truncating' | 'forgetful';
}

export function createFakeKeychain(): FakeKeychain {
  const keychain: FakeKeychain = {
    items: new Map(),
    mood: 'well',
    async getPassword(service, account) {
      refuse();
      const value = keychain.items.get(`${service}/${account}`) ?? null;
      if (value === null || keychain.mood === 'forgetful') return null;
      if (keychain.mood === 'lying')
        return Secret.of(`${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`);
      if (keychain.mood === 'newline') return Secret.of(`${value}\n`);
      return Secret.of(keychain.mood === 'truncating' ? value.slice(0, 20) : value);
    },
    async setPassword(service, account, password) {
      refuse();
      keychain.items.set(`${service}/${account}`, password.reveal());
    },
    async deletePassword(service, account) {
      refuse();
      return keychain.items.delete(`${service}/${account}`);
    },
  };
  const refuse = (): void => {
    if (keychain.mood === 'locked') {
      throw new AppError({ code: 'unavailable', message: 'the keychain is locked', hint: 'unlock it' });
    }
  };
  return keychain;
}

export interface Rig {
  readonly options: CredentialStoreOptions;
  readonly keychain: FakeKeychain;
  readonly store: LocalCredentialStore;
  /** A second process on the same disk and keychain. */
  again(more?: Partial<CredentialStoreOptions>): LocalCredentialStore;
}

export const PATH = '/home/ann/.config/keyturn/credentials.yaml';

export function createRig(
  disk: Disk,
  kind: StoreKind,
  more: Partial<CredentialStoreOptions> & { readonly keychain?: FakeKeychain } = {},
): Rig {
  const keychain = more.keychain ?? createFakeKeychain();
  const options: CredentialStoreOptions = {
    disk,
    random,
    clock,
    locks: createQueueLocks(),
    passphrase: async () => Secret.of('correct horse battery staple'),
    path: PATH,
    kindForNewFile: kind,
    scryptN: 2 ** 15,
    ...more,
    keychain,
  };
  const again = (changes: Partial<CredentialStoreOptions> = {}): LocalCredentialStore =>
    createCredentialStore({ ...options, ...changes });
  return { options, keychain, store: again(), again };
}

export function entry(name: string, more: Partial<NewVersion> = {}): NewVersion {
  return {
    name,
    kind: 'token',
    provider: 'errova',
    origin: 'https://api.errova.com',
    settings: null,
    project: null,
    id: `tok_${name}`,
    scopes: ['org.read'],
    createdAt: '2026-11-22T12:00:00Z',
    expiresAt: null,
    ...more,
  };
}

export async function caught(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
