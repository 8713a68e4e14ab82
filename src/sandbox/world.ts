/**
 * Everything the sandbox cannot decide by itself. A server passes the real clock and the real random source;
 * a simulation passes fakes, and then two runs with the same fakes give the same bytes.
 */
export interface World {
  /** Milliseconds since 1970. */
  now(): number;
  random(bytes: number): Uint8Array;
  /** Told each secret the moment it is issued, so that a test can search every output for it. */
  onSecret?(secret: string): void;
}
