import { createHash } from 'node:crypto';
import { isCount, isObject, isTextOrNull, type Json, type JsonObject } from '../../domain/json.ts';
import type { AuditAction, AuditRecord } from '../../ports/audit.ts';
import { canonicalJson } from '../journal/canonical-json.ts';

/**
 * A note keeps the log whole after a write that was cut short: the torn line stays where it is, and the note behind it
 * says so. `bytes` and `sum` name the torn line, without its line feed.
 */
export interface TornNote {
  readonly sequence: number;
  readonly at: string;
  readonly torn: { readonly bytes: number; readonly sum: string };
}

/**
 * The store's key is about to change, and the codes made under the old one can be checked no longer: from the line `since` on every
 * line was checked under it. The line carries a second code, under the key `keyId`, that vouches for them from then on.
 */
export interface CarryNote {
  readonly sequence: number;
  readonly at: string;
  readonly carry: { readonly since: number; readonly keyId: string };
}

export type AuditEntry = AuditRecord | TornNote | CarryNote;

export interface AuditLine {
  readonly entry: AuditEntry;
  /** Over this entry and, through the one before, over the whole log so far. */
  readonly chain: string;
  /** Absent in lines of an older keyturn. */
  readonly signature?: Signature;
  /** The code of a {@link CarryNote} under the key that it names. */
  readonly carried?: string;
}

/** What the next line goes on from. */
export type LineBefore = Pick<AuditLine, 'chain' | 'signature' | 'carried'>;

/** A code over the chain, and the key that it was made with. */
export interface Signature {
  readonly keyId: string;
  readonly code: string;
}

const ACTIONS: readonly AuditAction[] = [
  'create',
  'store',
  'switch',
  'deliver',
  'disable',
  'enable',
  'revoke',
  'delete',
  'rename',
  'expire',
  'migrate',
];
const OUTCOMES: readonly AuditRecord['outcome'][] = ['ok', 'failed', 'unknown'];

/** What the first line goes on from. */
export const BEFORE_FIRST: LineBefore = { chain: sumOf('keyturn audit 1') };

/** Covers the line before whole, with its codes where it has some. */
export function nextChain(before: LineBefore, entry: AuditEntry): string {
  const { chain, signature, carried } = before;
  const code = signature ? `${signature.keyId} ${signature.code} ` : '';
  const second = carried === undefined ? '' : `${carried} `;
  return sumOf(`${chain} ${code}${second}${canonicalJson(entry)}`);
}

/** One line with its line feed. JSON escapes every control character, so that one event is one line; so do the rest here. */
export function encodeAuditLine({ entry, chain, signature, carried }: AuditLine): Uint8Array {
  const text = canonicalJson({ ...entry, chain, ...signature, carried }).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    escapeCharacter,
  );
  return new TextEncoder().encode(`${text}\n`);
}

/** Null for what is no line of the log. */
export function decodeAuditLine(bytes: Uint8Array): AuditLine | null {
  const value = parse(bytes);
  if (!isObject(value) || typeof value.chain !== 'string') return null;
  const entry = toTornNote(value) ?? toCarryNote(value) ?? toRecord(value);
  if (!entry) return null;
  const signature = toSignature(value);
  const { chain, carried } = value;
  const second = typeof carried === 'string' ? { carried } : {};
  const line = { entry, chain, ...(signature && { signature }), ...second };
  // One line has one form: a field that was added, or written otherwise, shows.
  return Buffer.from(encodeAuditLine(line)).subarray(0, -1).equals(bytes) ? line : null;
}

export function sumOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function toSignature({ keyId, code }: JsonObject): Signature | null {
  return typeof keyId === 'string' && typeof code === 'string' ? { keyId, code } : null;
}

function toTornNote({ sequence, at, torn }: JsonObject): TornNote | null {
  if (!isCount(sequence) || typeof at !== 'string' || !isObject(torn)) return null;
  const { bytes, sum } = torn;
  return isCount(bytes) && typeof sum === 'string' ? { sequence, at, torn: { bytes, sum } } : null;
}

function toCarryNote({ sequence, at, carry }: JsonObject): CarryNote | null {
  if (!isCount(sequence) || typeof at !== 'string' || !isObject(carry)) return null;
  const { since, keyId } = carry;
  return isCount(since) && typeof keyId === 'string' ? { sequence, at, carry: { since, keyId } } : null;
}

function toRecord(value: JsonObject): AuditRecord | null {
  const { sequence, at, profile, provider, origin, id, attempt, fingerprint, requestId, target } = value;
  const action = ACTIONS.find((known) => known === value.action);
  const outcome = OUTCOMES.find((known) => known === value.outcome);
  if (!isCount(sequence) || typeof at !== 'string' || !action || !outcome) return null;
  if (typeof provider !== 'string' || typeof origin !== 'string') return null;
  if (!isTextOrNull(profile) || !isTextOrNull(id) || !isTextOrNull(attempt)) return null;
  if (!isTextOrNull(fingerprint) || !isTextOrNull(requestId) || !isTextOrNull(target)) return null;
  return {
    sequence,
    at,
    action,
    outcome,
    profile,
    provider,
    origin,
    id,
    attempt,
    fingerprint,
    requestId,
    target,
  };
}

function parse(bytes: Uint8Array): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return null;
  }
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
