import { setFlagsFromString } from 'node:v8';

/** The size of an answer, in bytes, from which {@link keepHeapSmall} is called. */
export const LONG_ANSWER = 1024 * 1024;

/**
 * Makes V8 collect garbage sooner for the rest of this process. By default, V8 lets the heap grow to several times the live
 * data while a long list is read. V8 reads both flags at each collection, so they can change at run time.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}
