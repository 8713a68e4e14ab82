/** A longer line is no line of a dump. */
export const LONGEST_DUMP_LINE = 512;

export interface DumpLine {
  /** Whether lines without an offset may follow that show the same bytes in another way (`od -t x1c`). */
  readonly mayContinue: boolean;
  /** The bytes that the line shows, for each way to read such lines; null where it cannot be read in that way. */
  readonly readings: readonly (Buffer | null)[];
}

interface Columns {
  /** The line after its offset. */
  readonly text: string;
  /** The numbers, without the characters that are shown beside them. */
  readonly numbers: readonly string[];
  readonly isXxd: boolean;
}

type Read = (columns: Columns) => Buffer | null;

const WAYS: readonly Read[] = [
  readHexBytes,
  readHexWords,
  readOctalBytes,
  readOctalWords,
  readDecimals,
  readBits,
  readCharacters,
];

/** Reads a line of a dump by `xxd`, `hexdump` or `od`, which may have no offset. Null for other lines. */
export function readDumpLine(line: string): DumpLine | null {
  const [, offset, colon, text = ''] = /^(?:([0-9a-fA-F]{6,16})(:?)(?=[ \t])|(?= ))(.*)$/.exec(line) ?? [];
  if (offset === undefined && !line.startsWith(' ')) return null;
  const isXxd = colon === ':';
  const numbers = withoutCharacters(text, isXxd).trim().split(/ +/);
  const readings = WAYS.map((read) => read({ text, numbers, isXxd }));
  if (readings.every((reading) => reading === null)) return null;
  return { mayContinue: offset !== undefined && !isXxd, readings };
}

/** Whether a line that is not complete may become a line of a dump. */
export function mayBecomeDump(line: string): boolean {
  return (
    line.length <= LONGEST_DUMP_LINE && /^(?:[0-9a-fA-F]{1,16}:?|[0-9a-fA-F]{6,16}:?[ \t].*| .*)$/.test(line)
  );
}

/** The characters stand after two spaces in `xxd`, between bars in `hexdump -C`, and between `>` and `<` in `od -t x1z`. */
function withoutCharacters(text: string, isXxd: boolean): string {
  const end = isXxd ? text.indexOf('  ', text.search(/\S|$/)) : text.search(/ [|>]/);
  return end < 0 ? text : text.slice(0, end);
}

/** Bytes, or groups of bytes in their order. */
function readHexBytes({ numbers }: Columns): Buffer | null {
  return isHex(numbers) ? Buffer.from(numbers.join(''), 'hex') : null;
}

/** Groups of bytes from the last to the first, as numbers are kept in memory. */
function readHexWords({ text, numbers, isXxd }: Columns): Buffer | null {
  if (!isHex(numbers) || (numbers[0]?.length === 2 && !isXxd)) return null;
  // `xxd -e` moves the last group to the right where it is not full.
  const [, last = ''] =
    (isXxd ? /^ (?:[0-9a-fA-F]{8} )+ +((?:[0-9a-fA-F]{2}){1,3}) {2}/.exec(text) : null) ?? [];
  return Buffer.concat([...numbers, last].map((number) => Buffer.from(number, 'hex').reverse()));
}

function isHex(numbers: readonly string[]): boolean {
  return numbers.every((number) => /^(?:[0-9a-fA-F]{2}){1,8}$/.test(number));
}

function readOctalBytes({ numbers }: Columns): Buffer | null {
  if (!numbers.every((number) => /^[0-3][0-7]{2}$/.test(number))) return null;
  return Buffer.from(numbers.map((number) => Number.parseInt(number, 8)));
}

function readOctalWords({ numbers }: Columns): Buffer | null {
  if (!numbers.every((number) => /^[01][0-7]{5}$/.test(number))) return null;
  const words = numbers.map((number) => Number.parseInt(number, 8));
  return Buffer.from(words.flatMap((word) => [word & 255, word >> 8]));
}

/** The width of a column tells how many bytes a number has. */
function readDecimals({ text, numbers }: Columns): Buffer | null {
  if (!numbers.every((number) => /^-?\d{1,20}$/.test(number))) return null;
  const width = /^ *\S+/.exec(text)?.[0].length ?? 0;
  const size = width <= 5 ? 1 : width <= 8 ? 2 : width <= 12 ? 4 : 8;
  return Buffer.concat(
    numbers.map((number) => {
      const eight = Buffer.alloc(8);
      eight.writeBigUInt64LE(BigInt.asUintN(64, BigInt(number)));
      return eight.subarray(0, size);
    }),
  );
}

function readBits({ numbers }: Columns): Buffer | null {
  if (!numbers.every((number) => /^[01]{8}$/.test(number))) return null;
  return Buffer.from(numbers.map((number) => Number.parseInt(number, 2)));
}

const NAMES: Readonly<Record<string, number>> = {
  '\\0': 0,
  '\\a': 7,
  '\\b': 8,
  '\\t': 9,
  '\\n': 10,
  '\\v': 11,
  '\\f': 12,
  '\\r': 13,
  nul: 0,
  bel: 7,
  bs: 8,
  ht: 9,
  nl: 10,
  vt: 11,
  ff: 12,
  cr: 13,
  esc: 27,
  sp: 32,
  del: 127,
};

/** `od -c`, `od -a` and `hexdump -c`: each byte in four columns. */
function readCharacters({ text }: Columns): Buffer | null {
  if (readCell(text.slice(0, 4)) === null) return null;
  const cells = text.match(/.{4}/g) ?? [];
  const bytes = cells.map(readCell);
  const known = bytes.filter((byte) => byte !== null);
  return known.length > 0 && known.length === bytes.length ? Buffer.from(known) : null;
}

function readCell(cell: string): number | null {
  if (cell.startsWith('   ')) return cell.charCodeAt(3);
  const sign = cell.trimStart();
  if (sign.length === cell.length) return null;
  return /^[0-3][0-7]{2}$/.test(sign) ? Number.parseInt(sign, 8) : (NAMES[sign] ?? null);
}
