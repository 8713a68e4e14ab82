/** Ascii85 of Adobe and `btoa`, Z85 of ZeroMQ, and RFC 1924 as Python and git write it: the digits from 0 to 84. */
const ALPHABETS: readonly string[] = [
  Array.from({ length: 85 }, (_, digit) => String.fromCharCode(33 + digit)).join(''),
  '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#',
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~',
];
const GROUP = 4;
const DIGITS = 5;

/**
 * What base85 shows of these bytes: alone, and inside longer text, where the digits depend on how the bytes fall into groups of four.
 * The groups that hold bytes of neighbours are left off.
 */
export function base85Forms(bytes: Uint8Array): readonly string[] {
  const inside = [0, 1, 2, 3].map((skipped) => {
    const count = Math.floor(Math.max(0, bytes.length - skipped) / GROUP) * GROUP;
    return bytes.subarray(skipped, skipped + count);
  });
  return ALPHABETS.flatMap((alphabet) => [bytes, ...inside].map((part) => encode(part, alphabet)));
}

/** A last group of fewer bytes has one digit more than bytes. */
function encode(bytes: Uint8Array, alphabet: string): string {
  const groups: string[] = [];
  for (let at = 0; at < bytes.length; at += GROUP) {
    const group = bytes.subarray(at, at + GROUP);
    let value = 0;
    for (let place = 0; place < GROUP; place += 1) value = value * 256 + (group[place] ?? 0);
    let digits = '';
    for (let place = 0; place < DIGITS; place += 1) {
      digits = alphabet.charAt(value % 85) + digits;
      value = Math.floor(value / 85);
    }
    groups.push(digits.slice(0, group.length + 1));
  }
  return groups.join('');
}
