import { setFlagsFromString } from 'node:v8';

/** From this size on, an answer makes so much garbage that V8's usual thrift costs more memory than time. In bytes. */
export const LONG_ANSWER = 1024 * 1024;

/**
 * Has V8 collect garbage sooner, for the rest of this process: while a long list goes by, it would let the heap grow to several times
 * of what is in use. Both are settings of when to collect, which V8 reads anew each time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}
