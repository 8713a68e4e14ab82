import type { StoreKind } from '../domain/credential.ts';

/** What a store holds, found by opening all of it. */
export interface StoreInventory {
  /** Null while there is no file yet. */
  readonly kind: StoreKind | null;
  readonly path: string;
  readonly credentials: readonly string[];
  /** Versions count each. */
  readonly secrets: number;
}

export interface Resealed {
  readonly credentials: readonly string[];
  readonly secrets: number;
  /** True when the old key is still in the keychain. The next write of the store tries again to delete it, unless `sharedItem` names it. */
  readonly oldKeyRemains: boolean;
  /** The keychain's item that stays, because the store may be a copy and another store may need the item. */
  readonly sharedItem: string | null;
}

/** Runs the change of the key alone, or throws what forbids it. */
export type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/** Changing how a whole store is kept. */
export interface StoreMigration {
  /** Changes nothing. Throws when any secret does not open. */
  inventory(): Promise<StoreInventory>;
  /**
   * Seals everything again under a fresh key, reads it back and compares before the old form goes. A kill at any point leaves the
   * old or the new file whole. `guard` holds off what must not happen meanwhile; nobody is asked anything within it. Throws conflict when the store is not of kind `from` (any more).
   */
  reseal(from: StoreKind, to: StoreKind, guard?: Guard): Promise<Resealed>;
}
