import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Captured, CaptureRequest, ChildEnd } from '../../ports/child.ts';
import { readEnd, readStartError } from './child-end.ts';

const MAX_BYTES = 1024 * 1024;
/** A grandchild may keep the pipes open for ever: after the child's end they get this long. */
const PIPES_MS = 500;

/** Runs the program at `path`; its output is kept, its stdin is the secret and then ends. */
export function capture(path: string, request: CaptureRequest): Promise<Captured> {
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(path, request.args, {
        argv0: request.command,
        env: request.env,
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
      });
    } catch (error) {
      resolve({ end: readStartError(error), stdout: new Uint8Array(), stderr: new Uint8Array() });
      return;
    }
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let end: ChildEnd | null = null;
    let pipes: NodeJS.Timeout | null = null;
    const finish = (how: ChildEnd) => {
      clearTimeout(deadline);
      if (pipes) clearTimeout(pipes);
      child.stdout?.destroy();
      child.stderr?.destroy();
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
    child.on('close', (code, signal) => finish(end ?? readEnd(code, signal)));
    // A program may end without reading what it is given: its exit code tells, not the broken pipe.
    child.stdin?.on('error', () => {});
    child.stdin?.end(request.input === null ? undefined : Buffer.from(request.input.reveal(), 'utf8'));
  });
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
