import { basename, dirname, join } from 'node:path';
import { toInstant } from '../../domain/time.ts';
import type { AuditCheck, AuditEvent, AuditLog, AuditProof } from '../../ports/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Disk } from '../../ports/disk.ts';
import type { Locks } from '../../ports/lock.ts';
import { checkPrivateFolder, ensureDurableFolder, refuseLooseFile } from '../disk/private.ts';
import type { AuditCode, AuditCodes } from './audit-codes.ts';
import { type AuditEntry, type AuditLine, BEFORE_FIRST, encodeAuditLine, nextChain } from './audit-line.ts';
import {
  type AuditTail,
  checkChain,
  describeTorn,
  findTail,
  listRecords,
  type SignedLine,
} from './audit-text.ts';

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

/**
 * The audit log as JSON lines, 0600. Each line's checksum covers all lines before it, and its code proves the checksum.
 * Nothing that was written is ever taken away, not even a line that a kill or a full disk cut short.
 */
export function createFileAudit(options: FileAuditOptions): AuditLog {
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
    const code = await codes.current();
    const { last, torn, open } = await readTail(await findFiles());
    await setAsideWhenLarge(last?.entry.sequence ?? 0);
    const at = toInstant(clock.now());
    let sequence = last?.entry.sequence ?? 0;
    let before: Pick<AuditLine, 'chain' | 'signature'> = last ?? BEFORE_FIRST;
    const parts: Uint8Array[] = [];
    const add = (entry: AuditEntry): void => {
      sequence = entry.sequence;
      const chain = nextChain(before, entry);
      const signature = { keyId: code.keyId, code: code.codeOf(chain) };
      before = { chain, signature };
      parts.push(encodeAuditLine({ entry, chain, signature }));
    };
    if (open) parts.push(new Uint8Array([0x0a]));
    if (torn.length > 0) add({ sequence: sequence + 1, at, torn: describeTorn(torn) });
    add({ ...pick(event), at, sequence: sequence + 1 });
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
      const { signed, ...check } = checkChain(await readAll());
      return proof ? checkCodes(check, signed, codes) : { ...check, proof: null };
    },
  };
}

/** A line that carries a wrong code of a key that is at hand was changed. One of a key that is gone proves nothing. */
async function checkCodes(
  check: Omit<AuditCheck, 'proof'>,
  signed: readonly SignedLine[],
  codes: AuditCodes,
): Promise<AuditCheck> {
  const known = new Map<string, AuditCode | null>();
  let proof: AuditProof = { records: 0, key: null };
  for (const line of signed) {
    if (!known.has(line.keyId)) known.set(line.keyId, await codes.find(line.keyId));
    const code = known.get(line.keyId);
    if (!code) continue;
    if (code.codeOf(line.chain) !== line.code) {
      const brokenAt = Math.min(line.number, check.brokenAt ?? line.number);
      return { ...check, records: proof.records, brokenAt, proof };
    }
    proof = { records: line.records, key: code.source };
  }
  return { ...check, proof };
}

/** Only what an event has: a caller's richer object must not bring more into the log. */
function pick(event: AuditEvent): AuditEvent {
  const { action, outcome, profile, provider, origin, id, attempt, fingerprint, requestId, target } = event;
  return { action, outcome, profile, provider, origin, id, attempt, fingerprint, requestId, target };
}
