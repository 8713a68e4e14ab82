import { dirname } from 'node:path';
import { AppError, type ErrorCode, usage } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { PROGRAMS, packageFile } from './package-files.ts';
import { ClosedPipe, type InputStream, type OutputStream, type Runtime } from './runtime.ts';
import { compileCacheOf } from './services/compiled-code.ts';
import { endsWithoutCore } from './services/core-image.ts';
import { takeEnvironment } from './services/take-environment.ts';
import { createLazyPrompter } from './terminal/lazy-prompter.ts';

/** One Ctrl-C may arrive twice: from the terminal, and from a parent such as `npm` that hands it on. In milliseconds. */
const ONE_PRESS_MS = 300;

/** The one place that reads `process` and the clock. */
export function nodeRuntime(): Runtime {
  const stop = new AbortController();
  const stopNow = new AbortController();
  let stoppedAt = 0;
  const listen = (signal: NodeJS.Signals, code: ErrorCode) => {
    process.on(signal, () => {
      if (!stop.signal.aborted) stoppedAt = Date.now();
      else if (code === 'interrupted' && Date.now() - stoppedAt > ONE_PRESS_MS) stopNow.abort();
      stop.abort(new AppError({ code, message: code === 'interrupted' ? 'interrupted' : 'asked to stop' }));
    });
  };
  listen('SIGINT', 'interrupted');
  listen('SIGTERM', 'terminated');
  listen('SIGHUP', 'terminated');
  // By default this signal writes the memory of the process, with its secrets, to a file.
  listen('SIGQUIT', 'terminated');
  // Node opens its inspector on SIGUSR1; a process that holds secrets does not offer a debugger.
  process.on('SIGUSR1', () => undefined);
  return {
    env: takeEnvironment(process),
    platform: process.platform,
    get home() {
      return readHome();
    },
    get cwd() {
      return readCwd();
    },
    get hostname() {
      return process.getBuiltinModule('node:os').hostname();
    },
    pid: process.pid,
    node: process.execPath,
    execArgv: process.execArgv,
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
      get oneOutput() {
        return isSameFile(1, 2);
      },
      get terminal() {
        return hasTerminal();
      },
      get relay() {
        return { node: process.execPath, path: packageFile(PROGRAMS.relay) };
      },
      stop: suspend,
      onSignal: (name, listener) => {
        process.on(name, listener);
        return () => process.off(name, listener);
      },
    },
    stdin: createInput(() => process.stdin, stop.signal),
    stdout: createOutput(process.stdout, 1),
    stderr: createOutput(process.stderr, 2),
    clock: createClock(stop.signal),
    // Loaded when first asked for: `--version` and `--help` need no cryptography.
    random: { bytes: (count) => new Uint8Array(process.getBuiltinModule('node:crypto').randomBytes(count)) },
    stop: stop.signal,
    stopNow: stopNow.signal,
    dieOf,
    ...compileCacheOf(process, () => dirname(packageFile(PROGRAMS.relay))),
    prompter: ({ noInput }) => createLazyPrompter({ ...prompterOptions(noInput), stop: stop.signal }),
  };
}

/** Where no stream is a terminal, nobody watches the program. */
function prompterOptions(noInput: boolean) {
  const { stdin: input, stdout, stderr: output } = process;
  const isSeen = [input, stdout, output].some(({ isTTY }) => isTTY);
  return {
    streams: !noInput && input.isTTY && output.isTTY ? { input, output, close: () => undefined } : null,
    mayAskBeside: !noInput && isSeen && process.platform !== 'win32',
    term: process.env['TERM'],
  };
}

/** System services and containers often have no HOME; then the user database has it. Empty when neither has. */
function readHome(): string {
  const home = process.env['HOME'];
  if (home !== undefined && home !== '') return home;
  const os = process.getBuiltinModule('node:os');
  try {
    return process.platform === 'win32' ? os.homedir() : os.userInfo().homedir;
  } catch {
    // In a container the user id may have no entry.
    return '';
  }
}

/** Read only by commands that need it: the folder may have been deleted. */
function readCwd(): string {
  try {
    return process.cwd();
  } catch {
    throw usage('the working folder no longer exists', 'change to another folder, or give an absolute path');
  }
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

function createOutput(stream: NodeJS.WriteStream, fd: 1 | 2): OutputStream {
  return {
    isTerminal: Boolean(stream.isTTY),
    columns: stream.columns ?? 80,
    write: (text) =>
      new Promise((resolve, reject) => {
        if (text === '') return resolve();
        if (isStandIn(fd)) return reject(new ClosedPipe());
        stream.write(text, (error) => {
          if (!error) return resolve();
          reject(
            isClosedPipe(error)
              ? new ClosedPipe()
              : new AppError({
                  code: 'failure',
                  message: 'the output could not be written',
                  hint: 'check where it is sent to: the disk may be full',
                }),
          );
        });
      }),
  };
}

/** Node makes the stream when it is first asked for, and many commands never do. */
function createInput(open: () => NodeJS.ReadStream, stop: AbortSignal): InputStream {
  return {
    get isTerminal() {
      return Boolean(open().isTTY);
    },
    read: async (limit) => {
      const stream = open();
      const chunks: Buffer[] = [];
      let size = 0;
      const onStop = () => stream.destroy();
      stop.addEventListener('abort', onStop, { once: true });
      try {
        for await (const chunk of stream) {
          const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
          size += bytes.length;
          if (size > limit)
            throw usage(`standard input is longer than ${limit} bytes`, 'pipe in only what is asked for');
          chunks.push(bytes);
        }
      } catch (error) {
        if (error instanceof AppError) throw error;
        if (stop.aborted) throw stop.reason;
        throw usage('standard input cannot be read', 'pipe it in, or redirect it from a file');
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

/**
 * Node opens the null device in place of a stream that was closed when it started (`>&-`): what is written there is lost, and
 * a secret must not be. It opens it for reading and writing; a shell's own `>/dev/null` is for writing only, and meant.
 */
function isStandIn(fd: number): boolean {
  if (process.platform !== 'linux') return false;
  const fs = process.getBuiltinModule('node:fs');
  try {
    if (fs.fstatSync(fd).rdev !== fs.statSync('/dev/null').rdev) return false;
    const flags = /flags:\s*([0-7]+)/.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & 3) === 2;
  } catch {
    return false;
  }
}

function isSameFile(one: number, other: number): boolean {
  const fs = process.getBuiltinModule('node:fs');
  try {
    const [first, second] = [fs.fstatSync(one, { bigint: true }), fs.fstatSync(other, { bigint: true })];
    return first.dev === second.dev && first.ino === second.ino;
  } catch {
    return false;
  }
}

/** A terminal may control us also where none of our streams is one. */
function hasTerminal(): boolean {
  if (process.platform === 'win32')
    return Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
  const fs = process.getBuiltinModule('node:fs');
  try {
    fs.closeSync(fs.openSync('/dev/tty', fs.constants.O_RDWR | fs.constants.O_NOCTTY));
    return true;
  } catch {
    return false;
  }
}

/** Stops until somebody continues the process, as Ctrl-Z does. */
function suspend(): void {
  const { pid } = process;
  process.kill(pid, 'SIGSTOP');
}

/**
 * Ends the process as the signal would have: a shell ends its loop only when a program died of Ctrl-C, not when it ended
 * with 130. The signal of a process with the number 1 without a handler is ignored: its exit code tells.
 */
function dieOf(signal: NodeJS.Signals): void {
  if (process.platform === 'win32' || process.pid === 1) return;
  if (!endsWithoutCore(process, signal)) return;
  // Node ignores some signals of its own (SIGPIPE); a listener that goes away leaves the system's action behind.
  if (signal !== 'SIGKILL') process.on(signal, () => undefined).removeAllListeners(signal);
  const { pid } = process;
  process.kill(pid, signal);
  // It arrives a moment later; a signal that does not end a process is over then.
  setTimeout(() => undefined, 100);
}
