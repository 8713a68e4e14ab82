import { openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';
import type { TerminalStreams } from './terminal-prompter.ts';

/** The terminal that controls the process, whatever its standard streams are; null where there is none. */
export function openControllingTerminal(): TerminalStreams | null {
  try {
    const input = new ReadStream(openSync('/dev/tty', 'r'));
    const output = new WriteStream(openSync('/dev/tty', 'w'));
    return {
      input,
      output,
      close() {
        input.destroy();
        output.destroy();
      },
    };
  } catch {
    return null;
  }
}
