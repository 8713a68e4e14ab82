import { openSync } from 'node:fs';
import { ReadStream, WriteStream } from 'node:tty';

interface ControllingTerminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  close(): void;
}

/** The terminal that controls the process, whatever its standard streams are; null where there is none. */
export function openControllingTerminal(): ControllingTerminal | null {
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
