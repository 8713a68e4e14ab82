import type { Random } from '../ports/clock.ts';

/** So many random bytes as hex digits, two for each. */
export function randomHex(random: Random, bytes: number): string {
  return Array.from(random.bytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
