import type { ListedToken, TokenStatus } from '../domain/token.ts';

/** Which tokens are wanted. Every part that is given must fit. A date that cannot be read counts as due. */
export interface TokenFilter {
  readonly status?: TokenStatus | undefined;
  /** Only those that end within this many ms, and have not ended yet. */
  readonly expiringWithinMs?: number | undefined;
  /** Only those that were made this many ms ago, or before. */
  readonly olderThanMs?: number | undefined;
  /** Only those that were not used for this many ms. Needs a provider that tells of the last use. */
  readonly unusedForMs?: number | undefined;
}

export function isFiltered(filter: TokenFilter): boolean {
  return [filter.status, filter.expiringWithinMs, filter.olderThanMs, filter.unusedForMs].some(
    (part) => part !== undefined,
  );
}

export function fits(filter: TokenFilter, token: ListedToken, now: number): boolean {
  const { status, expiringWithinMs, olderThanMs, unusedForMs } = filter;
  if (status !== undefined && token.status !== status) return false;
  if (expiringWithinMs !== undefined && !endsWithin(token, expiringWithinMs, now)) return false;
  if (olderThanMs !== undefined && !isOlderThan(token, olderThanMs, now)) return false;
  return unusedForMs === undefined || isUnusedFor(token, unusedForMs, now);
}

function endsWithin(token: ListedToken, ms: number, now: number): boolean {
  if (token.status === 'revoked') return false;
  if (token.expiresAt === null) return token.unreadable?.expiresAt !== undefined;
  const left = Date.parse(token.expiresAt) - now;
  return left > 0 && left <= ms;
}

function isOlderThan({ createdAt, unreadable }: ListedToken, ms: number, now: number): boolean {
  if (createdAt === null) return unreadable?.createdAt !== undefined;
  return now - Date.parse(createdAt) >= ms;
}

/** What was used, or made, at a time that nobody can read may have been used just now. */
function isUnusedFor({ lastUsedAt, createdAt, unreadable }: ListedToken, ms: number, now: number): boolean {
  if (unreadable?.lastUsedAt !== undefined) return false;
  const last = lastUsedAt ?? createdAt;
  return last !== null && now - Date.parse(last) >= ms;
}
