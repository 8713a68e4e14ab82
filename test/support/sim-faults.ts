import { Killed } from './memory-disk.ts';

/** What a fault can hit: a change of the disk, a request, the keychain, a destination. */
export type EffectKind = 'disk' | 'read' | 'list' | 'issue' | 'write' | 'keychain' | 'destination';

export type FaultKind =
  /** The process dies before, or after, the effect. `power` also loses what was not on the device. */
  | 'kill'
  | 'kill-after'
  | 'power'
  /** As `power`, but parts of what was not on the device are there anyway. */
  | 'torn'
  /** The disk is full, the keychain locked, the destination broken. */
  | 'fail'
  /** The disk takes the first bytes of a write and fails. */
  | 'short'
  /** The connection breaks before, or after, the vendor acts. */
  | 'reset'
  | 'reset-after'
  | '503'
  | '503-after'
  /** The headers never left. */
  | 'not-sent'
  /** The answer is cut in its last bytes, or arrives empty. */
  | 'truncate'
  | 'empty'
  /** A whole success in which the vendor calls the secret something else, or which says that the vendor refused. */
  | 'renamed'
  /** The same, and the secret has not the published form either: nothing tells which value it is. */
  | 'unread'
  | 'refused-in-2xx'
  /** A success, and the vendor did nothing. */
  | 'silent'
  /** A gateway repeats the request. */
  | 'twice'
  /** A list as it was before the last change. */
  | 'stale'
  /** A list without its newest record, which says that there is one more and does not give it. */
  | 'cut';

/** Which faults make sense where. */
export const FAULTS: Readonly<Record<EffectKind, readonly FaultKind[]>> = {
  disk: ['kill', 'power', 'torn', 'fail', 'short'],
  read: ['kill', 'reset', '503'],
  list: ['kill', 'reset', '503', 'stale', 'cut'],
  issue: [
    'kill',
    'kill-after',
    'reset',
    'reset-after',
    '503',
    '503-after',
    'not-sent',
    'truncate',
    'empty',
    'renamed',
    'unread',
    'refused-in-2xx',
    'twice',
  ],
  write: ['kill', 'kill-after', 'reset', 'reset-after', '503', '503-after', 'silent', 'refused-in-2xx'],
  keychain: ['kill', 'fail'],
  destination: ['kill', 'kill-after', 'fail'],
};

/** A fault at one effect, counted from 1 over all processes of a case. */
export interface Placement {
  readonly at: number;
  readonly kind: FaultKind;
}

export interface SeenEffect {
  readonly kind: EffectKind;
  readonly what: string;
}

/** Counts the effects of a case, and says which of them fail. */
export class Faults {
  readonly seen: SeenEffect[] = [];
  readonly struck: Placement[] = [];
  readonly #placements: readonly Placement[];
  #dead = false;
  #off = false;

  constructor(placements: readonly Placement[]) {
    this.#placements = placements;
  }

  /** The fault of the next effect. Rejects what a dead process tries. */
  next(kind: EffectKind, what: string): FaultKind | null {
    this.live();
    if (this.#off) return null;
    this.seen.push({ kind, what });
    const fault = this.#placements.find(({ at }) => at === this.seen.length);
    if (!fault || !FAULTS[kind].includes(fault.kind)) return null;
    this.struck.push(fault);
    return fault.kind;
  }

  live(): void {
    if (this.#dead) throw new Killed();
  }

  kill(): never {
    this.#dead = true;
    throw new Killed();
  }

  /** The next process. */
  reboot(): void {
    this.#dead = false;
  }

  /** No faults from here on. */
  stop(): void {
    this.#off = true;
  }

  has(kind: FaultKind): boolean {
    return this.struck.some((one) => one.kind === kind);
  }
}
