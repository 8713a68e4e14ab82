import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Strike } from './kill-victim.ts';
import { requireTools } from './system.ts';

/** One system call as strace tells it; `nth` counts the calls of this name in its thread, from 1. */
export interface SystemCall {
  readonly name: string;
  readonly text: string;
  readonly nth: number;
  /** Whether it failed because a test said so. */
  readonly isInjected: boolean;
}

/** What fails: the nth call of that name in a thread, or from it on, as many as `times`. */
export interface Injection {
  readonly call: string;
  readonly error: string;
  readonly nth: number;
  /** 1 unless given; Infinity for ever. */
  readonly times?: number;
}

export interface Tracer {
  readonly strike: Strike;
  /** What was called, with descriptors told by their paths. Once, when the process has ended. */
  calls(): readonly SystemCall[];
}

const CALLS = 'execve,openat,mkdir,rename,unlink,fsync,ftruncate,fchmod';

/** Null where system calls can be traced, else why not. */
export function whyNoTrace(): string | null {
  const missing = requireTools('strace');
  if (missing !== null) return missing;
  try {
    execFileSync('strace', ['-qq', '-e', 'trace=none', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'ptrace is forbidden here';
  }
}

/**
 * Each thread counts its calls by itself, and Node's own thread opens the command's code. So that it is past every count
 * before Node starts, it opens this many times nothing; whether one of these fails is nobody's concern.
 */
const FIRST_OPENS = 'n=0; while [ $n -lt 99 ]; do true </dev/null; n=$((n+1)); done 2>/dev/null; exec "$@"';

/** Runs the published command under strace. All of its work on files is done by one thread, which makes counts of it hold. */
export function createTracer(injection?: Injection): Tracer {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-strace-'));
  const log = join(folder, 'log');
  const strace = ['strace', '-f', '-y', '-qq', '-s', '300', '-o', log, '-e', `trace=${CALLS}`];
  const inject = injection ? ['-e', describeInjection(injection)] : [];
  const first = injection?.call === 'openat' ? ['sh', '-c', FIRST_OPENS, 'sh'] : [];
  return {
    strike: {
      kind: 'under',
      what: injection ? describeInjection(injection) : 'traced',
      program: ['env', 'UV_THREADPOOL_SIZE=1', ...strace, ...inject, ...first],
    },
    calls() {
      const text = readFileSync(log, 'utf8');
      rmSync(folder, { recursive: true, force: true });
      return parse(text);
    },
  };
}

function describeInjection({ call, error, nth, times = 1 }: Injection): string {
  const last = times === 1 ? '' : times === Number.POSITIVE_INFINITY ? '+' : `..${nth + times - 1}`;
  return `inject=${call}:error=${error}:when=${nth}${last}`;
}

/** A call that another thread's interrupts stands on two lines; they become one. */
function parse(text: string): readonly SystemCall[] {
  const counts = new Map<string, number>();
  const open = new Map<string, { name: string; nth: number; text: string }>();
  const calls: SystemCall[] = [];
  const add = (call: { name: string; nth: number; text: string }): void => {
    const isFirst = call.text.includes('"/dev/null", O_RDONLY)');
    calls.push({ ...call, isInjected: call.text.endsWith('(INJECTED)') && !isFirst });
  };
  for (const line of text.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const begun = open.get(pid);
    if (resumed && begun) {
      open.delete(pid);
      add({ ...begun, text: begun.text + (resumed[1] ?? '') });
      continue;
    }
    const name = /^(\w+)\(/.exec(rest)?.[1];
    if (name === undefined) continue;
    const key = `${pid} ${name}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(rest);
    if (unfinished) open.set(pid, { name, nth, text: unfinished[1] ?? '' });
    else add({ name, nth, text: rest });
  }
  return calls;
}

/**
 * Files that were flushed once more after a flush of them had failed, though Linux may have dropped what was written and
 * says nothing of it a second time. A file that was made anew or emptied is another one; of a folder there is only one.
 */
export function flushedAgain(runs: readonly (readonly SystemCall[])[]): readonly string[] {
  const failed = new Set<string>();
  const again: string[] = [];
  for (const { name, text, isInjected } of runs.flat()) {
    const made = name === 'openat' && text.includes('O_CREAT') ? /, "([^"]+)"/.exec(text)?.[1] : undefined;
    if (made !== undefined) failed.delete(made);
    const emptied = name === 'ftruncate' ? /^ftruncate\(\d+<([^>]+)>, 0\)/.exec(text)?.[1] : undefined;
    if (emptied !== undefined) failed.delete(emptied);
    const flushed = name === 'fsync' ? /^fsync\(\d+<([^>]+)>/.exec(text)?.[1] : undefined;
    if (flushed === undefined) continue;
    if (failed.has(flushed)) again.push(flushed);
    if (isInjected && /\.\w+$/.test(flushed)) failed.add(flushed);
  }
  return again;
}
