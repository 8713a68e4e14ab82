import type { Json, JsonObject } from '../domain/json.ts';
import type { Secret } from '../domain/secret.ts';
import type { Instant } from '../domain/time.ts';
import type { Capture } from './transport.ts';

export type OperationKind = 'rotate token' | 'rotate key' | 'create token' | 'create key' | 'login';

/** What is durable before the first request of an operation. Never changed afterwards. */
export interface OperationHeader {
  /** 32 hex digits; the first sixteen are the marker of what the operation creates. */
  readonly id: string;
  readonly kind: OperationKind;
  readonly startedAt: Instant;
  readonly profile: string | null;
  readonly provider: string;
  /** The only origin that this operation may ever talk to, also when it is resumed. */
  readonly origin: string;
  /** What at most one open operation may exist for: `token <id>`, `key <project>/<id>`, `create <name>`. */
  readonly subject: string;
  readonly plan: JsonObject;
}

/** What arrived of the answer to a request, unsealed. */
export interface Captured {
  readonly status: number | null;
  readonly requestId: string | null;
  readonly bytes: Uint8Array;
  /** Whether the answer is known to have arrived whole: `whole()` was recorded. */
  readonly complete: boolean;
}

/** What `once` hands to `send`: pass it to the transport, then say `whole()` when the outcome is `answered`. */
export interface JournalCapture extends Capture {
  /** Records that the answer arrived to its end; without it `Captured.complete` is false. */
  whole(): Promise<void>;
}

export type OperationState = 'open' | 'done' | 'aborted' | 'attention';

/** Whether the operation still holds its subject and can be taken up again. */
export function isUnfinished({ state }: { readonly state: OperationState }): boolean {
  return state === 'open' || state === 'attention';
}

export interface StepOptions {
  /** For a decision that a later run could make otherwise: the result is durable when the step resolves. */
  readonly durable: true;
}

/**
 * The durable record of one operation, and the runner of its steps. A step's result is JSON without a secret: an id, a
 * version, a receipt. The host may be a file, a database or a workflow engine; `test/contract/journal.ts` is its contract.
 */
export interface Journal<Step extends string = string> {
  readonly header: OperationHeader;
  /**
   * Runs `work` and records its result, which a kill does not take away. A power cut may, until the next intent, chunk,
   * durable step or end: then `work` runs again, so it finds what it did or does the same again. When the result is already recorded, returns it without running. What comes back
   * has been through JSON both times: a field that is `undefined` is absent.
   */
  step<T extends Json>(name: Step, work: () => Promise<T>, options?: StepOptions): Promise<T>;
  /**
   * For what must never happen twice. The intent is durable before `send` runs. When the intent is found without a
   * result (the process died, or `send` threw), `send` is never called again: `ifInterrupted` decides from what was captured.
   */
  once<T extends Json>(
    name: Step,
    send: (capture: JournalCapture) => Promise<T>,
    ifInterrupted: (captured: Captured | null) => Promise<T>,
  ): Promise<T>;
  /** Makes every record durable: before and after what a later run could neither find done nor do again with the same effect. */
  settle(): Promise<void>;
  /** Whether a step's result is recorded. */
  has(name: Step): boolean;
  /** The recorded result of a step, or null. */
  result(name: Step): Json | null;
  /** What `once(name)` captured so far; null when nothing. */
  captured(name: Step): Promise<Captured | null>;
  /**
   * Stashes a secret sealed in the journal; the newest wins. As a step's result it may have to
   * be read again after a power cut, from the captured answer or from the provider.
   */
  stash(secret: Secret): Promise<void>;
  stashed(): Promise<Secret | null>;
  /**
   * Ends the operation. `done` and `aborted` remove every sealed byte and leave the header for a while, so that the marker
   * can be watched for; `attention` keeps everything, and `resume` may take it up again. Nothing can be recorded after it.
   */
  end(state: Exclude<OperationState, 'open'>, reason: string | null): Promise<void>;
}

export interface OperationSummary {
  readonly header: OperationHeader;
  readonly state: OperationState;
  /** The last recorded step, or null before the first. */
  readonly lastStep: string | null;
  /** Until when the operation waits: the field `dueAt` of the newest recorded result that has one. */
  readonly dueAt: Instant | null;
  /** Why it ended, for `attention` and `aborted`. */
  readonly reason: string | null;
  /** When it was done or aborted; such an operation is listed for a week at most. */
  readonly endedAt: Instant | null;
  /** The key that it is sealed under, as its record says: `file-…`, `variable-…`, `store-…`. */
  readonly keyId: string;
}

/** A journal that cannot be read or trusted: edited, truncated in the middle, of a newer version. */
export interface BrokenOperation {
  readonly id: string;
  readonly reason: string;
}

/** Why an operation cannot be read, and its header where that much can be; nobody vouches for the header. */
export interface Unreadable {
  readonly reason: string;
  readonly header: OperationHeader | null;
}

/** Which operations a list is of. */
export interface OperationChoice {
  readonly verified?: boolean | undefined;
  /**
   * `unfinished`, or those that were aborted since then (milliseconds since 1970): the others are told by their names and not
   * read, so that it costs the same however many have ended. Left out: all.
   */
  readonly only?: 'unfinished' | { readonly abortedSince: number } | undefined;
}

export interface JournalHost {
  /** Proves that an operation could be recorded now: folder private and writable, sealing key there, space for an answer. */
  prove(): Promise<void>;
  /**
   * Opens a new operation and runs `work` as its only owner. `locked` when an operation for the subject (of the same provider
   * and origin) is open or needs attention; `conflict` when the id was used, or a journal that might be for the subject
   * cannot be read.
   */
  begin<T>(header: OperationHeader, work: (journal: Journal) => Promise<T>): Promise<T>;
  /**
   * Runs `work` with all that there is while no operation can begin: for what takes away the key that the journal is
   * sealed under.
   */
  whileNoneBegins<T>(work: (found: OperationList) => Promise<T>): Promise<T>;
  /**
   * Takes over an unfinished operation and runs `work` as its only owner: a former owner that wakes up is refused at its
   * next record. Throws `locked` while another process is at it, `not-found` (also when it is done or aborted), `failure`
   * for a broken one, `usage` for one of a newer version, `conflict` when two unfinished operations are for one subject.
   */
  resume<T>(id: string, work: (journal: Journal) => Promise<T>): Promise<T>;
  /**
   * Every operation, without unlocking anything: to be shown, not to be acted upon, for somebody may have edited the files.
   * With `verified` the sealing key is asked for, and an operation that this installation did not write is among the broken.
   */
  list(options?: OperationChoice): Promise<OperationList>;
  /** One operation to be explained; null when there is none of that id. Takes nothing over. Throws `failure` for a broken one. */
  read(id: string): Promise<OperationDetail | null>;
  /** Null for an operation that can be read, and where there is none of that id. Asks for the sealing key. */
  whyUnreadable(id: string): Promise<Unreadable | null>;
  /**
   * Takes an operation that cannot be read out of the count: its files stay in the folder, under names that tell it, and nothing is
   * deleted. Returns their paths. Killed at any point it counts as before until all are renamed, and may be run again. Throws
   * `conflict` for one that can be read, `locked` while another process is at it.
   */
  setAside(id: string): Promise<readonly string[]>;
  /** Whether a live process is at the operation right now. */
  isRunning(id: string): Promise<boolean>;
}

/** What an operation has recorded, for a person to read. */
export interface OperationDetail extends OperationSummary {
  /** In the order in which they were recorded; `result` is null for a request whose result was never recorded. */
  readonly steps: readonly { readonly name: string; readonly result: Json }[];
  /** What arrived of each request's answer, by the step's name. Asks for the sealing key. */
  answers(): Promise<readonly { readonly step: string; readonly captured: Captured }[]>;
}

export interface OperationList {
  readonly operations: readonly OperationSummary[];
  readonly broken: readonly BrokenOperation[];
}
