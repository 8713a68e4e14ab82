import type { BoundedBuffer } from './bounded-buffer.ts';
import { type Coding, codingsOf, type Decoded, decodeBody } from './content-coding.ts';
import type { HeaderReader } from './headers.ts';

/**
 * The answer to a request that is never repeated, as it is kept: decoded as far as it has arrived. What cannot be
 * decoded at all is kept as it came, so that nothing of it is lost.
 */
export class CapturedBody {
  readonly #raw: BoundedBuffer;
  #codings: readonly Coding[] = [];
  #unknown: string | null = null;

  constructor(raw: BoundedBuffer) {
    this.#raw = raw;
  }

  /** Once the head is there; nothing is read before. */
  setHead(header: HeaderReader): void {
    const codings = codingsOf(header);
    if ('unknown' in codings) this.#unknown = codings.unknown;
    else this.#codings = codings;
  }

  /** What is to be kept, from `start` on. */
  slice(start = 0): Uint8Array {
    return this.#codings.length === 0 ? this.#raw.slice(start) : this.#decode().bytes.slice(start);
  }

  /** The whole answer has arrived. Null when it can be read, else why it cannot. */
  finish(): string | null {
    if (this.#unknown !== null)
      return `the answer is compressed with "${this.#unknown}", which keyturn cannot read`;
    if (this.#codings.length === 0) return null;
    const { bytes, end } = this.#decode();
    const name = this.#codings.join(', ');
    if (bytes.length === 0) this.#codings = [];
    if (end === 'too-large')
      return `the answer, compressed with "${name}", is larger than ${this.#raw.limit >> 20} MiB`;
    return end === 'whole'
      ? null
      : `the answer, compressed with "${name}", is ${end === 'cut' ? 'not complete' : 'damaged'}`;
  }

  get isUnknown(): boolean {
    return this.#unknown !== null;
  }

  #decode(): Decoded {
    return decodeBody(this.#codings, this.#raw.slice(), { limit: this.#raw.limit, isPartWanted: true });
  }
}
