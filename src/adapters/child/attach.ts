import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Transform, Writable } from 'node:stream';
import type { AttachRequest, ChildEnd } from '../../ports/child.ts';
import { readEnd, readStartError } from './child-end.ts';
import { createMaskStream } from './mask-stream.ts';

/** What a child that runs in our place needs of our own process. */
export interface HostProcess {
  /** Where masked output is written. */
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether a terminal sends our whole process group its signals (Ctrl-C), and so sends them to the child itself. */
  readonly terminal: boolean;
  /** Calls `listener` at this signal instead of the system's own action, until the function returned is called. */
  onSignal(name: NodeJS.Signals, listener: () => void): () => void;
}

/** What a terminal sends to every process in its foreground: handed on as well, the child would have it twice. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGWINCH'];
const FROM_OTHERS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'];
/** A grandchild may keep the pipes open for ever: after the child's end they get this long. */
const PIPES_MS = 1_000;

/** Runs the program at `path` with our stdin, and our stdout and stderr where they are not masked. */
export async function attach(host: HostProcess, path: string, request: AttachRequest): Promise<ChildEnd> {
  const { mask } = request;
  let child: ChildProcess;
  // Caught before the child begins, so that no signal is lost in between.
  const early: NodeJS.Signals[] = [];
  let forward = (name: NodeJS.Signals) => void early.push(name);
  const release = listen(host, (name) => forward(name));
  try {
    child = spawn(path, request.args, {
      argv0: request.command,
      env: childEnvironment(request),
      stdio: ['inherit', mask.stdout ? 'pipe' : 'inherit', mask.stderr ? 'pipe' : 'inherit'],
    });
  } catch (error) {
    release();
    return readStartError(error);
  }
  forward = (name) => void child.kill(name);
  for (const name of early) forward(name);
  const secrets = Object.values(request.secrets);
  const pumps = [
    pump(child.stdout, createMaskStream(secrets), host.stdout),
    pump(child.stderr, createMaskStream(secrets), host.stderr),
  ];
  const end = await new Promise<ChildEnd>((resolve) => {
    child.on('error', (error) => resolve(readStartError(error)));
    child.on('exit', (code, signal) => resolve(readEnd(code, signal)));
  });
  await Promise.race([Promise.all(pumps), untilQuiet(child, host)]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  release();
  return end;
}

function childEnvironment(request: AttachRequest): Record<string, string> {
  const env: Record<string, string> = { ...request.env };
  for (const [name, secret] of Object.entries(request.secrets)) env[name] = secret.reveal();
  return env;
}

function listen(host: HostProcess, onSignal: (name: NodeJS.Signals) => void): () => void {
  const ignored = FROM_TERMINAL.map((name) =>
    host.onSignal(name, () => {
      if (!host.terminal) onSignal(name);
    }),
  );
  const handed = FROM_OTHERS.map((name) => host.onSignal(name, () => onSignal(name)));
  return () => {
    for (const stop of [...ignored, ...handed]) stop();
  };
}

/** Resolves when all of `from` went through the mask. A target that closes (EPIPE) ends the child's stream likewise. */
function pump(from: Readable | null, mask: Transform, to: Writable): Promise<void> {
  if (!from) {
    mask.destroy();
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const finish = () => {
      to.off('error', broken);
      resolve();
    };
    const broken = () => {
      from.destroy();
      mask.destroy();
      finish();
    };
    to.on('error', broken);
    mask.on('end', finish);
    mask.on('error', broken);
    from.on('error', () => mask.end());
    from.pipe(mask);
    mask.pipe(to, { end: false });
  });
}

/** Resolves when the ended child's pipes brought nothing for a while, though the targets would have taken it. */
function untilQuiet(child: ChildProcess, host: HostProcess): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (host.stdout.writableNeedDrain || host.stderr.writableNeedDrain) timer.refresh();
      else resolve();
    };
    const timer = setTimeout(check, PIPES_MS).unref();
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', () => timer.refresh());
  });
}
