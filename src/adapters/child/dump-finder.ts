import type { Beginning, Scan, SecretFinder } from '../../domain/secret-finder.ts';
import type { Stretch } from '../../domain/stretch.ts';
import { type DumpLine, LONGEST_DUMP_LINE, mayBecomeDump, readDumpLine } from './dump-lines.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const MINUS = 45;
const COLON = 58;
/** `od -c` writes each byte in four columns. */
const CELL = 4;
const SHORTEST_OFFSET = 6;
/** `od` accepts any number of formats; nobody asks for more than these at once. */
const MOST_CONTINUATIONS = 6;
/** Digits of a number of eight bytes in octal. */
const LONGEST_NUMBER = 22;

interface DumpContext {
  /** Whether nothing follows these bytes. */
  readonly whole: boolean;
  /** Whether the bytes begin a line. */
  readonly startsLine: boolean;
}

/** Finds secrets in dumps, where each line shows a few bytes as numbers. The lines are replaced whole. */
export interface DumpFinder {
  scan(bytes: Uint8Array, context: DumpContext): Scan;
}

interface PlacedLine extends DumpLine {
  readonly start: number;
  /** Without the line break, and with it. */
  readonly textEnd: number;
  readonly end: number;
  /** How many of the lines that followed show the same bytes. */
  readonly continuations: number;
}

export function createDumpFinder(finder: SecretFinder): DumpFinder {
  return {
    scan(bytes, { startsLine, whole }) {
      const unfinished = whole ? null : unfinishedLine(bytes, startsLine);
      const end = unfinished?.start ?? bytes.length;
      const found: Stretch[] = [];
      const beginnings: Beginning[] = unfinished ? [unfinished] : [];
      for (const block of blocksOf(bytes.subarray(0, end), startsLine)) {
        const isOpen = !whole && block.at(-1)?.end === end;
        for (const run of runsOf(block)) {
          const scan = scanRun(finder, run, !isOpen);
          found.push(...scan.found);
          if (run.lines.at(-1)?.end === end) beginnings.push(...scan.beginnings);
        }
        const last = block.at(-1);
        if (isOpen && last?.mayContinue) {
          // With the lines before it that show the same secret: what follows is replaced with them.
          const start = Math.min(
            last.start,
            ...found.filter((one) => one.end > last.start).map((one) => one.start),
          );
          beginnings.push({ start, end: last.textEnd, known: 0, isTelling: false });
        }
      }
      return { found, beginnings };
    },
  };
}

/** Lines of a dump that follow each other. */
function blocksOf(bytes: Uint8Array, startsLine: boolean): readonly (readonly PlacedLine[])[] {
  const blocks: PlacedLine[][] = [];
  let block: PlacedLine[] = [];
  for (let start = startsLine ? 0 : endOfLine(bytes, 0); start < bytes.length; ) {
    const end = endOfLine(bytes, start);
    const textEnd = endOfText(bytes, start, end);
    const line = looksLikeDump(bytes, start, textEnd) ? readDumpLine(textOf(bytes, start, textEnd)) : null;
    const before = block.at(-1);
    if (before && isContinuation(before, bytes, start))
      block[block.length - 1] = { ...before, textEnd, end, continuations: before.continuations + 1 };
    else if (line === null) block = [];
    else {
      if (block.length === 0) blocks.push(block);
      block.push({ start, textEnd, end, continuations: 0, ...line });
    }
    start = end;
  }
  return blocks;
}

/** Lines in a row that can be read in the same way, and what they show. */
interface Run {
  readonly lines: readonly PlacedLine[];
  readonly parts: readonly Buffer[];
}

function runsOf(block: readonly PlacedLine[]): readonly Run[] {
  const runs: Run[] = [];
  const ways = block[0]?.readings.length ?? 0;
  for (let way = 0; way < ways; way += 1) {
    let lines: PlacedLine[] = [];
    let parts: Buffer[] = [];
    for (const line of block) {
      const bytes = line.readings[way] ?? null;
      if (bytes === null) {
        [lines, parts] = [[], []];
        continue;
      }
      if (lines.length === 0) runs.push({ lines, parts });
      lines.push(line);
      parts.push(bytes);
    }
  }
  return runs;
}

function scanRun(finder: SecretFinder, { lines, parts }: Run, whole: boolean): Scan {
  const { found, beginnings } = finder.scan(
    parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts),
    whole,
  );
  const lineAt = (place: number): PlacedLine | undefined => {
    let left = place;
    return lines.find((_, at) => {
      left -= parts[at]?.length ?? 0;
      return left < 0;
    });
  };
  const placed = ({ start, end }: Stretch): Stretch => ({
    start: lineAt(start)?.start ?? 0,
    end: lineAt(end - 1)?.textEnd ?? 0,
  });
  return {
    found: found.map(placed),
    beginnings: beginnings.map((one) => ({ ...one, ...placed(one) })),
  };
}

function unfinishedLine(bytes: Uint8Array, startsLine: boolean): Beginning | null {
  const start = bytes.lastIndexOf(LF) + 1;
  if (start === bytes.length || (start === 0 && !startsLine)) return null;
  if (!mayBecomeDump(textOf(bytes, start, start + LONGEST_DUMP_LINE + 1))) return null;
  return { start, end: bytes.length, known: 0, isTelling: false };
}

function endOfLine(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(LF, start);
  return end < 0 ? bytes.length : end + 1;
}

function endOfText(bytes: Uint8Array, start: number, end: number): number {
  const isBroken = end > start && bytes[end - 1] === LF;
  if (!isBroken) return end;
  return end - 1 > start && bytes[end - 2] === CR ? end - 2 : end - 1;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', start, end);
}

/** Whether the line begins with an offset, or with spaces and a number or a character. Most lines do not. */
function looksLikeDump(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > LONGEST_DUMP_LINE) return false;
  let first = start;
  while (bytes[first] === SPACE && first < end) first += 1;
  let last = first;
  let isNumber = true;
  for (; last < end && bytes[last] !== SPACE && last - first < LONGEST_NUMBER; last += 1)
    if (!isHexDigit(bytes[last]) && bytes[last] !== MINUS)
      isNumber = isNumber && isEndOfOffset(bytes, first, last);
  if (first === start) return isNumber && last - first >= SHORTEST_OFFSET;
  return isNumber || last - start === CELL;
}

function isEndOfOffset(bytes: Uint8Array, first: number, last: number): boolean {
  return bytes[last] === COLON && last - first >= SHORTEST_OFFSET;
}

/** Whether the line begins with as many spaces as an offset has digits. */
function isContinuation(line: PlacedLine, bytes: Uint8Array, start: number): boolean {
  if (!line.mayContinue || line.continuations === MOST_CONTINUATIONS) return false;
  for (let at = start; at < start + SHORTEST_OFFSET; at += 1) if (bytes[at] !== SPACE) return false;
  return true;
}

function isHexDigit(byte = 0): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
