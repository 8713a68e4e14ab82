/**
 * Throws `AppError` (locked) when another process took the lock over. A process that was suspended, or cut off from a shared
 * disk, can lose its lock without knowing: it asks right before it does what cannot be undone.
 */
export type StillHeld = () => Promise<void>;

/** A lock between processes of one user; freed when its holder dies. */
export interface Locks {
  /** Runs `work` alone under this name; throws `AppError` (locked) when another process holds it for `waitMs`. */
  hold<T>(name: string, waitMs: number, work: (stillHeld: StillHeld) => Promise<T>): Promise<T>;
}
