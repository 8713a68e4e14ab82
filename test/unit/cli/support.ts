import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { readGlobals } from '../../../src/cli/arguments/globals.ts';
import { Input } from '../../../src/cli/arguments/input.ts';
import type { OutputStream, Runtime } from '../../../src/cli/runtime.ts';
import { App } from '../../../src/cli/services/app.ts';
import { AppError, usage } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { FakeClock } from '../../support/fakes.ts';

/** A stream that remembers each write, in the order of both streams. */
export class FakeOutput implements OutputStream {
  readonly isTerminal: boolean;
  columns = 80;
  text = '';
  /** Thrown by every write while it is set. */
  broken: Error | null = null;
  readonly #log: string[];
  readonly #name: string;

  constructor(name: string, isTerminal: boolean, log: string[]) {
    this.#name = name;
    this.isTerminal = isTerminal;
    this.#log = log;
  }

  async write(text: string): Promise<void> {
    if (this.broken) throw this.broken;
    this.text += text;
    this.#log.push(`${this.#name}: ${text}`);
  }
}

export interface World {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly terminal?: boolean;
  readonly stdin?: string;
  /** `null` throws `AppError` (cancelled). */
  readonly answers?: readonly string[];
}

/** Everything that a process gives, in memory, with an empty home of its own. */
export function fakeRuntime(world: World = {}) {
  const home = mkdtempSync(join(tmpdir(), 'keyturn-cli-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const log: string[] = [];
  const terminal = world.terminal ?? false;
  const stdout = new FakeOutput('stdout', terminal, log);
  const stderr = new FakeOutput('stderr', terminal, log);
  const questions: string[] = [];
  const answers = [...(world.answers ?? [])];
  const answer = (question: string, instead: string): string => {
    questions.push(question);
    const next = answers.shift();
    if (next === undefined) throw usage('there is no terminal to ask on', instead);
    return next;
  };
  const runtime: Runtime = {
    env: { HOME: home, ...world.env },
    platform: process.platform,
    home,
    cwd: home,
    hostname: 'host.example',
    pid: process.pid,
    node: process.execPath,
    execArgv: [],
    processExists: () => true,
    host: {
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      oneOutput: false,
      terminal: false,
      relay: null,
      onSignal: () => () => undefined,
    },
    stdin: {
      isTerminal: world.stdin === undefined && terminal,
      read: async () => new TextEncoder().encode(world.stdin ?? ''),
    },
    stdout,
    stderr,
    clock: new FakeClock(),
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    stop: new AbortController().signal,
    stopNow: new AbortController().signal,
    dieOf: () => undefined,
    prompter: () => ({
      interactive: terminal,
      ask: async (question, instead) => answer(question, instead),
      askSecret: async (question, instead) => Secret.of(answer(question, instead)),
      confirm: async (question, instead) => {
        if (answer(question, instead) !== 'y')
          throw new AppError({ code: 'cancelled', message: 'cancelled' });
      },
    }),
  };
  return { runtime, stdout, stderr, log, questions, home };
}

/** An application as `main` makes it, for the options of one command. */
export function fakeApp(
  world: World = {},
  options: Readonly<Record<string, unknown>> = {},
  args: readonly string[] = [],
) {
  const made = fakeRuntime(world);
  const input = new Input(args, new Map(Object.entries(options)));
  const around = { env: made.runtime.env, stdoutIsTerminal: made.stdout.isTerminal };
  return { ...made, input, app: new App(made.runtime, readGlobals(input, around)) };
}
