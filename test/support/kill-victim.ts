import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientName } from '../../src/adapters/http/choose-client.ts';
import { BUILT, ROOT } from './cli-process.ts';
import type { KillHome } from './kill-home.ts';

/** Where the process is killed. */
export type Strike =
  /** Nowhere: it runs to its end. */
  | { readonly kind: 'none' }
  /** At the nth effect: before it, with half of what it writes written, or after it; `node` are options of Node. */
  | { readonly kind: 'effect'; readonly at: number; readonly side: Side; readonly node?: readonly string[] }
  /** The published command itself, that long after it was started. */
  | { readonly kind: 'instant'; readonly ms: number }
  /** The moment the provider has seen the nth request, with the answer still on its way. */
  | { readonly kind: 'request'; readonly nth: number }
  /** Nowhere, but under another program that fails its system calls. */
  | { readonly kind: 'under'; readonly what: string; readonly program: readonly [string, ...string[]] }
  /** When this has become true. */
  | { readonly kind: 'moment'; readonly what: string; readonly isNow: () => boolean };

/**
 * `fill`: not killed, but the disk is full from there on; see {@link fillerOf}. The last four end the process in other ways
 * than a kill: no memory, no stack, a rejection that nobody handles, an exit in somebody else's code.
 */
export type Side = 'before' | 'half' | 'after' | 'fill' | Mishap;

export type Mishap = 'heap' | 'stack' | 'rejection' | 'exit';

/** The file that fills the disk: whoever takes it away makes room again. */
export function fillerOf(home: KillHome): string {
  return join(home.path, '.filler');
}

export interface VictimOptions {
  readonly home: KillHome;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly strike: Strike;
  /** A file for one line an effect. */
  readonly trace?: string;
  /** Resolves when the provider has seen the nth request from now on. */
  readonly requestSeen: (nth: number) => Promise<void>;
  /** The HTTP client of every request, where the process is not the published command. */
  readonly client?: ClientName | undefined;
}

export interface VictimEnd {
  readonly code: number;
  readonly killed: boolean;
  readonly output: string;
}

const ENTRY = join(ROOT, 'test', 'support', 'kill-entry.mjs');
const DEADLINE_MS = 60_000;
const WATCH_MS = 2;
/** No command of these cases prints more. */
const MOST_BYTES = 8 * 2 ** 20;

/** Runs the built command as a process and kills it there. */
export function runVictim(args: readonly string[], options: VictimOptions): Promise<VictimEnd> {
  const { home, strike, trace, client } = options;
  const plan =
    strike.kind === 'effect'
      ? { ...strike, trace, client, filler: fillerOf(home) }
      : { at: 0, side: 'before', trace, client };
  const under = strike.kind === 'under' ? strike.program : [];
  const isPublished = strike.kind === 'instant' || strike.kind === 'under';
  const [command = '', ...program] = [
    ...under,
    process.execPath,
    ...(strike.kind === 'effect' ? (strike.node ?? []) : []),
    ...(isPublished ? [BUILT] : [ENTRY, JSON.stringify(plan)]),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...program, ...args], {
      cwd: home.path,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    const kill = () => child.kill('SIGKILL');
    const deadline = setTimeout(kill, DEADLINE_MS);
    const timer = strike.kind === 'instant' ? setTimeout(kill, strike.ms) : undefined;
    if (strike.kind === 'request') void options.requestSeen(strike.nth).then(kill);
    const watch =
      strike.kind === 'moment' ? setInterval(() => strike.isNow() && kill(), WATCH_MS) : undefined;
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= MOST_BYTES) chunks.push(chunk);
      else kill();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    // A command that was killed does not read its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      clearTimeout(timer);
      clearInterval(watch);
      const output = Buffer.concat(chunks).toString('utf8');
      if (size > MOST_BYTES)
        return reject(
          new Error(`the command printed more than ${MOST_BYTES} bytes: ${output.slice(-2_000)}`),
        );
      resolve({ code: code ?? -1, killed: signal === 'SIGKILL', output });
    });
  });
}

/** One effect as the entry tells it: what kind, and of what. */
export interface Effect {
  readonly kind: string;
  readonly text: string;
}

/** The effects of a whole run, in their order. */
export async function traceEffects(run: (trace: string) => Promise<VictimEnd>): Promise<readonly Effect[]> {
  const trace = join(tmpdir(), `keyturn-trace-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    const end = await run(trace);
    if (end.killed) throw new Error(`the run did not end: ${end.output}`);
    const lines = readFileSync(trace, 'utf8').trimEnd().split('\n');
    return lines.map((text) => ({ kind: text.split(' ')[0] ?? '', text }));
  } finally {
    rmSync(trace, { force: true });
  }
}

/**
 * Every different place to be killed at. To die after an effect is to die before the next one, and a flush changes nothing
 * for a process that dies while the machine lives on; so each state of disk and provider is visited once.
 */
export function strikesOf(effects: readonly Effect[]): readonly Strike[] {
  const strikes: Strike[] = [];
  for (const [index, { kind }] of effects.entries()) {
    const at = index + 1;
    if (kind === 'sync') continue;
    strikes.push({ kind: 'effect', at, side: 'before' });
    if (kind === 'write') strikes.push({ kind: 'effect', at, side: 'half' });
    if (kind === 'issue' || kind === 'call' || at === effects.length)
      strikes.push({ kind: 'effect', at, side: 'after' });
  }
  return strikes;
}

export function describeStrike(strike: Strike): string {
  if (strike.kind === 'effect') return `${strike.side} effect ${strike.at}`;
  if (strike.kind === 'instant') return `after ${strike.ms} ms`;
  if (strike.kind === 'moment' || strike.kind === 'under') return strike.what;
  return strike.kind === 'request' ? `during request ${strike.nth}` : 'not killed';
}
