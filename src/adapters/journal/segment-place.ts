import { AppError } from '../../domain/errors.ts';
import type { OperationKey } from './operation-key.ts';
import { LARGEST } from './read-operation.ts';
import { type Entry, encodeLine, type Link, nextLink } from './records.ts';

/** The records of a segment that count. */
export interface Place {
  readonly epoch: number;
  readonly bytes: Uint8Array;
  readonly link: Link;
}

export interface Following {
  readonly line: Uint8Array;
  readonly next: Place;
}

/** Beyond this only takeovers are recorded, so that an operation that is full can still be taken up. In bytes. */
export const FULL = LARGEST - 1024 * 1024;

/** What a disk writes as a whole, in bytes. */
const BLOCK = 4096;
const EMPTY_PAD = ',"pad":""'.length;

/** The record after all those that count. Throws `failure` when there are too many. */
export function followPlace(place: Place, entry: Entry, key: OperationKey): Following {
  const link = nextLink(place.link, entry);
  const line = encodeLine(entry, link, key.open);
  const bytes = new Uint8Array(Buffer.concat([place.bytes, line]));
  if (bytes.length > LARGEST) throw tooLarge();
  return { line, next: { epoch: place.epoch, bytes, link } };
}

/** As {@link followPlace}, for a record that is flushed: it fills its block, so that those after it have one to themselves. */
export function followToBlock(place: Place, entry: Entry, key: OperationKey): Following {
  const following = followPlace(place, entry, key);
  const left = (BLOCK - (following.next.bytes.length % BLOCK)) % BLOCK;
  if (left < EMPTY_PAD || (entry.type !== 'intent' && entry.type !== 'result')) return following;
  return followPlace(place, { ...entry, pad: '.'.repeat(left - EMPTY_PAD) }, key);
}

/**
 * Whether the bytes from `durable` to `length` are in one block. Records that are not flushed lie in one, so that a power cut takes
 * away the last of them: it leaves no gap with a later record behind it.
 */
export function isOneBlock(durable: number, length: number): boolean {
  return Math.floor(durable / BLOCK) === Math.floor((length - 1) / BLOCK);
}

export function tooLarge(): AppError {
  return new AppError({ code: 'failure', message: `an operation cannot be larger than ${LARGEST} bytes` });
}
