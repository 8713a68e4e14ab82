import type { Writable } from 'node:stream';
import type { RelayProgram } from './leave-to-relay.ts';

/** What a child that runs in our place needs of our own process. */
export interface HostProcess {
  /** Where masked output is written. */
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether both are the same file, pipe or terminal. */
  readonly oneOutput: boolean;
  /** Whether a terminal may send our whole process group its signals (Ctrl-C), and so sends them to the child itself. */
  readonly terminal: boolean;
  /** What goes on masking for programs that the child left behind; null for nothing. */
  readonly relay: RelayProgram | null;
  /** Stops our own process, as Ctrl-Z would, until somebody continues it; absent where there is no such thing. */
  readonly stop?: () => void;
  /** Calls `listener` at this signal instead of the system's own action, until the function returned is called. */
  onSignal(name: NodeJS.Signals, listener: () => void): () => void;
}
