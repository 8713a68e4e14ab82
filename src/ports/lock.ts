/** A lock between processes of one user; freed when its holder dies. */
export interface Locks {
  /** Runs `work` alone under this name; throws `AppError` (locked) when another process holds it for `waitMs`. */
  hold<T>(name: string, waitMs: number, work: () => Promise<T>): Promise<T>;
}
