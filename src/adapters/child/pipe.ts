import { closeSync } from 'node:fs';

/** The two ends of a pipe, as file descriptors of ours. */
export interface Pipe {
  readonly read: number;
  readonly write: number;
}

export function closePipes(pipes: readonly Pipe[]): void {
  for (const { read, write } of pipes) {
    closeSync(read);
    closeSync(write);
  }
}
