import type { JsonObject } from './json.ts';
import type { Instant } from './time.ts';

export const TOKEN_STATUSES = ['active', 'disabled', 'expired', 'revoked'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

/** The texts of dates that the provider gave and keyturn cannot read, by field. The field itself is null then. */
export type UnreadableDates = Readonly<Partial<Record<'createdAt' | 'expiresAt' | 'lastUsedAt', string>>>;

/** A token as a provider tells of it. What the provider does not say is null. */
export interface Token {
  readonly id: string;
  readonly name: string | null;
  readonly status: TokenStatus;
  readonly scopes: readonly string[] | null;
  readonly createdAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly lastUsedAt: Instant | null;
  readonly createdBy: string | null;
  /** Absent where every date could be read. */
  readonly unreadable?: UnreadableDates;
  /** The provider's own fields, under its own names. */
  readonly attributes: JsonObject;
}

/** A token of which nothing but the id is known. */
export function unknownToken(id: string): Token {
  const nothing = { scopes: null, createdAt: null, expiresAt: null, lastUsedAt: null, createdBy: null };
  return { id, name: null, status: 'active', ...nothing, attributes: {} };
}

/** A token as keyturn lists it: `inUse` marks the one that keyturn itself is using. */
export interface ListedToken extends Token {
  readonly inUse: boolean;
}

export const KEY_TYPES = ['server_signed', 'browser_public'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** An Errova DSN key of a project. */
export interface ProjectKey {
  readonly id: string;
  readonly name: string | null;
  readonly type: string | null;
  readonly status: TokenStatus;
  readonly publicKey: string | null;
  readonly createdAt: Instant | null;
  readonly expiresAt: Instant | null;
  readonly unreadable?: UnreadableDates;
  readonly attributes: JsonObject;
}

export interface Project {
  readonly id: string;
  readonly slug: string | null;
  readonly name: string | null;
  readonly platform: string | null;
  readonly environment: string | null;
  readonly createdAt: Instant | null;
  readonly unreadable?: UnreadableDates;
  readonly attributes: JsonObject;
}

/** Who a credential is, as the provider tells it. */
export interface Identity {
  readonly account: string | null;
  readonly subject: string | null;
  readonly scopes: readonly string[] | null;
  readonly expiresAt: Instant | null;
}

/** `expired` wins over what the provider's flag says once the instant has passed. */
export function statusAt(status: TokenStatus, expiresAt: Instant | null, now: number): TokenStatus {
  if (status === 'revoked') return status;
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : status;
}
