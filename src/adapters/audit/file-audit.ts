import { basename, dirname, join } from 'node:path';
import { toInstant } from '../../domain/time.ts';
import type { AuditCheck, AuditEvent, AuditLog, AuditProof } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import { checkPrivateFolder, ensureDurableFolder, refuseLooseFile } from '../disk/private.ts';
import type { AuditCode, AuditCodes } from './audit-codes.ts';
import {
  type AuditEntry,
  BEFORE_FIRST,
  type CarryNote,
  encodeAuditLine,
  type LineBefore,
  nextChain,
} from './audit-line.ts';
import { type AuditTail, checkChain, describeTorn, findTail, listRecords } from './audit-text.ts';
import { checkCodes } from './check-codes.ts';

export interface FileAuditOptions {
  readonly disk: Disk;
  readonly locks: Locks;
  readonly clock: Clock;
  /** `…/audit.jsonl`. When it grows large it becomes `…/audit.<last sequence>.jsonl` and a new one goes on from it. */
  readonly path: string;
  readonly codes: AuditCodes;
}

/** From here on a new file is begun, so that an append stays quick. In bytes. */
const LARGE = 4 * 1024 * 1024;
/** No file of the log is larger. */
const LARGEST = 4 * LARGE;
const MOST_WAIT_MS = 10_000;

type Content = AuditEvent | Pick<CarryNote, 'carry'>;

/** Records that the log goes on under another key. Durable when it resolves. */
export type Carry = (
  next: AuditCode,
) => Promise<Pick<AuditCheck, 'brokenAt'> & Pick<AuditProof, 'unprovedAt'>>;

export interface FileAudit extends AuditLog {
  /**
   * For a change of the key: checks the log under the present key, then runs `work`, which calls `carry` before the new key takes the
   * place of the old one. Until `work` is done nothing else is appended. Killed at any point, the log is proved under the key that is
   * there. What is not proved now is not proved afterwards either, and `carry` says so.
   */
  carryOver<T>(work: (carry: Carry) => Promise<T>): Promise<T>;
}

/**
 * The audit log as JSON lines, 0600. Each line's checksum covers all lines before it, and its code proves the checksum.
 * Nothing that was written is ever taken away, not even a line that a kill or a full disk cut short.
 */
export function createFileAudit(options: FileAuditOptions): FileAudit {
  const { disk, locks, clock, path, codes } = options;
  const folder = dirname(path);

  /** Oldest first, the one in use last. */
  async function findFiles(): Promise<readonly string[]> {
    const stem = basename(path).replace(/\.jsonl$/, '');
    const older: { name: string; last: number }[] = [];
    for (const name of await disk.list(folder)) {
      if (!name.startsWith(`${stem}.`)) continue;
      const [, last] = /^\.(\d{1,15})\.jsonl$/.exec(name.slice(stem.length)) ?? [];
      if (last !== undefined) older.push({ name, last: Number(last) });
    }
    const names = older.sort((a, b) => a.last - b.last).map(({ name }) => join(folder, name));
    return (await disk.facts(path)) ? [...names, path] : names;
  }

  async function read(file: string): Promise<Uint8Array> {
    await refuseLooseFile(disk, file);
    return (await disk.read(file, LARGEST)) ?? new Uint8Array();
  }

  async function readAll(): Promise<Uint8Array> {
    await checkPrivateFolder(disk, folder);
    const parts: Uint8Array[] = [];
    for (const file of await findFiles()) parts.push(await read(file));
    return Buffer.concat(parts);
  }

  /** Reads back only as far as the last whole line. */
  async function readTail(files: readonly string[]): Promise<AuditTail> {
    let bytes: Uint8Array = new Uint8Array();
    for (const file of [...files].reverse()) {
      bytes = Buffer.concat([await read(file), bytes]);
      const tail = findTail(bytes);
      if (tail.last) return tail;
    }
    return findTail(bytes);
  }

  async function appendAlone(event: AuditEvent): Promise<void> {
    await ensureDurableFolder(disk, folder);
    // First: the store may have to be unlocked for it, and a refusal must leave the log as it is.
    await appendEntry(await codes.current(), pick(event));
  }

  async function carryAlone<T>(work: (carry: Carry) => Promise<T>): Promise<T> {
    await ensureDurableFolder(disk, folder);
    const code = await codes.current();
    const check = await checkCodes(checkChain(await readAll()), codes);
    return work(async (next) => {
      const { brokenAt, proof, provedSince, records } = check;
      // Of a log that was changed nothing is vouched for.
      const since = brokenAt === null ? provedSince : Number.MAX_SAFE_INTEGER;
      if (records > 0) await appendEntry(code, { carry: { since, keyId: next.keyId } }, next);
      return { brokenAt, unprovedAt: proof?.unprovedAt ?? null };
    });
  }

  /** Made by the holder of the lock. `next` is the key of a note that carries the log over. */
  async function appendEntry(code: AuditCode, content: Content, next?: AuditCode): Promise<void> {
    const { last, torn, open } = await readTail(await findFiles());
    await setAsideWhenLarge(last?.entry.sequence ?? 0);
    const at = toInstant(clock.now());
    let sequence = last?.entry.sequence ?? 0;
    let before: LineBefore = last ?? BEFORE_FIRST;
    const parts: Uint8Array[] = [];
    const add = (entry: AuditEntry): void => {
      sequence = entry.sequence;
      const chain = nextChain(before, entry);
      const signature = { keyId: code.keyId, code: code.codeOf(chain) };
      const carried = next && 'carry' in entry ? { carried: next.codeOf(chain) } : {};
      before = { chain, signature, ...carried };
      parts.push(encodeAuditLine({ entry, ...before }));
    };
    if (open) parts.push(new Uint8Array([0x0a]));
    if (torn.length > 0) add({ sequence: sequence + 1, at, torn: describeTorn(torn) });
    add({ ...content, at, sequence: sequence + 1 });
    await write(Buffer.concat(parts));
  }

  async function setAsideWhenLarge(last: number): Promise<void> {
    const facts = await disk.facts(path);
    if (!facts || facts.size < LARGE) return;
    await disk.rename(path, path.replace(/(\.jsonl)?$/, `.${last}.jsonl`));
    await disk.syncFolder(folder);
  }

  async function write(bytes: Uint8Array): Promise<void> {
    const isNew = !(await disk.facts(path));
    const file = isNew ? await disk.create(path, 0o600) : await disk.append(path);
    try {
      await file.write(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (isNew) await disk.syncFolder(folder);
  }

  /** A line of no bytes: what forbids an append forbids this too. */
  async function proveAlone(): Promise<void> {
    await ensureDurableFolder(disk, folder);
    await readTail(await findFiles());
    if (!(await disk.facts(path))) return;
    const file = await disk.append(path);
    await file.close();
  }

  return {
    prove: () => locks.hold('audit', MOST_WAIT_MS, proveAlone),
    append: (event) => locks.hold('audit', MOST_WAIT_MS, () => appendAlone(event)),
    list: async () => listRecords(await readAll()),
    async verify({ proof } = { proof: false }) {
      const found = checkChain(await readAll());
      const { lines: _, ...check } = found;
      if (!proof) return { ...check, proof: null };
      const { provedSince: __, ...proved } = await checkCodes(found, codes);
      return proved;
    },
    carryOver: (work) => locks.hold('audit', MOST_WAIT_MS, () => carryAlone(work)),
  };
}

/** Only what an event has: a caller's richer object must not bring more into the log. */
function pick(event: AuditEvent): AuditEvent {
  const { action, outcome, profile, provider, origin, id, attempt, fingerprint, requestId, target } = event;
  return { action, outcome, profile, provider, origin, id, attempt, fingerprint, requestId, target };
}
