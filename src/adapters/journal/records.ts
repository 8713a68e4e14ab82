import { createHash, createHmac } from 'node:crypto';
import type { Json } from '../../domain/json.ts';
import type { Instant } from '../../domain/time.ts';
import type { OperationHeader } from '../../ports/journal.ts';
import { canonicalJson } from './canonical-json.ts';

/** Of the file format, which no release has written yet. A journal of a higher one is left alone. */
export const FORMAT = 1;

/** The operation's own key for the record codes, sealed under the installation's key (`keyId`); base64url. */
export interface SealedKey {
  readonly keyId: string;
  readonly key: string;
}

/** What one line of a journal says. `sealed` is base64url; `pad` fills a block and says nothing. */
export type Entry =
  | ({ readonly type: 'header'; readonly header: OperationHeader } & SealedKey)
  /** Follows the copy of all earlier records at the head of every later segment: from here the segment counts. */
  | { readonly type: 'owner'; readonly epoch: number }
  | { readonly type: 'intent'; readonly step: string; readonly pad?: string }
  | {
      readonly type: 'head';
      readonly step: string;
      readonly status: number;
      readonly requestId: string | null;
    }
  | { readonly type: 'chunk'; readonly step: string; readonly index: number; readonly sealed: string }
  | { readonly type: 'whole'; readonly step: string }
  | { readonly type: 'result'; readonly step: string; readonly value: Json; readonly pad?: string }
  | { readonly type: 'stash'; readonly index: number; readonly sealed: string }
  | { readonly type: 'attention'; readonly reason: string | null }
  | Tombstone;

/** All that is left of an operation that is done or aborted: alone in its file, with a chain of its own. */
export interface Tombstone extends SealedKey {
  readonly type: 'ended';
  readonly header: OperationHeader;
  readonly state: 'done' | 'aborted';
  readonly reason: string | null;
  readonly lastStep: string | null;
  readonly at: Instant;
}

/** Where a chain of records stands: how many, and the checksum over all of them. */
export interface Link {
  readonly n: number;
  readonly sum: string;
}

/** The chain starts from the operation's id, so that no record of another operation continues it. */
export function firstLink(id: string): Link {
  return { n: 0, sum: sha256(`keyturn journal ${FORMAT} ${id}`) };
}

/** The next link, over everything before it and this entry. */
export function nextLink(link: Link, entry: unknown): Link {
  return { n: link.n + 1, sum: sha256(`${link.sum} ${link.n + 1} ${canonicalJson(entry)}`) };
}

/** Proves with the operation's key that keyturn wrote the record after all those before it. */
export function codeOf(link: Link, key: Uint8Array): string {
  return createHmac('sha256', key).update(link.sum).digest('hex');
}

/** One line, with its line feed. `link` is the one of this entry. */
export function encodeLine(entry: Entry, link: Link, key: Uint8Array): Uint8Array {
  const { n, sum } = link;
  return new TextEncoder().encode(
    `${canonicalJson({ v: FORMAT, n, sum, code: codeOf(link, key), entry })}\n`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
