const LARGE = 1024 * 1024;

/**
 * A body as it arrives, at most `limit` bytes. Copies into one growing buffer: kept apart, chunks of one byte would
 * cost a hundred times their size.
 */
export class BoundedBuffer {
  readonly limit: number;
  #buffer = new Uint8Array(4_096);
  #size = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Keeps what fits; false when something did not. */
  append(chunk: Uint8Array): boolean {
    const kept = chunk.subarray(0, this.limit - this.#size);
    const needed = this.#size + kept.length;
    if (needed > this.#buffer.length) {
      const doubled = Math.max(needed, this.#buffer.length * 2);
      // What is not written costs nothing, and a copy of much would.
      const larger = new Uint8Array(doubled > LARGE ? this.limit : Math.min(this.limit, doubled));
      larger.set(this.#buffer.subarray(0, this.#size));
      this.#buffer = larger;
    }
    this.#buffer.set(kept, this.#size);
    this.#size = needed;
    return kept.length === chunk.length;
  }

  /** What arrived, not copied. */
  view(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  /** A copy of what arrived from `start` on. */
  slice(start = 0): Uint8Array {
    return this.#buffer.slice(start, this.#size);
  }
}
