import type { Instant } from '../domain/time.ts';
import type { KeySource } from './sealer.ts';

export type AuditAction =
  | 'create'
  | 'store'
  | 'switch'
  | 'deliver'
  | 'disable'
  | 'enable'
  | 'revoke'
  | 'delete'
  | 'rename'
  | 'expire'
  | 'migrate';

/** One line of the audit log. No secret: `fingerprint` names one. */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: 'ok' | 'failed' | 'unknown';
  readonly profile: string | null;
  readonly provider: string;
  readonly origin: string;
  /** The provider's id of the token, key or project. */
  readonly id: string | null;
  readonly attempt: string | null;
  readonly fingerprint: string | null;
  readonly requestId: string | null;
  /** Where to, for `deliver` and `store`. */
  readonly target: string | null;
}

export interface AuditRecord extends AuditEvent {
  readonly at: Instant;
  readonly sequence: number;
}

/** Append-only, hash-chained. Whether a failure to append stops the caller is the caller's affair; it is always thrown. */
export interface AuditLog {
  /** Proves that a line could be appended now, so that a request is not sent which could not be logged. Throws as `append`. */
  prove(): Promise<void>;
  /**
   * Durable when it resolves; with `later`, when the operation that the event is of ends or is left. Throws `unavailable` (full
   * disk), `usage` (a file that others can read) and `locked`.
   */
  append(event: AuditEvent, when?: 'later'): Promise<void>;
  list(): Promise<readonly AuditRecord[]>;
  /** With `proof`, the codes are checked too, for which a sealed store is unlocked. */
  verify(options?: { readonly proof: boolean }): Promise<AuditCheck>;
}

export interface AuditCheck {
  /** Events up to the broken line, or all of them. */
  readonly records: number;
  /** The number of the first line, from 1, that was changed, moved or taken away; null when there is none. */
  readonly brokenAt: number | null;
  /** Writes that were cut short (by a kill or a full disk) and are kept as they are, with a note. */
  readonly torn: number;
  /** Null where it was not asked for. */
  readonly proof: AuditProof | null;
}

/** How much of the log is proved by codes under this installation's keys, and not by checksums alone. */
export interface AuditProof {
  /** Events that no one without the key can have written or changed. */
  readonly records: number;
  /** Where the least safe of the keys is kept; null where no code proves anything. */
  readonly key: KeySource | null;
  /** The line of the first event that is not proved; null where all are. */
  readonly unprovedAt: number | null;
}
