import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Captured, CaptureRequest, ChildEnd } from '../../ports/child.ts';
import { readEnd, readStartError } from './child-end.ts';
import { closePipes, type Pipe } from './pipe.ts';
import { createPipes } from './pipes.ts';

const MAX_BYTES = 1024 * 1024;
/** A grandchild may keep the pipes open for ever: after the child's end they get this long. */
const PIPES_MS = 500;

/** Runs the program at `path`; its output is kept, its stdin is the secret and then ends. */
export async function capture(
  platform: NodeJS.Platform,
  path: string,
  request: CaptureRequest,
): Promise<Captured> {
  const pipes = await createPipes(3, request.env, platform);
  const [stdin, stdout, stderr] = pipes ?? [];
  let child: ChildProcess;
  try {
    child = spawn(path, request.args, {
      argv0: request.command,
      env: request.env,
      stdio: [stdin?.read ?? 'pipe', stdout?.write ?? 'pipe', stderr?.write ?? 'pipe'],
      windowsHide: true,
    });
  } catch (error) {
    if (pipes) closePipes(pipes);
    return { end: readStartError(error), stdout: new Uint8Array(), stderr: new Uint8Array() };
  }
  return watch(child, openEnds(child, stdin, stdout, stderr), request);
}

interface Ends {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** Our ends: of the pipes, or of the sockets that Node made where there are none. */
function openEnds(
  child: ChildProcess,
  stdin: Pipe | undefined,
  stdout: Pipe | undefined,
  stderr: Pipe | undefined,
): Ends {
  if (!stdin || !stdout || !stderr) return child;
  for (const fd of [stdin.read, stdout.write, stderr.write]) closeSync(fd);
  return {
    stdin: new Socket({ fd: stdin.write, readable: false, writable: true }),
    stdout: new Socket({ fd: stdout.read, readable: true, writable: false }),
    stderr: new Socket({ fd: stderr.read, readable: true, writable: false }),
  };
}

function watch(child: ChildProcess, ends: Ends, request: CaptureRequest): Promise<Captured> {
  return new Promise((resolve) => {
    const stdout = collect(ends.stdout);
    const stderr = collect(ends.stderr);
    let end: ChildEnd | null = null;
    let pipes: NodeJS.Timeout | null = null;
    const finish = (how: ChildEnd) => {
      clearTimeout(deadline);
      if (pipes) clearTimeout(pipes);
      for (const stream of [ends.stdin, ends.stdout, ends.stderr]) stream?.destroy();
      resolve({ end: how, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
    };
    const deadline = setTimeout(() => {
      end = { kind: 'timeout' };
      child.kill('SIGKILL');
      pipes = setTimeout(() => finish({ kind: 'timeout' }), PIPES_MS);
    }, request.timeoutMs);
    child.on('error', (error) => finish(readStartError(error)));
    child.on('exit', (code, signal) => {
      end ??= readEnd(code, signal);
      const how = end;
      pipes ??= setTimeout(() => finish(how), PIPES_MS);
    });
    // The child's own 'close' knows nothing of pipes that Node did not make.
    const exited = new Promise<void>((done) => child.on('exit', () => done()));
    void Promise.all([exited, closed(ends.stdout), closed(ends.stderr)]).then(() =>
      finish(end ?? { kind: 'exit', code: 1 }),
    );
    // A program may end without reading what it is given: its exit code tells, not the broken pipe.
    ends.stdin?.on('error', () => {});
    ends.stdin?.end(request.input === null ? undefined : Buffer.from(request.input.reveal(), 'utf8'));
  });
}

function closed(stream: Readable | null): Promise<void> {
  return new Promise((resolve) => (stream ? stream.on('close', resolve) : resolve()));
}

function collect(stream: Readable | null): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let size = 0;
  stream?.on('data', (part: Buffer) => {
    if (size < MAX_BYTES) parts.push(part.subarray(0, MAX_BYTES - size));
    size += part.length;
  });
  stream?.on('error', () => {});
  return parts;
}
