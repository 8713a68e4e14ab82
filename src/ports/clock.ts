/** Time from outside. Both in milliseconds. */
export interface Clock {
  /** Since 1970; may jump. */
  now(): number;
  /** Resolves after `ms`; rejects with `AppError` (interrupted) when the process is asked to stop. */
  sleep(ms: number): Promise<void>;
}

/** Randomness from outside, cryptographically strong. */
export interface Random {
  bytes(count: number): Uint8Array;
}
