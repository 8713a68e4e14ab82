import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks, StillHeld } from '../../ports/lock.ts';
import { ensurePrivateFolder } from '../disk/private.ts';
import { type ClaimWatch, createClaimWatch, RENEW_MS } from './claim-watch.ts';
import type { Holder, Processes } from './process-identity.ts';
import { Turns } from './turns.ts';

export interface FileLocksOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly processes: Processes;
  /** Made with mode 0700 when there is none, unless `hidden`. */
  readonly folder: string;
  /** Among files of the person's own: hidden names, in a folder that is neither made nor checked. */
  readonly hidden?: boolean;
  /** How often a claim is renewed; for tests. */
  readonly renewMs?: number;
}

/** What a claim grows by. */
const RENEWAL = new Uint8Array([0x2e]);
const SHORTEST_WAIT_MS = 3;
const LONGEST_WAIT_MS = 40;
/** Polls less often while watching the claim of another host. */
const SLOWER = 10;

/**
 * Locks as claim files: each process makes a file of its own whose name tells who it is, then looks for others. Who finds
 * another living claim takes its own back and tries again. Two can never both go on, since each made its claim before it looked;
 * and a dead process's claim can be removed by anybody at any time, since names are never used twice.
 *
 * Whether a process of another machine or container lives cannot be asked. So a claim is renewed while it is held: its file
 * grows. One that others watched for long enough without seeing it grow is dead (see `ClaimWatch`; no clock is compared).
 */
export function createFileLocks(options: FileLocksOptions): Locks {
  const { disk, clock, folder } = options;
  const turns = new Turns(clock);
  let isSwept = false;

  const claim = async (name: string, waitMs: number): Promise<string> => {
    if (!options.hidden) await ensurePrivateFolder(disk, folder);
    if (!isSwept) await sweepDead(options);
    isSwept = true;
    const prefix = prefixOf(options, name);
    // The waits are added up: the system's clock may be set meanwhile.
    let left = waitMs;
    const watch = createClaimWatch(disk, folder);
    let made = await tryClaim(options, prefix, watch);
    while (made.path === null) {
      const undecided = watch.isUndecided(made.other);
      if (left <= 0 && !undecided) throw held(name, join(folder, made.other));
      const wait = pause(options.random) * (undecided ? SLOWER : 1);
      left -= wait;
      await clock.sleep(wait);
      watch.passed(wait);
      made = await tryClaim(options, prefix, watch);
    }
    return made.path;
  };

  return {
    async hold(name, waitMs, work) {
      const left = await turns.take(name, waitMs);
      if (left === null) throw held(name, null);
      try {
        const path = await claim(name, left);
        const renewing = setInterval(() => void renew(disk, path), options.renewMs ?? RENEW_MS).unref();
        try {
          return await work(checkOf(disk, path, name));
        } finally {
          clearInterval(renewing);
          await removeQuietly(disk, path);
        }
      } finally {
        turns.pass(name);
      }
    },
  };
}

function prefixOf(options: FileLocksOptions, name: string): string {
  return `${options.hidden ? '.keyturn-lock-' : ''}${toFileName(name)}!`;
}

type Claim = { readonly path: string } | { readonly path: null; readonly other: string };

async function tryClaim(options: FileLocksOptions, prefix: string, watch: ClaimWatch): Promise<Claim> {
  const { disk, folder } = options;
  const before = await findLiving(options, prefix, watch, null);
  if (before !== null) return { path: null, other: before };
  const name = `${prefix}${toText(await options.processes.self())}-${randomPart(options.random)}`;
  const path = join(folder, name);
  await (await disk.create(path, 0o600)).close();
  let other: string | null;
  try {
    other = await findLiving(options, prefix, watch, name);
  } catch (error) {
    await removeQuietly(disk, path);
    throw error;
  }
  if (other === null) return { path };
  await disk.remove(path);
  return { path: null, other };
}

/** The first claim on this lock by somebody who may live; those of the dead are removed on the way. */
async function findLiving(
  options: FileLocksOptions,
  prefix: string,
  watch: ClaimWatch,
  own: string | null,
): Promise<string | null> {
  let living: string | null = null;
  for (const name of await options.disk.list(options.folder)) {
    if (name === own || !name.startsWith(prefix)) continue;
    const holder = holderOf(name);
    // No keyturn made it: a file of a repository, say, that would stop every delivery into it for ever.
    if (holder === null) continue;
    let mayLive = await options.processes.mayLive(holder);
    if (mayLive) {
      if (!(await isElsewhere(options.processes, holder))) return name;
      // Looked at to the last: each is watched from now on.
      mayLive = await watch.mayLive(name);
      if (mayLive) living ??= name;
    }
    if (!mayLive) await removeQuietly(options.disk, join(options.folder, name));
  }
  return living;
}

/** Removes dead claims on any lock: an operation is locked once, and nobody else would clean up its claim. */
async function sweepDead({ disk, folder, processes }: FileLocksOptions): Promise<void> {
  for (const name of await disk.list(folder)) {
    const holder = holderOf(name);
    if (holder && !(await processes.mayLive(holder))) await removeQuietly(disk, join(folder, name));
  }
}

function holderOf(name: string): Holder | null {
  return fromText(name.slice(name.indexOf('!') + 1));
}

/** Whether the holder runs on another host or in another PID namespace. */
async function isElsewhere(processes: Processes, holder: Holder): Promise<boolean> {
  const me = await processes.self();
  return holder.host !== me.host || holder.space !== me.space;
}

/** A claim that is gone was taken over: it is not made again. */
async function renew(disk: Disk, path: string): Promise<void> {
  try {
    const file = await disk.append(path);
    try {
      await file.write(RENEWAL);
    } finally {
      await file.close();
    }
  } catch {
    // The next renewal may succeed; `stillHeld` tells before anything is lost.
  }
}

function checkOf(disk: Disk, path: string, name: string): StillHeld {
  return async () => {
    if ((await disk.facts(path)) !== null) return;
    throw new AppError({
      code: 'locked',
      message: `another keyturn took over "${safeText(name, 80)}" while this one was suspended`,
      hint: 'run it again',
    });
  };
}

function toText(holder: Holder): string {
  return [holder.pid, holder.start, holder.host, holder.boot, holder.space].join('-');
}

function fromText(text: string): Holder | null {
  const match = /^(\d{1,10})-(\d{1,20})-([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{8})-[0-9a-f]{16}$/.exec(text);
  if (!match) return null;
  const [, pid, start = '', host = '', boot = '', space = ''] = match;
  return { pid: Number(pid), start, host, boot, space };
}

/** A lock's name may be a credential's: letters that a file system minds are hashed away. */
function toFileName(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}.${digest}`;
}

function randomPart(random: Random): string {
  return Buffer.from(random.bytes(8)).toString('hex');
}

function pause(random: Random): number {
  const [byte = 0] = random.bytes(1);
  return SHORTEST_WAIT_MS + Math.round((byte / 255) * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS));
}

async function removeQuietly(disk: Disk, path: string): Promise<void> {
  try {
    await disk.remove(path);
  } catch {
    // The work is done; the claim is dead once this process exits.
  }
}

/** `path`: the claim that is in the way; null where it is one of this process. */
function held(name: string, path: string | null): AppError {
  return new AppError({
    code: 'locked',
    message: `another keyturn is working on "${safeText(name, 80)}"${path === null ? '' : `: its lock is "${safeText(path, 300)}"`}`,
    hint:
      path === null
        ? 'try again when this command has ended'
        : 'wait for it to finish; if none is running, remove that file',
  });
}
