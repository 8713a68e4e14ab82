import type { Socket } from 'node:net';

const PROVISIONAL = Buffer.from('HTTP/1.1 1');
const CONTINUE = Buffer.from('HTTP/1.1 100');
const END = Buffer.from('\r\n\r\n');
/** A stream of them is an attack. */
const MOST = 16;
const LONGEST = 8_192;

/**
 * Takes `100 Continue` out of what the socket reads, also after other provisional answers (102, 103). A server may send one that
 * nobody asked for (RFC 9110 section 15.2), and undici gives up the connection for it: the answer of a create would be lost.
 */
export function skipContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket);
  let heads = new ProvisionalHeads();
  // Each request begins with its own provisional answers. What was cut off of an answer stays with it.
  socket.write = (...given: readonly unknown[]): boolean => {
    if (!heads.isWaiting) heads = new ProvisionalHeads();
    return Reflect.apply(write, socket, given);
  };
  socket.read = (size?: number): unknown => {
    for (;;) {
      const chunk: unknown = read(size);
      if (!Buffer.isBuffer(chunk)) return chunk;
      const rest = heads.take(chunk);
      if (rest.length > 0) return rest;
    }
  };
}

/** The beginning of one answer, up to its final head. */
class ProvisionalHeads {
  #held: Buffer = Buffer.alloc(0);
  #skipped = 0;
  #isOver = false;

  /** Whether a part of a provisional head came, and the rest did not yet. */
  get isWaiting(): boolean {
    return this.#held.length > 0;
  }

  /** What of the chunk is to be read: all but `100 Continue`. The part of a head that may become one is held back. */
  take(chunk: Buffer): Buffer {
    if (this.#isOver) return chunk;
    let bytes = Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    const kept: Buffer[] = [];
    while (!this.#isOver && bytes.length > 0) {
      const end = isProvisional(bytes) && bytes.length >= CONTINUE.length ? bytes.indexOf(END) : -1;
      if (end >= 0) {
        const head = bytes.subarray(0, end + END.length);
        bytes = bytes.subarray(head.length);
        if (!startsWith(head, CONTINUE)) kept.push(head);
        else if (this.#skipped < MOST) this.#skipped += 1;
        else {
          kept.push(head);
          this.#isOver = true;
        }
      } else if (isProvisional(bytes) && bytes.length < LONGEST) {
        this.#held = bytes;
        bytes = Buffer.alloc(0);
      } else this.#isOver = true;
    }
    return Buffer.concat([...kept, bytes]);
  }
}

/** Whether the bytes begin as a provisional head does, as far as they go. */
function isProvisional(bytes: Buffer): boolean {
  return startsWith(bytes, PROVISIONAL.subarray(0, bytes.length));
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}
