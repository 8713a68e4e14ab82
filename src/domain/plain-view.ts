import {
  type Reader,
  readBackslash,
  readHexPrefix,
  readInvisible,
  readPercent,
  readSoftBreak,
} from './escape-readers.ts';
import { readCharacterReference } from './html-character.ts';
import { type PlainView, ViewBuilder } from './plain-view-builder.ts';
import { endOfSequence } from './terminal-sequence.ts';

const skipSequence: Reader = (_view, bytes, at) => endOfSequence(bytes, at);

/** What programs put into a value that wraps or colours it. */
const LAYOUT: readonly (readonly [number, Reader])[] = [
  [0x3d, readSoftBreak],
  [0x1b, skipSequence],
  [0xc2, readInvisible],
  [0xe2, readInvisible],
  [0xef, readInvisible],
];
/** What stands for another byte. */
const ESCAPES: readonly (readonly [number, Reader])[] = [
  [0x25, readPercent],
  [0x26, readCharacterReference],
  [0x30, readHexPrefix],
  [0x5c, readBackslash],
];

type Readers = readonly (Reader | null)[];
const LAYOUT_READERS = toTable(LAYOUT);
const ALL_READERS = toTable([...LAYOUT, ...ESCAPES]);

function toTable(list: readonly (readonly [number, Reader])[]): Readers {
  const readers = new Map(list);
  return Array.from({ length: 256 }, (_, byte) => readers.get(byte) ?? null);
}

export interface ReadOptions {
  /** Whether nothing follows these bytes. */
  readonly whole: boolean;
  /** False: escapes stay as they are written, and only layout and separators are left out. */
  readonly decode?: boolean;
  /** The view lasts until this builder is used again. */
  readonly builder?: ViewBuilder;
}

/**
 * A text without what programs put into a value when they write it: colours, line breaks, spaces, quotes and separators are left
 * out, and escapes (JSON, shells, URLs, XML) become what they mean. A secret that is read in the same way occurs in this view
 * however it was wrapped, quoted or coloured.
 */
export function readPlainly(
  bytes: Uint8Array,
  { whole, decode = true, builder = new ViewBuilder() }: ReadOptions,
): PlainView {
  const readers = decode ? ALL_READERS : LAYOUT_READERS;
  builder.begin(bytes.length);
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    const next = readers[byte]?.(builder, bytes, at) ?? null;
    if (next === null || (next < 0 && whole)) {
      builder.add(byte, at, at + 1);
      at += 1;
    } else if (next >= 0) at = next;
    // More bytes may change what this one means.
    else break;
  }
  return builder.end(at);
}
