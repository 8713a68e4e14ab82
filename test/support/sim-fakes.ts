import { createCipheriv, createHash } from 'node:crypto';
import { AppError } from '../../src/domain/errors.ts';
import { compareAccounts } from '../../src/domain/same-settings.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { AuditCheck, AuditEvent, AuditLog } from '../../src/ports/audit.ts';
import type { Clock, Random } from '../../src/ports/clock.ts';
import type { Destination } from '../../src/ports/destination.ts';
import type { Keychain } from '../../src/ports/keychain.ts';
import type { Locks } from '../../src/ports/lock.ts';
import type { Alias, AliasPlace, Profile, Profiles } from '../../src/ports/profiles.ts';
import type { FaultKind, Faults } from './sim-faults.ts';

/** Time that passes only when somebody waits. */
export class SimClock implements Clock {
  /** How far the machine's clock is ahead of everybody else's, in ms. */
  ahead = 0;
  #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now + this.ahead;
  }

  trueNow(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}

/** A stream that a seed fixes: AES in counter mode, since a generator written here would be most of the running time. */
export function seededRandom(seed: number): Random & { number(): number } {
  const key = createHash('md5').update(`seed ${seed}`).digest();
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  const bytes = (count: number): Uint8Array => new Uint8Array(stream.update(Buffer.alloc(count)));
  return { bytes, number: () => Buffer.from(bytes(4)).readUInt32BE() / 2 ** 32 };
}

export function fingerprintOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The operating system's keychain: outlives every process. */
export function simKeychain(items: Map<string, string>, faults: Faults): Keychain {
  const effect = async <T>(what: string, run: () => T): Promise<T> => {
    const fault = faults.next('keychain', what);
    if (fault === 'kill') faults.kill();
    if (fault === 'fail') throw new AppError({ code: 'unavailable', message: 'the keychain is locked' });
    return run();
  };
  const key = (service: string, account: string): string => `${service}/${account}`;
  return {
    getPassword: (service, account) =>
      effect('get', () => {
        const value = items.get(key(service, account));
        return value === undefined ? null : Secret.of(value);
      }),
    setPassword: (service, account, password) =>
      effect('set', () => {
        items.set(key(service, account), password.reveal());
      }),
    deletePassword: (service, account) => effect('delete', () => items.delete(key(service, account))),
  };
}

/** Locks of one process after another: whoever held one is dead. */
export function simLocks(): Locks {
  const held = new Set<string>();
  return {
    async hold(name, _waitMs, work) {
      if (held.has(name)) throw new AppError({ code: 'locked', message: `"${name}" is held` });
      held.add(name);
      try {
        return await work(async () => undefined);
      } finally {
        held.delete(name);
      }
    },
  };
}

/** `config.yaml` in memory. */
export class SimProfiles implements Profiles {
  readonly path = '/config.yaml';
  readonly #profiles = new Map<string, Profile>();
  #aliases: readonly Alias[] = [];

  async list(): Promise<readonly Profile[]> {
    return [...this.#profiles.values()];
  }

  async find(name: string): Promise<Profile | null> {
    return this.#profiles.get(name) ?? null;
  }

  async current(): Promise<string | null> {
    return [...this.#profiles.keys()][0] ?? null;
  }

  async save(profile: Profile): Promise<void> {
    this.#profiles.set(profile.name, profile);
  }

  async use(): Promise<void> {}

  async rename(): Promise<void> {}

  async remove(name: string): Promise<boolean> {
    return this.#profiles.delete(name);
  }

  async aliases(place: AliasPlace): Promise<readonly Alias[]> {
    return this.#aliases.filter((alias) => compareAccounts(alias, place) !== 'other');
  }

  async saveAlias(alias: Alias): Promise<void> {
    this.#aliases = [...this.#aliases.filter(({ name }) => name !== alias.name), alias];
  }

  async removeAlias({ id }: Pick<Alias, 'id'>): Promise<void> {
    this.#aliases = this.#aliases.filter((alias) => alias.id !== id);
  }
}

export class SimAudit implements AuditLog {
  readonly events: AuditEvent[] = [];

  async prove(): Promise<void> {}

  async append(event: AuditEvent): Promise<void> {
    this.events.push(event);
  }

  async list(): Promise<readonly []> {
    return [];
  }

  async verify(): Promise<AuditCheck> {
    return { records: this.events.length, brokenAt: null, torn: 0, proof: null };
  }
}

/** Somewhere else: keeps the fingerprints of what it was given, the last one being there now. */
export class SimPlace {
  readonly received: string[] = [];

  get holds(): string | null {
    return this.received.at(-1) ?? null;
  }

  open(label: string, faults: Faults): Destination {
    const strike = (fault: FaultKind | null): void => {
      if (fault === 'kill') faults.kill();
      if (fault === 'fail') throw new AppError({ code: 'usage', message: `"${label}" cannot be written` });
    };
    return {
      label,
      prove: async () => strike(faults.next('destination', 'prove')),
      deliver: async (secret: Secret) => {
        const fault = faults.next('destination', 'deliver');
        strike(fault);
        this.received.push(fingerprintOf(secret.reveal()));
        if (fault === 'kill-after') faults.kill();
      },
      holds: async (secret: Secret) => {
        faults.live();
        return this.holds === fingerprintOf(secret.reveal());
      },
    };
  }
}
