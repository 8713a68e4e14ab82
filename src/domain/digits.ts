/** What a reader of bytes returns where more bytes must come before it can tell what they mean. */
export const UNDECIDED = -1;

/** The value of exactly `count` hex digits: null where something else stands there, UNDECIDED where the bytes end. */
export function hexAt(bytes: Uint8Array, at: number, count: number): number | null {
  let value = 0;
  for (let place = at; place < at + count; place += 1) {
    const byte = bytes[place];
    if (byte === undefined) return UNDECIDED;
    const digit = hexDigit(byte);
    if (digit < 0) return null;
    value = value * 16 + digit;
  }
  return value;
}

/** The value of three octal digits, as `hexAt`. */
export function octalAt(bytes: Uint8Array, at: number): number | null {
  let value = 0;
  for (let place = at; place < at + 3; place += 1) {
    const byte = bytes[place];
    if (byte === undefined) return UNDECIDED;
    if (byte < 0x30 || byte > 0x37) return null;
    value = value * 8 + byte - 0x30;
  }
  return value;
}

/** Negative where the byte is no hex digit. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

export function isLetterOrDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7a);
}
