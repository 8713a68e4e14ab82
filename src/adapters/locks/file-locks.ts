import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { safeText } from '../../domain/text.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import { ensurePrivateFolder } from '../disk/private.ts';
import type { Holder, Processes } from './process-identity.ts';

export interface FileLocksOptions {
  readonly disk: Disk;
  readonly random: Random;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly processes: Processes;
  /** Made with mode 0700 when there is none, unless `hidden`. */
  readonly folder: string;
  /** Among files of the person's own: hidden names, in a folder that is neither made nor checked. */
  readonly hidden?: boolean;
}

const SHORTEST_WAIT_MS = 3;
const LONGEST_WAIT_MS = 40;

/**
 * Locks as claim files: each process makes a file of its own whose name tells who it is, then looks for others. Who finds
 * another living claim takes its own back and tries again. Two can never both go on, since each made its claim before it looked;
 * and a dead process's claim can be removed by anybody at any time, since names are never used twice.
 */
export function createFileLocks(options: FileLocksOptions): Locks {
  const { disk, clock, folder } = options;
  return {
    async hold(name, waitMs, work) {
      if (!options.hidden) await ensurePrivateFolder(disk, folder);
      const prefix = `${options.hidden ? '.keyturn-lock-' : ''}${toFileName(name)}!`;
      // Waits are added up: a clock that is set meanwhile would make it a day, or nothing.
      let left = waitMs;
      let claim = await tryClaim(options, prefix);
      while (claim.path === null) {
        if (left <= 0) throw held(name, join(folder, claim.other));
        const wait = pause(options.random);
        left -= wait;
        await clock.sleep(wait);
        claim = await tryClaim(options, prefix);
      }
      const { path } = claim;
      try {
        return await work();
      } finally {
        await removeQuietly(disk, path);
      }
    },
  };
}

type Claim = { readonly path: string } | { readonly path: null; readonly other: string };

async function tryClaim(options: FileLocksOptions, prefix: string): Promise<Claim> {
  const { disk, folder } = options;
  const before = await findLiving(options, prefix, null);
  if (before !== null) return { path: null, other: before };
  const name = `${prefix}${toText(await options.processes.self())}-${nonce(options.random)}`;
  const path = join(folder, name);
  await (await disk.create(path, 0o600)).close();
  let other: string | null;
  try {
    other = await findLiving(options, prefix, name);
  } catch (error) {
    await removeQuietly(disk, path);
    throw error;
  }
  if (other === null) return { path };
  await disk.remove(path);
  return { path: null, other };
}

/** The first claim of a process that may live; those of dead ones are removed on the way. */
async function findLiving(
  options: FileLocksOptions,
  prefix: string,
  own: string | null,
): Promise<string | null> {
  for (const name of await options.disk.list(options.folder)) {
    if (name === own) continue;
    const isRival = name.startsWith(prefix);
    const holder = fromText(name.slice(name.indexOf('!') + 1));
    const mayLive = !holder || (await options.processes.mayLive(holder));
    if (isRival && mayLive) return name;
    // Other locks' dead claims too: what is locked once, as an attempt is, nobody would ever look at again.
    if (!mayLive) await removeQuietly(options.disk, join(options.folder, name));
  }
  return null;
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

function nonce(random: Random): string {
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
    // What the work did counts; the claim falls with the process.
  }
}

function held(name: string, path: string): AppError {
  return new AppError({
    code: 'locked',
    message: `another keyturn is working on "${safeText(name, 80)}"`,
    hint: `wait for it to finish; if none is running, remove "${safeText(path, 300)}"`,
  });
}
