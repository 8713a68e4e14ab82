import { join } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import { broken, decodeLine, type Line } from './decode-line.ts';
import { FIRST, type OperationFiles, segmentPath } from './names.ts';
import { firstLink, type Link, nextLink } from './records.ts';

/** Far more than any operation writes; a larger file is none of ours. In bytes. */
export const LARGEST = 8 * 1024 * 1024;

/** The records of an operation that count, in order, with the plain chain checked and the codes not. */
export interface OperationLog {
  readonly id: string;
  readonly lines: readonly Line[];
  readonly link: Link;
  /** The segment that they are in. */
  readonly epoch: number;
  /** The records as they were written. */
  readonly bytes: Uint8Array;
}

interface Segment {
  readonly epoch: number;
  readonly lines: readonly Line[];
  readonly bytes: Uint8Array;
}

/**
 * Reads an operation: the newest segment that is whole, and no other. A last line that is not whole is left out (the
 * process or the machine died while it was written), and so is a segment that ends before its own records begin: its
 * maker died before it owned anything. Anything else that is not right throws: `failure` for a broken journal, `usage`
 * for a newer one, `unavailable` when the disk fails.
 */
export async function readOperation(
  disk: Disk,
  folder: string,
  files: OperationFiles,
): Promise<OperationLog> {
  const { id } = files;
  const entombed = files.ended.at(-1);
  if (entombed !== undefined) return readTombstone(disk, join(folder, entombed), id);
  for (const epoch of [...files.epochs].reverse()) {
    const segment = await readSegment(disk, segmentPath(folder, id, epoch), epoch);
    if (segment) return chain(id, segment);
  }
  throw broken('its first records are missing');
}

/** The first record of a segment, on its own; null when it is not whole. */
export async function readFirstLine(disk: Disk, path: string): Promise<Line | null> {
  const bytes = await readOwn(disk, path);
  const end = bytes.indexOf(0x0a);
  return end < 0 ? null : decodeLine(toText(bytes.subarray(0, end)));
}

async function readTombstone(disk: Disk, path: string, id: string): Promise<OperationLog> {
  const { lines, bytes } = decodeLines(await readOwn(disk, path));
  const log = chain(id, { epoch: 0, lines, bytes });
  if (log.lines.length !== 1 || log.lines[0]?.entry.type !== 'ended')
    throw broken('its last record is not one');
  return log;
}

/**
 * Null when it is torn before it counts: of a copy that was never durable any part may be missing, also in its middle, and
 * the segment that it was copied from is still there.
 */
async function readSegment(disk: Disk, path: string, epoch: number): Promise<Segment | null> {
  const { lines, bytes, hasMore } = decodeLines(await readOwn(disk, path));
  if (!isWhole(lines, epoch)) return null;
  if (hasMore) throw broken('a record was changed');
  return { epoch, lines, bytes };
}

/** The first segment and a tombstone stand alone; the copy in every other one is whole when its owner has signed it. */
function isWhole(lines: readonly Line[], epoch: number): boolean {
  const first = lines[0]?.entry;
  if (first?.type === 'ended' || (first?.type === 'header' && epoch === FIRST)) return true;
  return lines.some(({ entry }) => entry.type === 'owner' && entry.epoch === epoch);
}

/** The lines up to one that is not whole. `hasMore`: whether another line comes after that one. */
function decodeLines(bytes: Uint8Array): {
  readonly lines: readonly Line[];
  readonly bytes: Uint8Array;
  readonly hasMore: boolean;
} {
  const lines: Line[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    const line = bytes.subarray(start, end);
    // Bytes that a power cut left unwritten are zero; keyturn writes none.
    if (line.includes(0)) return { lines, bytes: bytes.subarray(0, start), hasMore: end + 1 < bytes.length };
    lines.push(decodeLine(toText(line)));
    start = end + 1;
  }
  return { lines, bytes: bytes.subarray(0, start), hasMore: false };
}

/** Only a regular file of our own is opened; neither a link nor a device is followed. */
async function readOwn(disk: Disk, path: string): Promise<Uint8Array> {
  const facts = await disk.facts(path);
  if (facts?.kind !== 'file') throw broken('a file of it is not a regular file');
  if (!facts.owned) throw broken('a file of it belongs to another user');
  if (facts.size > LARGEST) throw broken('a file of it is too large');
  try {
    return (await disk.read(path, LARGEST)) ?? new Uint8Array();
  } catch (error) {
    // It became something else since the look at it.
    throw isAppError(error, 'usage') ? broken('a file of it cannot be read') : error;
  }
}

function chain(id: string, { epoch, lines, bytes }: Segment): OperationLog {
  let link = firstLink(id);
  let owner = FIRST;
  for (const [index, line] of lines.entries()) {
    link = nextLink(link, line.raw);
    if (line.link.n !== link.n || line.link.sum !== link.sum) throw broken('a record was changed or moved');
    const { entry } = line;
    const opens = entry.type === 'header' || entry.type === 'ended';
    if (opens !== (index === 0)) throw broken('a record is in the wrong place');
    if (entry.type !== 'owner') continue;
    if (entry.epoch <= owner || entry.epoch > epoch) throw broken('a record is in the wrong place');
    owner = entry.epoch;
  }
  const first = lines[0]?.entry;
  if ((first?.type !== 'header' && first?.type !== 'ended') || first.header.id !== id) {
    throw broken('it does not begin with its own header');
  }
  if (first.type === 'ended' && lines.length > 1) throw broken('records follow its end');
  return { id, lines, link, epoch, bytes };
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken('a line is not text');
  }
}
