import type { Secret } from '../domain/secret.ts';

/** A program to start: found by its path or on the `PATH` of `env`, never in the current folder, never by a shell. */
export interface ChildCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child, but for the secrets of `attach`. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a child ended, or why it never began. */
export type ChildEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly name: NodeJS.Signals; readonly number: number }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-executable' }
  | { readonly kind: 'batch-file' }
  | { readonly kind: 'timeout' };

export interface CaptureRequest extends ChildCommand {
  /** Bytes for the child's stdin, exactly these; null for none. */
  readonly input: Secret | null;
  /** The child is killed after this. In milliseconds. */
  readonly timeoutMs: number;
}

export interface Captured {
  readonly end: ChildEnd;
  /** At most 1 MiB of each; the rest is read and dropped. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface AttachRequest extends ChildCommand {
  /** Put into the child's environment, and nowhere else. */
  readonly secrets: Readonly<Record<string, Secret>>;
  /** Not given to the child, but masked as well where it prints them. */
  readonly alsoMasked: readonly Secret[];
  /** Which of the child's streams have the secrets replaced; the others are the terminal or file itself. */
  readonly mask: { readonly stdout: boolean; readonly stderr: boolean };
}

/** Other programs. Resolves with how the child ended; throws only for a bug. */
export interface Children {
  /** The file that the command names: its path, or why it cannot be run. */
  locate(command: string, env: Readonly<Record<string, string>>): Promise<LocatedCommand>;
  /** Runs a program by itself: its own stdin, its output kept. */
  capture(request: CaptureRequest): Promise<Captured>;
  /** Runs a program in our place: our stdin and terminal, our signals handed on. */
  attach(request: AttachRequest): Promise<ChildEnd>;
}

export type LocatedCommand =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-executable' }
  /** A `.cmd` or `.bat` of Windows: only `cmd.exe` runs it. */
  | { readonly kind: 'batch-file' };
