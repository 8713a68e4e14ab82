import { spawn } from 'node:child_process';
import type { Secret } from '../../domain/secret.ts';
import type { MaskerState } from './masker.ts';
import type { Pump } from './pump.ts';

/** The program that goes on masking: `cli/terminal/relay-output.ts`, and the `node` that runs it. */
export interface RelayProgram {
  readonly node: string;
  readonly path: string;
}

/** What it is told on its stdin, as JSON. */
export interface RelayRequest {
  readonly secrets: readonly string[];
  readonly pipes: readonly RelayedPipe[];
}

/** A pipe to read, which of its outputs that goes to, and what was read from it and is not decided yet. */
export interface RelayedPipe extends Omit<MaskerState, 'pending'> {
  readonly fd: number;
  readonly to: 1 | 2;
  /** Base64. */
  readonly pending: string;
}

/** One of the child's outputs. */
export interface Channel {
  readonly pump: Pump;
  /** Our end of its pipe; null where it is no pipe that another process could read. */
  readonly read: number | null;
  /** Which of our outputs it goes to. */
  readonly fd: 1 | 2;
}

interface Left {
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly Secret[];
  readonly channels: readonly Channel[];
}

/** A child that left nothing behind closes its pipes as it ends. */
const PIPES_MS = 1_000;
const LOOK_MS = 20;

/**
 * After the child's end: resolves when its output is through. Programs that it left behind keep the pipes open, and may
 * for ever: they are left to a process of its own, as a shell would return and let them write on. Where there is no such
 * process to be had, we stay until they have ended, as `COMMAND | cat` would.
 */
export async function leaveToRelay(relay: RelayProgram | null, left: Left): Promise<void> {
  const done = Promise.all(left.channels.map(({ pump }) => pump.done));
  if (await isWithin(done, PIPES_MS)) return;
  if (relay && left.channels.every(({ read }) => read !== null)) {
    while (!left.channels.every(({ pump }) => pump.isDone() || pump.isEmpty())) {
      if (await isWithin(done, LOOK_MS)) return;
    }
    if (await startRelay(relay, left)) return;
  }
  await done;
}

/** From the look whether anything is on its way until the pumps stop, nothing else runs: no byte is lost, or read by both. */
function startRelay(relay: RelayProgram, left: Left): Promise<boolean> {
  const open = left.channels.filter(({ pump }) => !pump.isDone());
  const child = spawn(relay.node, [relay.path], {
    // A session of its own: it lives as long as they do.
    detached: true,
    env: withoutNode(left.env),
    stdio: ['pipe', 'inherit', 'inherit', ...open.map(({ read }) => read)],
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    if (child.pid === undefined) return;
    const request: RelayRequest = {
      secrets: left.secrets.map((secret) => secret.reveal()),
      pipes: open.map(({ fd, pump }, at) => {
        const { pending, ...state } = pump.handOver();
        return { fd: 3 + at, to: fd, ...state, pending: Buffer.from(pending).toString('base64') };
      }),
    };
    child.stdin?.on('error', () => resolve(true));
    child.stdin?.end(JSON.stringify(request), () => resolve(true));
    child.unref();
  });
}

/** Neither our debugger nor somebody's --require belongs in a process that has the secrets. */
function withoutNode(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^NODE_/i.test(name)));
}

/** Leaves no timer behind: the process would end that much later than its work. */
async function isWithin(done: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([done.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
