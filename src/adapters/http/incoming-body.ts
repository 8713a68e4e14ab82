import type { BodyReader, OpenBody } from '../../ports/transport.ts';
import { BoundedBuffer } from './bounded-buffer.ts';
import type { Head } from './client.ts';
import { codingsOf } from './content-coding.ts';
import { keepHeapSmall, LONG_ANSWER } from './small-heap.ts';

/** The body of one attempt's answer: handed to a reader as it arrives where it can be, else held. */
export class IncomingBody {
  readonly #held: BoundedBuffer;
  readonly #open: OpenBody | undefined;
  #reader: BodyReader | null = null;
  #size = 0;

  constructor(limit: number, open: OpenBody | undefined) {
    this.#held = new BoundedBuffer(limit);
    this.#open = open;
  }

  get limit(): number {
    return this.#reader?.limit ?? this.#held.limit;
  }

  get bytes(): Uint8Array {
    return this.#held.view();
  }

  get isRead(): boolean {
    return this.#reader !== null;
  }

  /** What is compressed is held: a fault in it is found at its end. */
  setHead({ status, header }: Head): void {
    const codings = codingsOf(header);
    const isPlain = !('unknown' in codings) && codings.length === 0;
    if (isPlain && status >= 200 && status <= 299) this.#reader = this.#open?.(status) ?? null;
  }

  append(chunk: Uint8Array): boolean {
    const before = this.#size;
    this.#size += chunk.length;
    if (before < LONG_ANSWER && this.#size >= LONG_ANSWER) keepHeapSmall();
    if (this.#reader === null) return this.#held.append(chunk);
    if (this.#size > this.#reader.limit) return false;
    this.#reader.write(chunk);
    return true;
  }

  ready(): Promise<void> | null {
    return this.#reader?.ready() ?? null;
  }
}
