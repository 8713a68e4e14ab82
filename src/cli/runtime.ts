import type { HostProcess } from '../adapters/child/host-process.ts';
import type { ChooseClient } from '../adapters/http/choose-client.ts';
import type { Clock, Random } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import type { Prompter } from '../ports/prompter.ts';
import type { Transport } from '../ports/transport.ts';

export interface OutputStream {
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Resolves when the bytes were taken by the system; throws `ClosedPipe` or `AppError` (failure). */
  write(text: string): Promise<void>;
}

export interface InputStream {
  readonly isTerminal: boolean;
  /** Everything until the end, at most `limit` bytes (usage error beyond it). */
  read(limit: number): Promise<Uint8Array>;
}

/** What the process provides. `node-runtime.ts` makes the real one; tests make their own. */
export interface Runtime {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The home folder as the system tells it; empty when it does not. */
  readonly home: string;
  readonly cwd: string;
  readonly hostname: string;
  readonly pid: number;
  /** The `node` that runs us, for the keychain's helper process. */
  readonly node: string;
  /** The options that Node itself was started with. */
  readonly execArgv: readonly string[];
  /** Whether a process with this number exists, for systems without /proc. */
  processExists(pid: number): boolean;
  /** What a child that runs in our place needs of our own process. */
  readonly host: HostProcess;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted when the process is asked to stop; the reason is an `AppError` (interrupted, terminated). */
  readonly stop: AbortSignal;
  /** Aborted when the person presses Ctrl-C again: nothing is waited for. */
  readonly stopNow: AbortSignal;
  /** Ends the process by this signal where that is possible; else the exit code says it. */
  dieOf(signal: NodeJS.Signals): void;
  /** Keeps compiled code in this folder for the next start. Absent in tests. */
  readonly keepCompiledCode?: (folder: string) => void | Promise<void>;
  prompter(options: { readonly noInput: boolean }): Prompter;
  /** Lets a test wrap the disk or the transport, or choose its client. Absent in the published command. */
  readonly decorate?: {
    readonly chooseClient?: ChooseClient | undefined;
    readonly disk?: (disk: Disk) => Disk;
    readonly transport?: (transport: Transport) => Transport;
  };
}

/** The reader of stdout went away. For a list that is no failure; for a secret it is a failed delivery. */
export class ClosedPipe extends Error {}
