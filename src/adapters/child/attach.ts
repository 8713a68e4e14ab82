import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { AttachRequest, ChildEnd } from '../../ports/child.ts';
import { readEnd, readStartError } from './child-end.ts';
import { listenForChild } from './forward-signals.ts';
import type { HostProcess } from './host-process.ts';
import { type Channel, leaveToRelay } from './leave-to-relay.ts';
import { closePipes } from './pipe.ts';
import { createPipes } from './pipes.ts';
import { startPump } from './pump.ts';
import { stopWith } from './stop-with.ts';

const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];

/** Which of the child's outputs are one stream, and where it goes. */
interface Output {
  readonly fds: readonly (1 | 2)[];
  readonly to: Writable;
}

/** Runs the program at `path` with our stdin, and our stdout and stderr where they are not masked. */
export async function attach(
  host: HostProcess,
  platform: NodeJS.Platform,
  path: string,
  request: AttachRequest,
): Promise<ChildEnd> {
  const outputs = maskedOutputs(host, request.mask);
  const pipes = await createPipes(outputs.length, request.env, platform);
  const stdio: StdioOptions = ['inherit', 'inherit', 'inherit'];
  outputs.forEach(({ fds }, at) => {
    for (const fd of fds) stdio[fd] = pipes?.[at]?.write ?? 'pipe';
  });
  const signals = await listenForChild(host, request.env, platform);
  let child: ChildProcess;
  try {
    child = spawn(path, request.args, { argv0: request.command, env: childEnvironment(request), stdio });
  } catch (error) {
    signals.release();
    if (pipes) closePipes(pipes);
    return readStartError(error);
  }
  const { pid } = child;
  signals.handTo(
    (name) => void child.kill(name),
    () => pid !== undefined && host.stop && void stopWith(pid, host.stop),
  );
  for (const { write } of pipes ?? []) closeSync(write);
  const secrets = [...Object.values(request.secrets), ...request.alsoMasked];
  const channels = outputs.flatMap(({ fds, to }, at) =>
    openReaders(child, fds, pipes?.[at]?.read).map((from): Channel => {
      const read = pipes?.[at]?.read ?? null;
      return { read, fd: to === host.stdout ? 1 : 2, pump: startPump(from, secrets, to) };
    }),
  );
  const end = await new Promise<ChildEnd>((resolve) => {
    child.on('error', (error) => resolve(readStartError(error)));
    child.on('exit', (code, signal) => resolve(readEnd(code, signal)));
  });
  // Only what the child left behind writes now: a signal to us ends the wait.
  signals.handTo((name) => {
    if (ENDING.includes(name)) for (const { pump } of channels) pump.stop();
  });
  await leaveToRelay(host.relay, { env: request.env, secrets, channels });
  signals.release();
  return end;
}

function maskedOutputs(host: HostProcess, mask: AttachRequest['mask']): readonly Output[] {
  // Two streams would come in the order of two pipes, not in the order they were written.
  if (mask.stdout && mask.stderr && host.oneOutput) return [{ fds: [1, 2], to: host.stdout }];
  return [
    ...(mask.stdout ? [{ fds: [1] as const, to: host.stdout }] : []),
    ...(mask.stderr ? [{ fds: [2] as const, to: host.stderr }] : []),
  ];
}

/** Our ends of what the child writes to: of a pipe, or of the sockets that Node made instead. */
function openReaders(child: ChildProcess, fds: readonly number[], read: number | undefined): Readable[] {
  if (read !== undefined) return [new Socket({ fd: read, readable: true, writable: false })];
  return fds.flatMap((fd) => {
    const stream = child.stdio[fd];
    return stream && 'read' in stream ? [stream] : [];
  });
}

function childEnvironment(request: AttachRequest): Record<string, string> {
  const env: Record<string, string> = { ...request.env };
  for (const [name, secret] of Object.entries(request.secrets)) env[name] = secret.reveal();
  return env;
}
