import type { AppError } from '../domain/errors.ts';
import type { Origin } from '../domain/origin.ts';
import type { Secret } from '../domain/secret.ts';
import type { AuthScheme, HttpRequest } from './request.ts';

/** Where a request goes and as whom: the secret travels with the only origin that may see it. */
export interface Endpoint {
  readonly origin: Origin;
  readonly auth: AuthScheme;
  readonly secret: Secret;
}

/** A complete answer, whatever its status. */
export interface Reply {
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** Decoded; at most the transport's cap (16 MiB for calls). Empty for a refusal that cannot be decoded, and where a `BodyReader` took it. */
  readonly body: Uint8Array;
}

/**
 * Reads the body of a success while it arrives, so that it is not held. What `write` throws ends the call; while `ready`
 * is pending no more is read from the network.
 */
export interface BodyReader {
  /** In bytes. */
  readonly limit: number;
  write(bytes: Uint8Array): void;
  /** Null where more can be taken at once. */
  ready(): Promise<void> | null;
}

/** Called for each operation whose answer is a success that can be read as it arrives; without it the body is in the reply. */
export type OpenBody = (status: number) => BodyReader;

/** Receives the answer that holds a new secret as it arrives, decoded as far as it can be. Both are awaited: what they keep is durable when they resolve. */
export interface Capture {
  head(status: number, requestId: string | null): Promise<void>;
  chunk(bytes: Uint8Array): Promise<void>;
}

/**
 * What is known about a request that was sent at most once.
 * `not-sent`: the headers never left this machine, a new operation is safe. `answered`: the whole answer arrived and was
 * captured. `ambiguous`: it may have been acted upon; `bytes` says whether a part of the answer was captured.
 * `captureFailed`: what arrived could not all be kept, and is only in memory: in `reply`, or in `partial`.
 * `unread`: why the bytes of a whole answer cannot be read, though they are kept.
 */
export type Outcome =
  | {
      readonly kind: 'not-sent';
      readonly reason: string;
      /** The same with its code: usage (unsafe environment), interrupted, unavailable … */
      readonly error?: AppError;
    }
  | {
      readonly kind: 'answered';
      readonly reply: Reply;
      readonly captureFailed?: true;
      readonly unread?: string;
    }
  | {
      readonly kind: 'ambiguous';
      readonly reason: string;
      readonly status: number | null;
      readonly bytes: number;
      readonly captureFailed?: true;
      readonly partial?: Uint8Array;
    };

export interface Transport {
  /**
   * Reads and repeatable writes: time-outs, retries of connection failures and passing trouble (429, 500, 503 …; GET
   * and `repeatable` only). Never sends within a pause that the origin asked for. Resolves with any final status; throws `AppError` (unavailable) when no answer could be had.
   */
  call(endpoint: Endpoint, request: HttpRequest, openBody?: OpenBody): Promise<Reply>;
  /** What must never be repeated: one operation on a fresh connection, bytes handed to `capture` as they arrive. Never throws. */
  sendOnce(endpoint: Endpoint, request: HttpRequest, capture: Capture): Promise<Outcome>;
  close(): Promise<void>;
}
