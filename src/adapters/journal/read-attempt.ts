import { join } from 'node:path';
import { isAppError } from '../../domain/errors.ts';
import type { Disk } from '../../ports/disk.ts';
import { broken, decodeLine, type Line } from './decode-line.ts';
import { type AttemptFiles, segmentPath } from './names.ts';
import { firstLink, type Link, nextLink } from './records.ts';

/** Far more than any attempt writes; a larger file is none of ours. In bytes. */
export const LARGEST = 8 * 1024 * 1024;

/** The records of an attempt that count, in order, with the plain chain checked and the codes not. */
export interface AttemptLog {
  readonly id: string;
  readonly lines: readonly Line[];
  readonly link: Link;
  /** The segment that the last record is in, and its bytes up to there. */
  readonly epoch: number;
  readonly length: number;
}

interface Segment {
  readonly epoch: number;
  readonly lines: readonly { readonly line: Line; readonly end: number }[];
}

/**
 * Reads an attempt. A last line that is not whole is left out (the process or the machine died while it was
 * written); anything else that is not right throws: `failure` for a broken journal, `usage` for a newer one,
 * `unavailable` when the disk fails.
 */
export async function readAttempt(disk: Disk, folder: string, files: AttemptFiles): Promise<AttemptLog> {
  const { id } = files;
  const entombed = files.ended.at(-1);
  if (entombed !== undefined) return readTombstone(disk, join(folder, entombed), id);
  const segments: Segment[] = [];
  let wanted: { epoch: number; length: number } | null = null;
  for (const epoch of [...files.epochs].reverse()) {
    if (wanted && epoch > wanted.epoch) continue;
    if (wanted && epoch < wanted.epoch) break;
    const segment = await readSegment(disk, segmentPath(folder, id, epoch), epoch, wanted?.length);
    const first = segment.lines[0]?.line.entry;
    // A successor that died before it said from where it goes on: it never owned anything.
    if (!first && !wanted && epoch > (files.epochs[0] ?? 0)) continue;
    if (!first) throw broken('a file of it is empty');
    segments.unshift(segment);
    if (first.type === 'header' || first.type === 'ended') return chain(id, segments);
    if (first.type !== 'owner' || first.epoch !== epoch || first.from.epoch >= epoch) {
      throw broken('a file of it does not begin as it must');
    }
    wanted = first.from;
  }
  throw broken('its first records are missing');
}

/** The first record of the first file that there is, on its own; null when it is not whole. */
export async function readFirstLine(disk: Disk, folder: string, files: AttemptFiles): Promise<Line | null> {
  const [epoch] = files.epochs;
  if (epoch === undefined) return null;
  const bytes = await readOwn(disk, segmentPath(folder, files.id, epoch));
  const end = bytes.indexOf(0x0a);
  return end < 0 ? null : decodeLine(toText(bytes.subarray(0, end)));
}

async function readTombstone(disk: Disk, path: string, id: string): Promise<AttemptLog> {
  const log = chain(id, [await readSegment(disk, path, 0)]);
  if (log.lines.length !== 1 || log.lines[0]?.entry.type !== 'ended')
    throw broken('its last record is not one');
  return log;
}

/** `length`: how much of it its successor went on from; a former owner may have written more, which never counts. */
async function readSegment(disk: Disk, path: string, epoch: number, length?: number): Promise<Segment> {
  const bytes = (await readOwn(disk, path)).subarray(0, length);
  if (length !== undefined && (bytes.length < length || bytes.at(-1) !== 0x0a)) {
    throw broken('records are missing in the middle');
  }
  const lines: { line: Line; end: number }[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    const line = bytes.subarray(start, end);
    // Bytes that a power cut left unwritten are zero; keyturn writes none.
    if (line.includes(0) && end + 1 === bytes.length) break;
    lines.push({ line: decodeLine(toText(line)), end: end + 1 });
    start = end + 1;
  }
  return { epoch, lines };
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

function chain(id: string, segments: readonly Segment[]): AttemptLog {
  let link = firstLink(id);
  const lines: Line[] = [];
  for (const { lines: own } of segments) {
    for (const [index, { line }] of own.entries()) {
      link = nextLink(link, line.raw);
      if (line.link.n !== link.n || line.link.sum !== link.sum) throw broken('a record was changed or moved');
      const opens =
        line.entry.type === 'header' || line.entry.type === 'owner' || line.entry.type === 'ended';
      if (opens !== (index === 0)) throw broken('a record is in the wrong place');
      lines.push(line);
    }
  }
  const first = lines[0]?.entry;
  if ((first?.type !== 'header' && first?.type !== 'ended') || first.header.id !== id) {
    throw broken('it does not begin with its own header');
  }
  if (first.type === 'ended' && lines.length > 1) throw broken('records follow its end');
  const last = segments.at(-1);
  return { id, lines, link, epoch: last?.epoch ?? 0, length: last?.lines.at(-1)?.end ?? 0 };
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw broken('a line is not text');
  }
}
