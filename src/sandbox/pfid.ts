/**
 * Prefactor's ids: 32 characters of Crockford's base32 in lower case.
 * 10 for the time (48 bits of milliseconds), 6 for the partition (30 bits), 16 at random (80 bits).
 * Objects of one account share a partition, so that they are stored together. Source: github.com/prefactordev/pfid.
 */
export const PFID = /^[0-7][0-9abcdefghjkmnpqrstvwxyz]{31}$/;

export const PARTITION_LIMIT = 2 ** 30;

export function makePfid(time: number, partition: number, random: Uint8Array): string {
  return (
    encode(BigInt(time), 10) + encode(BigInt(partition), 6) + encode(toBigInt(random.subarray(0, 10)), 16)
  );
}

export function readPfid(id: string): { readonly time: number; readonly partition: number } | undefined {
  if (!PFID.test(id)) return undefined;
  return { time: Number(decode(id.slice(0, 10))), partition: Number(decode(id.slice(10, 16))) };
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function encode(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = ALPHABET.charAt(Number(rest & 31n)) + text;
  return text;
}

function decode(text: string): bigint {
  return [...text].reduce((value, letter) => value * 32n + BigInt(ALPHABET.indexOf(letter)), 0n);
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}
