import { basename, dirname, join } from 'node:path';
import { toInstant } from '../../domain/time.ts';
import type { AuditCheck, AuditEvent, AuditLog, AuditProof, AuditRecord } from '../../ports/audit.ts';
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
  /** Makes durable what was appended for later. Throws as `append`. */
  flush(): Promise<void>;
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
  return new AuditFile(options);
}

class AuditFile implements FileAudit {
  readonly #disk: Disk;
  readonly #locks: Locks;
  readonly #clock: Clock;
  readonly #path: string;
  readonly #folder: string;
  readonly #codes: AuditCodes;
  #isFlushed = true;

  constructor({ disk, locks, clock, path, codes }: FileAuditOptions) {
    this.#disk = disk;
    this.#locks = locks;
    this.#clock = clock;
    this.#path = path;
    this.#folder = dirname(path);
    this.#codes = codes;
  }

  prove(): Promise<void> {
    return this.#alone(() => this.#proveAlone());
  }

  append(event: AuditEvent, when?: 'later'): Promise<void> {
    return this.#alone(() => this.#appendAlone(event, when));
  }

  async flush(): Promise<void> {
    if (!this.#isFlushed) await this.#alone(() => this.#flushFile());
  }

  carryOver<T>(work: (carry: Carry) => Promise<T>): Promise<T> {
    return this.#alone(() => this.#carryAlone(work));
  }

  async list(): Promise<readonly AuditRecord[]> {
    return listRecords(await this.#readAll());
  }

  async verify({ proof }: { readonly proof: boolean } = { proof: false }): Promise<AuditCheck> {
    const found = checkChain(await this.#readAll());
    const { lines: _, ...check } = found;
    if (!proof) return { ...check, proof: null };
    const { provedSince: __, ...proved } = await checkCodes(found, this.#codes);
    return proved;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#locks.hold('audit', MOST_WAIT_MS, work);
  }

  /** Oldest first, the one in use last. */
  async #findFiles(): Promise<readonly string[]> {
    const stem = basename(this.#path).replace(/\.jsonl$/, '');
    const older: { name: string; last: number }[] = [];
    for (const name of await this.#disk.list(this.#folder)) {
      if (!name.startsWith(`${stem}.`)) continue;
      const [, last] = /^\.(\d{1,15})\.jsonl$/.exec(name.slice(stem.length)) ?? [];
      if (last !== undefined) older.push({ name, last: Number(last) });
    }
    const names = older.sort((a, b) => a.last - b.last).map(({ name }) => join(this.#folder, name));
    return (await this.#disk.facts(this.#path)) ? [...names, this.#path] : names;
  }

  async #read(file: string): Promise<Uint8Array> {
    await refuseLooseFile(this.#disk, file);
    return (await this.#disk.read(file, LARGEST)) ?? new Uint8Array();
  }

  async #readAll(): Promise<Uint8Array> {
    await checkPrivateFolder(this.#disk, this.#folder);
    const parts: Uint8Array[] = [];
    for (const file of await this.#findFiles()) parts.push(await this.#read(file));
    return Buffer.concat(parts);
  }

  /** Reads back only as far as the last whole line. */
  async #readTail(files: readonly string[]): Promise<AuditTail> {
    let bytes: Uint8Array = new Uint8Array();
    for (const file of [...files].reverse()) {
      bytes = Buffer.concat([await this.#read(file), bytes]);
      const tail = findTail(bytes);
      if (tail.last) return tail;
    }
    return findTail(bytes);
  }

  async #appendAlone(event: AuditEvent, when?: 'later'): Promise<void> {
    await ensureDurableFolder(this.#disk, this.#folder);
    // First: the store may have to be unlocked for it, and a refusal must leave the log as it is.
    await this.#appendEntry(await this.#codes.current(), pick(event), { isLater: when === 'later' });
  }

  async #carryAlone<T>(work: (carry: Carry) => Promise<T>): Promise<T> {
    await ensureDurableFolder(this.#disk, this.#folder);
    const code = await this.#codes.current();
    const check = await checkCodes(checkChain(await this.#readAll()), this.#codes);
    return work(async (next) => {
      const { brokenAt, proof, provedSince, records } = check;
      // Of a log that was changed nothing is vouched for.
      const since = brokenAt === null ? provedSince : Number.MAX_SAFE_INTEGER;
      if (records > 0) await this.#appendEntry(code, { carry: { since, keyId: next.keyId } }, { next });
      return { brokenAt, unprovedAt: proof?.unprovedAt ?? null };
    });
  }

  /** Made by the holder of the lock. `next` is the key of a note that carries the log over. */
  async #appendEntry(
    code: AuditCode,
    content: Content,
    { next, isLater = false }: { readonly next?: AuditCode; readonly isLater?: boolean },
  ): Promise<void> {
    const { last, torn, open } = await this.#readTail(await this.#findFiles());
    // A line under this key tells that the key was made durable before.
    if (last?.signature?.keyId !== code.keyId) await code.settle();
    await this.#setAsideWhenLarge(last?.entry.sequence ?? 0);
    const at = toInstant(this.#clock.now());
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
    await this.#write(Buffer.concat(parts), isLater);
  }

  async #setAsideWhenLarge(last: number): Promise<void> {
    const facts = await this.#disk.facts(this.#path);
    if (!facts || facts.size < LARGE) return;
    await this.#flushFile();
    await this.#disk.rename(this.#path, this.#path.replace(/(\.jsonl)?$/, `.${last}.jsonl`));
    await this.#disk.syncFolder(this.#folder);
  }

  async #flushFile(): Promise<void> {
    if (this.#isFlushed) return;
    const file = await this.#disk.append(this.#path);
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    this.#isFlushed = true;
  }

  async #write(bytes: Uint8Array, isLater: boolean): Promise<void> {
    const isNew = !(await this.#disk.facts(this.#path));
    const file = isNew ? await this.#disk.create(this.#path, 0o600) : await this.#disk.append(this.#path);
    try {
      this.#isFlushed = false;
      await file.write(bytes);
      if (!isLater) await file.sync();
      this.#isFlushed = !isLater;
    } finally {
      await file.close();
    }
    if (isNew) await this.#disk.syncFolder(this.#folder);
  }

  /** A line of no bytes: what forbids an append forbids this too. */
  async #proveAlone(): Promise<void> {
    await ensureDurableFolder(this.#disk, this.#folder);
    await this.#readTail(await this.#findFiles());
    if (!(await this.#disk.facts(this.#path))) return;
    const file = await this.#disk.append(this.#path);
    await file.close();
  }
}

/** Only what an event has: a caller's richer object must not bring more into the log. */
function pick(event: AuditEvent): AuditEvent {
  const { action, outcome, profile, provider, origin, id, attempt, fingerprint, requestId, target } = event;
  return { action, outcome, profile, provider, origin, id, attempt, fingerprint, requestId, target };
}
