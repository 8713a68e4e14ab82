import type { Children } from '../../ports/child.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Processes } from '../locks/process-identity.ts';

/** What the destinations need from outside. */
export interface DestinationDeps {
  readonly disk: Disk;
  readonly random: Random;
  readonly children: Children;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line for the person, on stderr: a target that git would publish, what an `exec:` command said. */
  readonly note: (line: string) => void;
  /** Whether `file:` may replace what is there (`--force`). */
  readonly force: boolean;
  /** Whether `env:` leaves a variable that holds another value: for a new secret, which replaces none. False when left out. */
  readonly keepVariables?: boolean | undefined;
  /** keyturn's own folders, in which no destination may lie. */
  readonly ownFolders: readonly string[];
  /** Waits for another process that writes the same file; the system's timer when left out. */
  readonly clock?: Pick<Clock, 'sleep'> | undefined;
  /** Which process this is, so that its locks fall with it. */
  readonly processes?: Processes | undefined;
  /** For an `exec:` command, in milliseconds; 60 s when left out. */
  readonly commandTimeoutMs?: number | undefined;
}

/** More than any target is: a dotenv file, a runner's output file. */
export const MAX_TARGET_BYTES = 4 * 1024 * 1024;
