import type { Instant } from './time.ts';

/** What tells one token or key from another at one origin. */
export interface Born {
  readonly id: string | null;
  readonly createdAt: Instant | null;
}

/**
 * Whether both are one token. Ids repeat between the accounts of one origin (Devo counts from 1 in each domain); the
 * instant of birth does not. Where either instant is not known, the id alone decides; an id that is not known is nobody's.
 */
export function isSameToken(one: Born, other: Born): boolean {
  if (one.id === null || one.id !== other.id) return false;
  if (one.createdAt === null || other.createdAt === null) return true;
  return Date.parse(one.createdAt) === Date.parse(other.createdAt);
}
