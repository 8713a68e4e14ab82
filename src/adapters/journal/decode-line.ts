import { AppError, usage } from '../../domain/errors.ts';
import { isCount, isObject, isTextOrNull, type Json, type JsonObject } from '../../domain/json.ts';
import type { OperationHeader, OperationKind } from '../../ports/journal.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Entry, FORMAT, type Link, type SealedKey } from './records.ts';

export interface Line {
  readonly link: Link;
  readonly code: string;
  readonly entry: Entry;
  /** As it was written: what the checksum is over. */
  readonly raw: unknown;
}

const KINDS: readonly OperationKind[] = ['rotate token', 'rotate key', 'create token', 'create key', 'login'];

/** The journal cannot be trusted. Nothing of it is acted upon. */
export function broken(reason: string): AppError {
  return new AppError({
    code: 'failure',
    message: `the journal is broken: ${reason}`,
    hint: 'nothing was sent; look at the tokens at the provider, then set the record aside with `keyturn rotations abort`',
  });
}

/**
 * One line of a journal, without its line feed. A line has one right form down to the byte, so that whatever was changed
 * in it shows. Throws `failure`, and `usage` for a line that a newer keyturn wrote.
 */
export function decodeLine(text: string): Line {
  const line = parse(text);
  if (!isObject(line)) throw broken('a line is not a record');
  if (typeof line.v === 'number' && line.v > FORMAT) {
    throw usage('the journal was written by a newer keyturn', 'update keyturn, then resume');
  }
  const { n, sum, code, entry } = line;
  if (line.v !== FORMAT || !isCount(n) || typeof sum !== 'string' || typeof code !== 'string') {
    throw broken('a line is not a record');
  }
  if (!isCanonical(line, text)) throw broken('a line was changed');
  return { link: { n, sum }, code, entry: toEntry(entry), raw: entry };
}

function toEntry(entry: unknown): Entry {
  const decoded = isObject(entry) ? decodeEntry(entry) : null;
  if (!decoded) throw broken('a record has no known form');
  return decoded;
}

function decodeEntry(entry: JsonObject): Entry | null {
  const { type, step, index, sealed, reason } = entry;
  switch (type) {
    case 'header': {
      const header = toHeader(entry.header);
      const key = toSealedKey(entry);
      return header && key && { type, header, ...key };
    }
    case 'owner': {
      const { epoch } = entry;
      return isCount(epoch) ? { type, epoch } : null;
    }
    case 'intent':
    case 'whole':
      return typeof step === 'string' ? { type, step } : null;
    case 'head': {
      const { status, requestId } = entry;
      if (typeof step !== 'string' || typeof status !== 'number' || !isTextOrNull(requestId)) return null;
      return { type, step, status, requestId };
    }
    case 'chunk':
      if (typeof step !== 'string' || !isCount(index) || typeof sealed !== 'string') return null;
      return { type, step, index, sealed };
    case 'result':
      if (typeof step !== 'string' || entry.value === undefined) return null;
      return { type, step, value: entry.value };
    case 'stash':
      return isCount(index) && typeof sealed === 'string' ? { type, index, sealed } : null;
    case 'attention':
      return isTextOrNull(reason) ? { type, reason } : null;
    case 'ended': {
      const { state, lastStep, at } = entry;
      const header = toHeader(entry.header);
      const key = toSealedKey(entry);
      if (!header || !key || (state !== 'done' && state !== 'aborted') || typeof at !== 'string') return null;
      if (!isTextOrNull(reason) || !isTextOrNull(lastStep)) return null;
      return { type, header, ...key, state, reason, lastStep, at };
    }
    default:
      return null;
  }
}

function toHeader(value: Json | undefined): OperationHeader | null {
  if (!isObject(value)) return null;
  const { id, startedAt, profile, provider, origin, subject, plan } = value;
  const kind = KINDS.find((known) => known === value.kind);
  if (typeof id !== 'string' || kind === undefined || typeof startedAt !== 'string') return null;
  if (!isTextOrNull(profile) || typeof provider !== 'string' || typeof origin !== 'string') return null;
  if (typeof subject !== 'string' || !isObject(plan)) return null;
  return { id, kind, startedAt, profile, provider, origin, subject, plan };
}

function toSealedKey(entry: JsonObject): SealedKey | null {
  const { keyId, key } = entry;
  return typeof keyId === 'string' && typeof key === 'string' ? { keyId, key } : null;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    throw broken('a line is not a record');
  }
}

function isCanonical(value: Json, text: string): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    // Nested deeper than the stack: nothing that keyturn wrote.
    return false;
  }
}
