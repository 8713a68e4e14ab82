import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { ClientName } from '../../src/adapters/http/choose-client.ts';
import { main } from '../../src/cli/main.ts';
import { ClosedPipe, type OutputStream, type Runtime } from '../../src/cli/runtime.ts';
import { AppError, usage } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import { checkShown } from './runner-check.ts';
import { createTestTime, type TestTime } from './sandbox.ts';

export interface RunOptions {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The options that Node was started with; none where it is left out. */
  readonly execArgv?: readonly string[];
  /** Nothing where it is left out. */
  readonly stdin?: string | Uint8Array;
  readonly time?: TestTime;
  /** Answers, in their order, of a person at a terminal; without it there is no terminal. */
  readonly answers?: readonly string[];
  /** What becomes of stdout: `closed` is a reader that went away, `full` a disk without room. */
  readonly stdout?: 'taken' | 'closed' | 'full';
  /** The HTTP client of every request; the transport chooses where it is left out. */
  readonly client?: ClientName | undefined;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run of the command inside this process, with the world around it made here. No CI runner may obey its output. */
export async function runInProcess(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const stdout = collect();
  const stderr = collect();
  const runtime = createTestRuntime(options, { stdout, stderr });
  const code = await main(argv, runtime);
  // What a child printed through us may still be on its way.
  await new Promise((resolve) => setImmediate(resolve));
  const result = { code, stdout: stdout.text(), stderr: stderr.text() };
  checkShown({ ...result, env: options.env });
  return result;
}

interface Collected {
  readonly stream: PassThrough;
  text(): string;
}

function createTestRuntime(
  options: RunOptions,
  { stdout, stderr }: { stdout: Collected; stderr: Collected },
): Runtime {
  const { client, time = createTestTime() } = options;
  const terminal = options.answers !== undefined;
  const input = Buffer.from(options.stdin ?? '');
  const answers = [...(options.answers ?? [])];
  return {
    env: options.env,
    platform: process.platform,
    home: options.env['HOME'] ?? '',
    cwd: options.cwd ?? options.home,
    hostname: 'host.example',
    pid: process.pid,
    node: process.execPath,
    execArgv: options.execArgv ?? [],
    processExists: () => true,
    host: {
      stdout: stdout.stream,
      stderr: stderr.stream,
      oneOutput: false,
      terminal: false,
      relay: null,
      onSignal: () => () => undefined,
    },
    stdin: {
      isTerminal: terminal && options.stdin === undefined,
      read: async (limit) => {
        if (input.length > limit) throw usage(`standard input is longer than ${limit} bytes`);
        return new Uint8Array(input);
      },
    },
    stdout: outputTo(stdout, terminal, options.stdout ?? 'taken'),
    stderr: outputTo(stderr, terminal, 'taken'),
    clock: {
      now: time.now,
      // A wait costs a test no time, but time has passed.
      sleep: async (ms) => {
        time.advance(ms);
        await new Promise((resolve) => setTimeout(resolve, 1));
      },
    },
    random: { bytes: (count) => new Uint8Array(randomBytes(count)) },
    stop: new AbortController().signal,
    stopNow: new AbortController().signal,
    dieOf: () => undefined,
    decorate: { chooseClient: client && (() => client) },
    prompter: ({ noInput }) => createTestPrompter(terminal && !noInput, answers, stderr),
  };
}

function createTestPrompter(enabled: boolean, answers: string[], stderr: Collected) {
  const answer = (question: string, instead: string): string => {
    if (!enabled) throw usage('there is no terminal to ask on', instead);
    const next = answers.shift();
    if (next === undefined) throw new Error(`nobody answers "${question}"`);
    stderr.stream.write(`${question}\n`);
    return next;
  };
  return {
    interactive: enabled,
    ask: async (question: string, instead: string) => answer(question, instead),
    askSecret: async (question: string, instead: string) => Secret.of(answer(question, instead)),
    confirm: async (question: string, instead: string) => {
      if (answer(`${question} [y/N] `, instead) !== 'y')
        throw new AppError({ code: 'cancelled', message: 'cancelled, nothing was changed' });
    },
  };
}

function outputTo(collected: Collected, isTerminal: boolean, how: 'taken' | 'closed' | 'full'): OutputStream {
  return {
    isTerminal,
    columns: 80,
    write: async (text) => {
      if (how === 'closed') throw new ClosedPipe();
      if (how === 'full') throw new AppError({ code: 'failure', message: 'the output could not be written' });
      collected.stream.write(text);
    },
  };
}

function collect(): Collected {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
