import type { Socket } from 'node:net';

const START = Buffer.from('HTTP/1.1 100');
const END = Buffer.from('\r\n\r\n');
/** A stream of them is an attack. */
const MOST = 16;
const LONGEST = 8_192;

/**
 * Takes `100 Continue` out of what the socket reads. A server may send one that nobody asked for (RFC 9110 section
 * 15.2), and undici gives up the connection for it: the answer of a create would be lost.
 */
export function skipContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  let held: Buffer = Buffer.alloc(0);
  let skipped = 0;
  socket.read = (size?: number): unknown => {
    for (;;) {
      const chunk: unknown = read(size);
      if (!Buffer.isBuffer(chunk)) return chunk;
      let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      while (skipped < MOST && bytes.subarray(0, START.length).equals(START)) {
        const end = bytes.indexOf(END);
        if (end < 0) break;
        bytes = bytes.subarray(end + END.length);
        skipped += 1;
      }
      const isUnfinished = bytes.length >= START.length && bytes.subarray(0, START.length).equals(START);
      if (skipped < MOST && isUnfinished && bytes.length < LONGEST) held = bytes;
      else if (bytes.length > 0) return bytes;
    }
  };
}
