import type { AuditCheck, AuditRecord } from '../../ports/audit.ts';
import {
  type AuditEntry,
  type AuditLine,
  BEFORE_FIRST,
  decodeAuditLine,
  type LineBefore,
  nextChain,
  sumOf,
} from './audit-line.ts';

/** Where the log ends: what the next line goes on from, and the bytes behind it that are no line. */
export interface AuditTail {
  readonly last: AuditLine | null;
  readonly torn: Uint8Array;
  /** Whether the log ends within a line; it may be whole but for its line feed. */
  readonly open: boolean;
}

const LINE_FEED = 0x0a;

/** Looks from the end: a log of years costs an append no more than its last line. */
export function findTail(bytes: Uint8Array): AuditTail {
  const open = bytes.length > 0 && bytes.at(-1) !== LINE_FEED;
  for (let end = open ? bytes.length : bytes.length - 1; end > 0; ) {
    const start = bytes.lastIndexOf(LINE_FEED, end - 1) + 1;
    const last = decodeAuditLine(bytes.subarray(start, end));
    if (last) return { last, torn: bytes.subarray(end + 1), open };
    end = start - 1;
  }
  return { last: null, torn: bytes, open };
}

/** How a note names what is torn: without the line feed that the note's writer may have had to add. */
export function describeTorn(torn: Uint8Array): { readonly bytes: number; readonly sum: string } {
  const bare = torn.at(-1) === LINE_FEED ? torn.subarray(0, -1) : torn;
  return { bytes: bare.length, sum: sumOf(bare) };
}

export function listRecords(bytes: Uint8Array): readonly AuditRecord[] {
  const records: AuditRecord[] = [];
  for (const { line } of linesOf(bytes)) if (line && 'action' in line.entry) records.push(line.entry);
  return records;
}

/** What checksums alone tell, and the lines that they hold for, whose codes are still to be checked. */
export interface ChainCheck extends Omit<AuditCheck, 'proof'> {
  readonly lines: readonly ChainedLine[];
}

export interface ChainedLine extends LineBefore {
  /** Of the line in the log, from 1. */
  readonly number: number;
  readonly entry: AuditEntry;
}

export function checkChain(bytes: Uint8Array): ChainCheck {
  const lines: ChainedLine[] = [];
  let before: LineBefore = BEFORE_FIRST;
  let sequence = 0;
  let records = 0;
  let torn = 0;
  let unread: { readonly number: number; readonly start: number } | null = null;
  for (const { number, start, line } of linesOf(bytes)) {
    if (!line) {
      unread ??= { number, start };
      continue;
    }
    const { entry } = line;
    const expected = unread ? describeTorn(bytes.subarray(unread.start, start)) : null;
    const noted = 'torn' in entry ? entry.torn : null;
    if (noted?.bytes !== expected?.bytes || noted?.sum !== expected?.sum) {
      return { records, brokenAt: unread?.number ?? number, torn, lines };
    }
    const chain = nextChain(before, entry);
    sequence += 1;
    if (entry.sequence !== sequence || line.chain !== chain)
      return { records, brokenAt: number, torn, lines };
    if (noted) torn += 1;
    else if ('action' in entry) records += 1;
    lines.push({ ...line, number });
    before = line;
    unread = null;
  }
  // A line that is not whole at the very end: the next append notes it. Whole lines that are none were changed.
  if (unread && bytes.at(-1) === LINE_FEED) return { records, brokenAt: unread.number, torn, lines };
  return { records, brokenAt: null, torn: unread ? torn + 1 : torn, lines };
}

function* linesOf(
  bytes: Uint8Array,
): Generator<{ readonly number: number; readonly start: number; readonly line: AuditLine | null }> {
  let start = 0;
  for (let number = 1; start < bytes.length; number += 1) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    yield { number, start, line: decodeAuditLine(bytes.subarray(start, end)) };
    start = end + 1;
  }
}
