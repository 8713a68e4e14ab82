/** What the bytes of a text mean, and where each was written. */
export interface PlainView {
  readonly bytes: Uint8Array;
  /** For each byte of the view, where it is written, and where what follows it begins. Null where the view is the text itself. */
  readonly starts: Uint32Array | null;
  readonly ends: Uint32Array | null;
  /** The text was read up to here: an escape sequence begins that is not complete yet. */
  readonly undecided: number;
}

/** More bytes than this between two bytes of a value separate them, so that a masker holds back little. */
const WIDEST_GAP = 80;
/** Stands in the view for a wide gap. It occurs in no UTF-8 text. */
const BREAK = 0xff;

/** Control characters, white space, and the punctuation that programs write around a value or between its bytes. */
const IS_SEPARATOR = new Uint8Array(256);
for (let byte = 0; byte <= 0x20; byte += 1) IS_SEPARATOR[byte] = 1;
for (const sign of `\u007f"'\\:,-`) IS_SEPARATOR[sign.charCodeAt(0)] = 1;

/** Builds a view. A stream uses the same builder for all of its output, and so allocates little. */
export class ViewBuilder {
  #bytes = new Uint8Array();
  #starts = new Uint32Array();
  #ends = new Uint32Array();
  #count = 0;
  /** Where the byte that was added last ended. */
  #last = 0;

  /** Starts a view of a text of this length. The view before becomes invalid. */
  begin(length: number): void {
    // An escape is never shorter than what it means; a break stands for more than 80 bytes.
    const room = length + Math.ceil(length / WIDEST_GAP) + 1;
    if (this.#bytes.length < room) {
      this.#bytes = new Uint8Array(room);
      this.#starts = new Uint32Array(room);
      this.#ends = new Uint32Array(room);
    }
    this.#count = 0;
    this.#last = 0;
  }

  /** Adds a byte that is written from `start` to `end`, unless it is a separator. */
  add(byte: number, start: number, end: number): void {
    if (IS_SEPARATOR[byte] === 1) return;
    if (start - this.#last > WIDEST_GAP) this.#put(BREAK, this.#last, start);
    this.#put(byte, start, end);
  }

  /** Adds a code point, in UTF-8. */
  addPoint(point: number, start: number, end: number): void {
    if (point < 0x80) this.add(point, start, end);
    else for (const byte of new TextEncoder().encode(String.fromCodePoint(point))) this.add(byte, start, end);
  }

  end(undecided: number): PlainView {
    if (undecided - this.#last > WIDEST_GAP) this.#put(BREAK, this.#last, undecided);
    return {
      bytes: this.#bytes.subarray(0, this.#count),
      starts: this.#starts.subarray(0, this.#count),
      ends: this.#ends.subarray(0, this.#count),
      undecided,
    };
  }

  #put(byte: number, start: number, end: number): void {
    const at = this.#count;
    this.#bytes[at] = byte;
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#count = at + 1;
    this.#last = end;
  }
}
