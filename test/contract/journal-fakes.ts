import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { AppError } from '../../src/domain/errors.ts';
import type { Clock, Random } from '../../src/ports/clock.ts';
import type { Locks } from '../../src/ports/lock.ts';
import type { Sealer } from '../../src/ports/sealer.ts';

export interface FakeClock extends Clock {
  time: number;
}

export function createFakeClock(): FakeClock {
  return {
    time: Date.UTC(2026, 10, 22, 12),
    now() {
      return this.time;
    },
    async sleep(ms) {
      this.time += ms;
    },
  };
}

/** The same bytes for the same seed, and never twice the same. */
export function createSeededRandom(seed: string): Random {
  const stream = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
  return { bytes: (length) => new Uint8Array(stream.update(Buffer.alloc(length))) };
}

/** Locks of one machine. `forProcess` is how one process sees them; `release` is what happens when it dies. */
export interface FakeLocks {
  forProcess(): Locks & { release(): void };
}

export function createFakeLocks(): FakeLocks {
  const held = new Map<string, object>();
  return {
    forProcess: () => {
      const owner = {};
      const release = (): void => {
        for (const [name, holder] of held) if (holder === owner) held.delete(name);
      };
      return {
        release,
        hold: async (name, waitMs, work) => {
          for (let waited = 0; waitMs > 0 && held.has(name) && waited < 1_000; waited += 1) await nextTurn();
          if (held.has(name)) throw new AppError({ code: 'locked', message: 'another keyturn is at it' });
          held.set(name, owner);
          try {
            return await work(async () => undefined);
          } finally {
            if (held.get(name) === owner) held.delete(name);
          }
        },
      };
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** AES-256-GCM, as the real one: what was changed or moved does not open. */
export function createFakeSealer(name: string, random: Random): Sealer {
  const key = createHash('sha256').update(name).digest();
  return {
    keyId: createHash('sha256').update(key).digest('hex').slice(0, 16),
    settle: async () => undefined,
    seal: (bytes, context) => {
      const nonce = random.bytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
      return new Uint8Array(sealed);
    },
    open: (sealed, context) => {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
        decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-16));
        return new Uint8Array(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]));
      } catch {
        throw new AppError({ code: 'lost', message: 'the sealed bytes do not open' });
      }
    },
  };
}
