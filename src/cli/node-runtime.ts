import { AppError, type ErrorCode } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { ClosedPipe, type InputStream, type OutputStream, type Runtime } from './runtime.ts';
import { createTerminalPrompter } from './terminal-prompter.ts';

/** The one place that reads `process`, the clock and randomness. */
export function nodeRuntime(): Runtime {
  const stop = new AbortController();
  listen('SIGINT', 'interrupted', stop);
  listen('SIGTERM', 'terminated', stop);
  listen('SIGHUP', 'terminated', stop);
  // Node opens its inspector on SIGUSR1; a process that holds secrets does not offer a debugger.
  process.on('SIGUSR1', () => undefined);
  return {
    env: process.env,
    platform: process.platform,
    home: readHome(),
    cwd: process.cwd(),
    get hostname() {
      return process.getBuiltinModule('node:os').hostname();
    },
    pid: process.pid,
    node: process.execPath,
    processExists: (pid) => {
      try {
        return process.kill(pid, 0);
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'EPERM';
      }
    },
    host: {
      stdout: process.stdout,
      stderr: process.stderr,
      terminal: Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY),
      onSignal: (name, listener) => {
        process.on(name, listener);
        return () => process.off(name, listener);
      },
    },
    stdin: createInput(process.stdin, stop.signal),
    stdout: createOutput(process.stdout),
    stderr: createOutput(process.stderr),
    clock: createClock(stop.signal),
    // Loaded when first asked for: `--version` and `--help` need no cryptography.
    random: { bytes: (count) => new Uint8Array(process.getBuiltinModule('node:crypto').randomBytes(count)) },
    stop: stop.signal,
    prompter: ({ noInput }) =>
      createTerminalPrompter({
        input: process.stdin,
        output: process.stderr,
        enabled: !noInput && Boolean(process.stdin.isTTY) && Boolean(process.stderr.isTTY),
        marksPastes: !['', 'dumb'].includes(process.env['TERM'] ?? ''),
        stop: stop.signal,
      }),
  };
}

function listen(signal: NodeJS.Signals, code: ErrorCode, stop: AbortController): void {
  process.on(signal, () => {
    stop.abort(new AppError({ code, message: code === 'interrupted' ? 'interrupted' : 'asked to stop' }));
  });
}

function readHome(): string {
  const home = process.env['HOME'];
  if (home !== undefined || process.platform !== 'win32') return home ?? '';
  return process.getBuiltinModule('node:os').homedir();
}

function createClock(stop: AbortSignal): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms) =>
      new Promise((resolve, reject) => {
        if (stop.aborted) return reject(stop.reason);
        const onStop = () => {
          clearTimeout(timer);
          reject(stop.reason);
        };
        const timer = setTimeout(() => {
          stop.removeEventListener('abort', onStop);
          resolve();
        }, ms);
        stop.addEventListener('abort', onStop, { once: true });
      }),
  };
}

function createOutput(stream: NodeJS.WriteStream): OutputStream {
  return {
    isTerminal: Boolean(stream.isTTY),
    columns: stream.columns ?? 80,
    write: (text) =>
      new Promise((resolve, reject) => {
        if (text === '') return resolve();
        stream.write(text, (error) => {
          if (!error) return resolve();
          reject(
            isClosedPipe(error)
              ? new ClosedPipe()
              : new AppError({ code: 'failure', message: 'the output could not be written' }),
          );
        });
      }),
  };
}

function createInput(stream: NodeJS.ReadStream, stop: AbortSignal): InputStream {
  return {
    isTerminal: Boolean(stream.isTTY),
    read: async (limit) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const onStop = () => stream.destroy();
      stop.addEventListener('abort', onStop, { once: true });
      try {
        for await (const chunk of stream) {
          const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
          size += bytes.length;
          if (size > limit)
            throw new AppError({ code: 'usage', message: `standard input is longer than ${limit} bytes` });
          chunks.push(bytes);
        }
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (stop.aborted) throw stop.reason;
        throw new AppError({ code: 'usage', message: 'standard input cannot be read' });
      } finally {
        stop.removeEventListener('abort', onStop);
        stream.destroy();
      }
      return new Uint8Array(Buffer.concat(chunks));
    },
  };
}

function isClosedPipe(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
