import type { Token } from '../../domain/token.ts';
import type { AuditLog } from '../../ports/audit.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Destination } from '../../ports/destination.ts';
import type { Fingerprint } from '../../ports/fingerprint.ts';
import type { JournalHost } from '../../ports/journal.ts';
import type { Profiles } from '../../ports/profiles.ts';
import type { CredentialStore } from '../../ports/store.ts';
import type { Client } from '../client.ts';
import type { WholeOrNot } from '../listing.ts';

/** Everything that an operation touches that creates, rotates or resumes. */
export interface OperationDeps {
  /** Driven by the managing credential. */
  readonly client: Client;
  /** Sends the one create that the managing credential may not: a browser session. Absent where `client` sends it itself. */
  readonly creator?: Client;
  /**
   * The account's tokens as this command listed them, where it did: a new operation knows then what was there before, and that the
   * credential is accepted. Several operations share it.
   */
  readonly listed?: WholeOrNot<Token> | null;
  readonly host: JournalHost;
  readonly store: CredentialStore;
  readonly profiles: Profiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly audit: AuditLog;
  readonly fingerprint: Fingerprint;
  /** One line of progress for a person, on stderr. */
  note(line: string): void;
  /** Opens a destination again from its label; a resumed operation knows nothing else of it. */
  openDestination(label: string): Promise<Destination>;
}
