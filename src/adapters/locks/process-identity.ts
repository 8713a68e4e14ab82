import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Which process holds something, told apart from a later one with the same number. Letters, digits and `-` only. */
export interface Holder {
  readonly pid: number;
  /** When it started, in the system's own unit; `0` where that cannot be told. */
  readonly start: string;
  readonly host: string;
  readonly boot: string;
  /** The name space that the number counts in: a container has its own. */
  readonly space: string;
}

export interface Processes {
  self(): Promise<Holder>;
  /** False only when it is certain that this process is gone. */
  mayLive(holder: Holder): Promise<boolean>;
}

/** `signalZero` tells whether a process with this number exists, for systems without /proc. */
export function createProcesses(options: {
  readonly pid: number;
  readonly signalZero: (pid: number) => boolean;
  /** The system's own name when left out. */
  readonly host?: string;
}): Processes {
  let own: Promise<Holder> | undefined;
  const self = (): Promise<Holder> => {
    own ??= describeSelf(options.pid, options.host ?? hostname());
    return own;
  };
  return {
    self,
    async mayLive(holder) {
      const me = await self();
      if (holder.host !== me.host) return true;
      if (holder.boot !== me.boot) return false;
      if (holder.space !== me.space) return true;
      if (holder.start === '0' || me.start === '0') return options.signalZero(holder.pid);
      return (await startOf(holder.pid)) === holder.start;
    },
  };
}

async function describeSelf(pid: number, host: string): Promise<Holder> {
  const [start, boot, space] = await Promise.all([
    startOf(pid),
    orNothing(() => readFile('/proc/sys/kernel/random/boot_id', 'latin1')),
    orNothing(() => readlink('/proc/self/ns/pid')),
  ]);
  return { pid, start: start ?? '0', host: short(host), boot: short(boot), space: short(space) };
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks since boot. Null for no process and for one that is dead but not reaped. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await orNothing(() => readFile(`/proc/${pid}/stat`, 'latin1'));
  // The second field is the program's name in brackets and may hold anything, brackets too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  if (stat === '' || state === 'Z' || state === 'X') return null;
  return fields[19] ?? null;
}

async function orNothing(read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch {
    return '';
  }
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
