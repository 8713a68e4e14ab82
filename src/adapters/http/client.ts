import type { Connector } from './connect.ts';
import type { HeaderReader } from './headers.ts';
import type { WireRequest } from './wire.ts';

/** The head of a final answer. */
export interface Head {
  readonly status: number;
  readonly header: HeaderReader;
}

/** Hears of one request: sent, provisional answers, the head, the body, and then once of its end or of an error. */
export interface Listener {
  /** The headers leave this machine now. Before this call the other side cannot have seen the request. */
  onSent(): void;
  /** A provisional answer (1xx). */
  onProvisional(): void;
  onHead(head: Head): void;
  onData(chunk: Uint8Array): void;
  /** The whole answer has arrived. */
  onEnd(): void;
  /** What arrived before the error was handed to `onData` first. */
  onError(error: unknown): void;
}

/** A request under way. */
export interface OpenRequest {
  /** Ends the request and its connection; nothing is sent any more. The listener may still hear of an error. */
  abort(): void;
  pause(): void;
  resume(): void;
}

/** Sends requests to one origin. It follows no redirect, repeats nothing and decodes nothing. */
export interface HttpClient {
  send(wire: WireRequest, listener: Listener): OpenRequest;
  /** Ends every connection, also those that requests use. */
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly origin: string;
  readonly connector: Connector;
  /** The connection ends with its request. Otherwise it serves later requests too. */
  readonly once: boolean;
}

/** How long a connection waits for its next request. In milliseconds. */
export const IDLE_MS = 4_000;
